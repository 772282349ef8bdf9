// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import static java.lang.constant.ConstantDescs.CD_Long;
import static java.lang.constant.ConstantDescs.CD_MethodHandle;
import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.cpulocal.CpuMemory;
import dev.cpulocal.Result;
import dev.cpulocal.Sequence;
import dev.cpulocal.Value;
import dev.cpulocal.Value.Parameter;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.ref.Reference;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Makes a linked sequence the implementation of an interface. */
public final class Binder {

    /*
     * The JIT inlines a downcall only if its method handle is a constant. So each combination of
     * sequence, interface and engine gets a hidden class of its own, with its handles as class data
     * that ldc loads. It does what one would write by hand:
     *
     *     final class Bound implements I {
     *         final CpuMemory memory; final Object ranges; final long base;
     *
     *         public long call(Item item, long n) {
     *             long offset = OFFSET_OF.invokeExact(memory, item);        // checks it
     *             long result = SEQUENCE.invokeExact(base, offset, n);
     *             if (result >= Result.OUT_OF_RANGE) {                      // nothing transient
     *                 reachabilityFence(memory);
     *                 return result;
     *             }
     *             return COMPLETE.invokeExact(ranges, new Object[] {offset, n});
     *         }
     *     }
     *
     * The class is defined with the caller's lookup, in the caller's class loader, and names only
     * types that are visible there. The fields of a hidden class are trusted by the JIT, so that a
     * bound function in a static final field costs no loads.
     */

    private static final Lookup LOOKUP = MethodHandles.lookup();
    private static final ClassDesc CD_MEMORY = ClassDesc.of(CpuMemory.class.getName());
    private static final ClassDesc CD_SEGMENT = ClassDesc.of(MemorySegment.class.getName());
    private static final ClassDesc CD_REFERENCE = ClassDesc.of(Reference.class.getName());

    private record Key(
            Sequence sequence, Engine engine, int strideBytes, int ranges, Class<?> user) {}

    /** Constructors of bound classes, kept by the interface so that both can be unloaded. */
    private static final ClassValue<ConcurrentHashMap<Key, MethodHandle>> CONSTRUCTORS =
            new ClassValue<>() {
                @Override
                protected ConcurrentHashMap<Key, MethodHandle> computeValue(Class<?> type) {
                    return new ConcurrentHashMap<>();
                }
            };

    private Binder() {}

    /**
     * {@return a function that completes a sequence on the current range}
     *
     * @param memory the memory, for the check of items
     * @param ranges its ranges
     * @param offsetOf {@code (CpuMemory, Item, int)long}, which checks an item
     * @param sequence the sequence
     * @param type the interface
     * @param lookup of the user
     * @throws IllegalArgumentException if they do not fit
     */
    public static <T> T bind(
            CpuMemory memory,
            Ranges ranges,
            MethodHandle offsetOf,
            Sequence sequence,
            Class<T> type,
            Lookup lookup) {
        if (!sequence.stoppable()) {
            throw new IllegalArgumentException(
                    "sequence " + sequence + ": stoppable: false (expected: true)");
        }
        if (!lookup.hasFullPrivilegeAccess()) {
            throw noAccess(lookup, type, null);
        }
        Key key =
                new Key(
                        sequence,
                        ranges.engine(),
                        ranges.strideBytes(),
                        ranges.count(),
                        lookup.lookupClass());
        MethodHandle constructor = CONSTRUCTORS.get(type).get(key);
        if (constructor == null) {
            constructor = new Bound(sequence, ranges, offsetOf, type, lookup).define();
            CONSTRUCTORS.get(type).put(key, constructor);
        }
        try {
            return type.cast(
                    (Object) constructor.invokeExact(memory, (Object) ranges, ranges.base()));
        } catch (Throwable e) {
            throw Libc.unexpected(e);
        }
    }

    private static Method onlyMethod(Class<?> type) {
        List<Method> methods =
                Arrays.stream(type.isInterface() ? type.getMethods() : new Method[0])
                        .filter(method -> Modifier.isAbstract(method.getModifiers()))
                        .filter(method -> !everyObjectHas(method))
                        .toList();
        if (methods.size() != 1 || methods.getFirst().getReturnType() != long.class) {
            throw new IllegalArgumentException(
                    "type: "
                            + type.getName()
                            + " (expected: an interface with one abstract method, which returns long)");
        }
        return methods.getFirst();
    }

    private static boolean everyObjectHas(Method method) {
        return Arrays.stream(Object.class.getMethods())
                .anyMatch(own ->
                        own.getName().equals(method.getName())
                                && Arrays.equals(
                                        own.getParameterTypes(), method.getParameterTypes()));
    }

    private static IllegalArgumentException noAccess(
            Lookup lookup, Class<?> type, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                "lookup: "
                        + lookup
                        + " (expected: one with full access in a class that sees "
                        + type.getName()
                        + ")",
                cause);
    }

    private static DynamicConstantDesc<?> classData(int index) {
        return DynamicConstantDesc.ofNamed(
                ConstantDescs.BSM_CLASS_DATA_AT,
                ConstantDescs.DEFAULT_NAME,
                CD_MethodHandle,
                index);
    }

    /** Defines a hidden class with one constructor and one method; {@return the constructor}. */
    private static MethodHandle define(
            Lookup lookup,
            Class<?> type,
            List<MethodHandle> classData,
            MethodTypeDesc constructor,
            Method method,
            Consumer<CodeBuilder> body) {
        String name = lookup.lookupClass().getPackageName();
        ClassDesc self =
                ClassDesc.of((name.isEmpty() ? "" : name + ".") + type.getSimpleName() + "Bound");
        MethodTypeDesc call =
                MethodType.methodType(method.getReturnType(), method.getParameterTypes())
                        .describeConstable()
                        .orElseThrow();
        byte[] bytes =
                ClassFile.of()
                        .build(
                                self,
                                builder -> {
                                    builder.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER)
                                            .withInterfaceSymbols(
                                                    type.describeConstable().orElseThrow());
                                    String[] fields = {"memory", "ranges", "base"};
                                    for (int i = 0; i < constructor.parameterCount(); i++) {
                                        builder.withField(
                                                fields[i],
                                                constructor.parameterType(i),
                                                ClassFile.ACC_PRIVATE | ClassFile.ACC_FINAL);
                                    }
                                    builder.withMethodBody(
                                            ConstantDescs.INIT_NAME,
                                            constructor,
                                            0,
                                            code -> {
                                                code.aload(0)
                                                        .invokespecial(
                                                                CD_Object,
                                                                ConstantDescs.INIT_NAME,
                                                                ConstantDescs.MTD_void);
                                                for (int i = 0;
                                                        i < constructor.parameterCount();
                                                        i++) {
                                                    ClassDesc field = constructor.parameterType(i);
                                                    code.aload(0)
                                                            .loadLocal(
                                                                    TypeKind.from(field),
                                                                    code.parameterSlot(i))
                                                            .putfield(self, fields[i], field);
                                                }
                                                code.return_();
                                            });
                                    builder.withMethodBody(
                                            method.getName(), call, ClassFile.ACC_PUBLIC, body);
                                });
        try {
            Lookup defined = lookup.defineHiddenClassWithClassData(bytes, classData, true);
            return defined.findConstructor(
                            defined.lookupClass(),
                            MethodType.fromMethodDescriptorString(
                                    constructor.descriptorString(), Binder.class.getClassLoader()))
                    .asType(
                            MethodType.fromMethodDescriptorString(
                                            constructor.descriptorString(),
                                            Binder.class.getClassLoader())
                                    .changeReturnType(Object.class));
        } catch (IllegalAccessException | LinkageError e) {
            throw noAccess(lookup, type, e);
        } catch (NoSuchMethodException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    /** The class of one sequence, interface and engine. */
    private static final class Bound {

        private final Sequence sequence;
        private final Ranges ranges;
        private final MethodHandle offsetOf;
        private final Class<?> type;
        private final Lookup lookup;
        private final Method method;
        private final List<MethodHandle> handles = new ArrayList<>();
        private final int[] locals;
        private final ClassDesc self;

        Bound(
                Sequence sequence,
                Ranges ranges,
                MethodHandle offsetOf,
                Class<?> type,
                Lookup lookup) {
            this.sequence = sequence;
            this.ranges = ranges;
            this.offsetOf = offsetOf;
            this.type = type;
            this.lookup = lookup;
            this.method = onlyMethod(type);
            this.locals = new int[sequence.parameters().size()];
            String name = lookup.lookupClass().getPackageName();
            this.self =
                    ClassDesc.of(
                            (name.isEmpty() ? "" : name + ".") + type.getSimpleName() + "Bound");
            checkTypes();
        }

        private void checkTypes() {
            Class<?>[] types = method.getParameterTypes();
            boolean fits = types.length == locals.length;
            for (int i = 0; fits && i < types.length; i++) {
                fits =
                        switch (sequence.parameters().get(i).kind()) {
                            case NUMBER -> types[i] == long.class || types[i] == int.class;
                            case ITEM -> types[i] == CpuMemory.Item.class || types[i] == long.class;
                            case SEGMENT -> types[i] == MemorySegment.class;
                        };
            }
            if (!fits) {
                throw new IllegalArgumentException(
                        "method: "
                                + method
                                + " (expected: the parameters of "
                                + sequence.pseudoCode().lines().findFirst().orElse("")
                                + ")");
            }
        }

        MethodHandle define() {
            List<Consumer<CodeBuilder>> steps = new ArrayList<>();
            for (Parameter parameter : sequence.parameters()) {
                steps.add(convert(parameter));
            }
            for (Arguments.SizedCopy copy : Arguments.sizedCopies(sequence)) {
                steps.add(checkCopy(copy));
            }
            steps.add(call());
            return Binder.define(
                    lookup,
                    type,
                    handles,
                    MethodTypeDesc.of(CD_void, CD_MEMORY, CD_Object, CD_long),
                    method,
                    code -> steps.forEach(step -> step.accept(code)));
        }

        /** Adds a handle to the class data; {@return its constant}. */
        private DynamicConstantDesc<?> constant(MethodHandle handle) {
            handles.add(handle);
            return classData(handles.size() - 1);
        }

        private static void invoke(CodeBuilder code, ClassDesc result, ClassDesc... parameters) {
            code.invokevirtual(
                    CD_MethodHandle, "invokeExact", MethodTypeDesc.of(result, parameters));
        }

        /** Checks an argument and puts what the linked sequence takes into a local variable. */
        private Consumer<CodeBuilder> convert(Parameter parameter) {
            int i = parameter.index();
            Class<?> given = method.getParameterTypes()[i];
            return switch (parameter.kind()) {
                case NUMBER ->
                        code -> {
                            code.loadLocal(
                                    given == int.class ? TypeKind.INT : TypeKind.LONG,
                                    code.parameterSlot(i));
                            if (given == int.class) {
                                code.i2l();
                            }
                            locals[i] = code.allocateLocal(TypeKind.LONG);
                            code.lstore(locals[i]);
                        };
                case ITEM -> {
                    boolean item = given == CpuMemory.Item.class;
                    DynamicConstantDesc<?> check =
                            constant(
                                    item
                                            ? MethodHandles.insertArguments(
                                                    offsetOf, 2, parameter.sizeBytes())
                                            : MethodHandles.insertArguments(
                                                    helper(
                                                            "offset",
                                                            long.class,
                                                            long.class,
                                                            int.class,
                                                            int.class),
                                                    1,
                                                    parameter.sizeBytes(),
                                                    ranges.strideBytes()));
                    ClassDesc argument = given.describeConstable().orElseThrow();
                    yield code -> {
                        code.ldc(check);
                        if (item) {
                            code.aload(0)
                                    .getfield(self, "memory", CD_MEMORY)
                                    .aload(code.parameterSlot(i));
                            invoke(code, CD_long, CD_MEMORY, argument);
                        } else {
                            code.lload(code.parameterSlot(i));
                            invoke(code, CD_long, argument);
                        }
                        locals[i] = code.allocateLocal(TypeKind.LONG);
                        code.lstore(locals[i]);
                    };
                }
                case SEGMENT -> {
                    DynamicConstantDesc<?> check =
                            constant(
                                    MethodHandles.insertArguments(
                                            helper(
                                                    "checkSegment",
                                                    void.class,
                                                    MemorySegment.class,
                                                    long.class,
                                                    boolean.class),
                                            1,
                                            Arguments.leastBytes(sequence, parameter),
                                            Arguments.isWritten(sequence, parameter)));
                    yield code -> {
                        locals[i] = code.parameterSlot(i);
                        code.ldc(check).aload(locals[i]);
                        invoke(code, CD_void, CD_SEGMENT);
                    };
                }
            };
        }

        private Consumer<CodeBuilder> checkCopy(Arguments.SizedCopy copy) {
            DynamicConstantDesc<?> check =
                    constant(
                            MethodHandles.insertArguments(
                                    helper(
                                            "checkCopy",
                                            void.class,
                                            long.class,
                                            int.class,
                                            int.class,
                                            long.class),
                                    1,
                                    copy.displacementBytes(),
                                    copy.maxBytes()));
            return code -> {
                code.ldc(check)
                        .aload(locals[copy.segment().index()])
                        .invokeinterface(CD_SEGMENT, "byteSize", MethodTypeDesc.of(CD_long))
                        .lload(locals[copy.length().index()]);
                invoke(code, CD_void, CD_long, CD_long);
            };
        }

        private Consumer<CodeBuilder> call() {
            MethodHandle linked = ranges.link(sequence);
            DynamicConstantDesc<?> attempt = constant(linked);
            DynamicConstantDesc<?> complete = constant(complete(linked));
            ClassDesc[] types =
                    Engine.type(sequence).parameterList().stream()
                            .map(parameter -> parameter == long.class ? CD_long : CD_SEGMENT)
                            .toArray(ClassDesc[]::new);
            return code -> {
                code.ldc(attempt).aload(0).getfield(self, "base", CD_long);
                for (Parameter parameter : sequence.parameters()) {
                    load(code, parameter);
                }
                invoke(code, CD_long, types);
                int result = code.allocateLocal(TypeKind.LONG);
                code.lstore(result).lload(result).ldc(Result.OUT_OF_RANGE).lcmp();
                code.ifThen(
                        Opcode.IFGE,
                        done ->
                                done.aload(0)
                                        .getfield(self, "memory", CD_MEMORY)
                                        .invokestatic(
                                                CD_REFERENCE,
                                                "reachabilityFence",
                                                MethodTypeDesc.of(CD_void, CD_Object))
                                        .lload(result)
                                        .lreturn());
                code.ldc(complete).aload(0).getfield(self, "ranges", CD_Object);
                arguments(code);
                invoke(code, CD_long, CD_Object, CD_Object.arrayType());
                code.lreturn();
            };
        }

        private void load(CodeBuilder code, Parameter parameter) {
            boolean segment = parameter.kind() == Value.Kind.SEGMENT;
            code.loadLocal(segment ? TypeKind.REFERENCE : TypeKind.LONG, locals[parameter.index()]);
        }

        private void arguments(CodeBuilder code) {
            code.loadConstant(locals.length).anewarray(CD_Object);
            for (Parameter parameter : sequence.parameters()) {
                code.dup().loadConstant(parameter.index());
                load(code, parameter);
                if (parameter.kind() != Value.Kind.SEGMENT) {
                    code.invokestatic(CD_Long, "valueOf", MethodTypeDesc.of(CD_Long, CD_long));
                }
                code.aastore();
            }
        }

        /** {@code (Object ranges, Object[] arguments)long}. */
        private MethodHandle complete(MethodHandle linked) {
            MethodHandle spread = linked.asSpreader(1, Object[].class, locals.length);
            try {
                MethodHandle complete =
                        LOOKUP.findVirtual(
                                Ranges.class,
                                "complete",
                                MethodType.methodType(
                                        long.class,
                                        Sequence.class,
                                        MethodHandle.class,
                                        Object[].class));
                return MethodHandles.insertArguments(complete, 1, sequence, spread)
                        .asType(MethodType.methodType(long.class, Object.class, Object[].class));
            } catch (ReflectiveOperationException e) {
                throw new LinkageError(e.getMessage(), e);
            }
        }

        private static MethodHandle helper(String name, Class<?> result, Class<?>... parameters) {
            try {
                return LOOKUP.findStatic(
                        Arguments.class, name, MethodType.methodType(result, parameters));
            } catch (ReflectiveOperationException e) {
                throw new LinkageError(e.getMessage(), e);
            }
        }
    }
}
