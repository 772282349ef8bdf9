// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import static java.lang.constant.ConstantDescs.CD_MethodHandle;
import static java.lang.constant.ConstantDescs.CD_Object;

import dev.cpulocal.CpuMemory;
import dev.cpulocal.Sequence;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
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
            constructor = new BoundClass(sequence, ranges, offsetOf, type, lookup).define();
            CONSTRUCTORS.get(type).put(key, constructor);
        }
        try {
            return type.cast(
                    (Object) constructor.invokeExact(memory, (Object) ranges, ranges.base()));
        } catch (Throwable e) {
            throw Libc.unexpected(e);
        }
    }

    static Method onlyMethod(Class<?> type) {
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

    static DynamicConstantDesc<?> classData(int index) {
        return DynamicConstantDesc.ofNamed(
                ConstantDescs.BSM_CLASS_DATA_AT,
                ConstantDescs.DEFAULT_NAME,
                CD_MethodHandle,
                index);
    }

    /** Defines a hidden class with one constructor and one method; {@return the constructor}. */
    static MethodHandle define(
            Lookup lookup,
            ClassDesc self,
            Class<?> type,
            List<MethodHandle> classData,
            MethodTypeDesc constructor,
            Method method,
            Consumer<CodeBuilder> body) {
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
}
