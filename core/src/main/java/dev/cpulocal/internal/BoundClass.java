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
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.ref.Reference;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The class of one sequence, interface and engine. */
final class BoundClass {

    private static final Lookup LOOKUP = MethodHandles.lookup();
    private static final ClassDesc CD_MEMORY = ClassDesc.of(CpuMemory.class.getName());
    private static final ClassDesc CD_SEGMENT = ClassDesc.of(MemorySegment.class.getName());
    private static final ClassDesc CD_REFERENCE = ClassDesc.of(Reference.class.getName());

    private final Sequence sequence;
    private final Ranges ranges;
    private final MethodHandle offsetOf;
    private final Class<?> type;
    private final Lookup lookup;
    private final Method method;
    private final List<MethodHandle> handles = new ArrayList<>();
    private final int[] locals;
    private final ClassDesc self;

    BoundClass(
            Sequence sequence, Ranges ranges, MethodHandle offsetOf, Class<?> type, Lookup lookup) {
        this.sequence = sequence;
        this.ranges = ranges;
        this.offsetOf = offsetOf;
        this.type = type;
        this.lookup = lookup;
        this.method = Binder.onlyMethod(type);
        this.locals = new int[sequence.parameters().size()];
        String name = lookup.lookupClass().getPackageName();
        this.self =
                ClassDesc.of((name.isEmpty() ? "" : name + ".") + type.getSimpleName() + "Bound");
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
                self,
                type,
                handles,
                MethodTypeDesc.of(CD_void, CD_MEMORY, CD_Object, CD_long),
                method,
                code -> steps.forEach(step -> step.accept(code)));
    }

    /** Adds a handle to the class data; {@return its constant}. */
    private DynamicConstantDesc<?> constant(MethodHandle handle) {
        handles.add(handle);
        return Binder.classData(handles.size() - 1);
    }

    private static void invoke(CodeBuilder code, ClassDesc result, ClassDesc... parameters) {
        code.invokevirtual(CD_MethodHandle, "invokeExact", MethodTypeDesc.of(result, parameters));
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
        boolean portable = !ranges.engine().usesRseq();
        DynamicConstantDesc<?> attempt =
                constant(portable ? ranges.emitPortable(sequence) : linked);
        DynamicConstantDesc<?> complete = constant(complete(linked));
        ClassDesc[] types =
                Engine.type(sequence).parameterList().stream()
                        .map(parameter -> parameter == long.class ? CD_long : CD_SEGMENT)
                        .toArray(ClassDesc[]::new);
        if (portable) {
            types[0] = CD_Object;
        }
        return code -> {
            code.ldc(attempt).aload(0).getfield(self, portable ? "ranges" : "base", types[0]);
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
