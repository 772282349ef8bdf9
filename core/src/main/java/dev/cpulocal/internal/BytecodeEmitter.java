// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import static java.lang.constant.ConstantDescs.CD_VarHandle;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.cpulocal.Op;
import dev.cpulocal.Op.Condition;
import dev.cpulocal.Op.Width;
import dev.cpulocal.Place;
import dev.cpulocal.Result;
import dev.cpulocal.Sequence;
import dev.cpulocal.Value;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Turns a sequence into Java bytecode, for where there is no machine code. */
final class BytecodeEmitter {

    /*
     * A portable sequence does what the interpreter does, under the same right to the range, but the
     * JIT compiles it into its caller:
     *
     *     static long run(Ranges ranges, long item, long n) {
     *         int range = ranges.tryEnter();
     *         if (range < 0) return STOPPED;                 // somebody has it: completed as usual
     *         long result;
     *         try {
     *             MemorySegment memory = ranges.memory();
     *             long start = ranges.start(range);
     *             ... ops: each stores the result and goes to the end, or falls through ...
     *         } finally {
     *             ranges.leave(range);
     *         }
     *         return result;
     *     }
     *
     * Accesses go through the same bounds-checked segments.
     */

    private static final Lookup LOOKUP = MethodHandles.lookup();
    private static final ClassDesc CD_RANGES = ClassDesc.of(Ranges.class.getName());
    private static final ClassDesc CD_ACCESS = ClassDesc.of(Access.class.getName());
    private static final ClassDesc CD_SEGMENT = ClassDesc.of(MemorySegment.class.getName());
    private static final ClassDesc CD_LONG = ClassDesc.of(Long.class.getName());
    private static final ClassDesc CD_MATH = ClassDesc.of(Math.class.getName());
    private static final ClassDesc SELF =
            ClassDesc.of(BytecodeEmitter.class.getPackageName() + ".PortableSequence");

    private final Sequence sequence;
    private final int strideBytes;
    private final CodeBuilder code;
    private final Map<Value.Temporary, Integer> temporaries = new HashMap<>();
    private final int range;
    private final int result;
    private final int memory;
    private final int start;
    private final Label done;

    private BytecodeEmitter(Sequence sequence, int strideBytes, CodeBuilder code) {
        this.sequence = sequence;
        this.strideBytes = strideBytes;
        this.code = code;
        range = code.allocateLocal(TypeKind.INT);
        result = code.allocateLocal(TypeKind.LONG);
        memory = code.allocateLocal(TypeKind.REFERENCE);
        start = code.allocateLocal(TypeKind.LONG);
        done = code.newLabel();
    }

    /**
     * {@return a handle that executes a sequence on the current range, or answers {@link
     * Result#STOPPED}: {@code (Object ranges, parameters…)long}}
     *
     * <p>It does not check its arguments, as {@link Engine#link}.
     *
     * @param sequence the sequence
     * @param strideBytes the stride of the ranges
     */
    static MethodHandle emit(Sequence sequence, int strideBytes) {
        MethodType type = Engine.type(sequence).changeParameterType(0, Object.class);
        byte[] bytes =
                ClassFile.of()
                        .build(
                                SELF,
                                builder ->
                                        builder.withMethodBody(
                                                "run",
                                                type.describeConstable().orElseThrow(),
                                                ClassFile.ACC_STATIC,
                                                code ->
                                                        new BytecodeEmitter(
                                                                        sequence, strideBytes, code)
                                                                .emit()));
        try {
            Lookup defined = LOOKUP.defineHiddenClass(bytes, true);
            return defined.findStatic(defined.lookupClass(), "run", type);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    private void emit() {
        Label entered = code.newLabel();
        ranges("tryEnter", MethodTypeDesc.of(CD_int)).istore(range).iload(range).ifge(entered);
        code.ldc(Result.STOPPED).lreturn().labelBinding(entered);
        Label begin = code.newBoundLabel();
        ranges("memory", MethodTypeDesc.of(CD_SEGMENT)).astore(memory);
        code.iload(range).i2l().ldc((long) strideBytes).lmul().lstore(start);
        body();
        code.goto_(done);
        Label end = code.newBoundLabel();
        code.exceptionCatchAll(begin, end, end);
        leave();
        code.athrow();
        code.labelBinding(done);
        leave();
        code.lload(result).lreturn();
    }

    private CodeBuilder ranges(String method, MethodTypeDesc type) {
        return code.aload(code.parameterSlot(0))
                .checkcast(CD_RANGES)
                .invokevirtual(CD_RANGES, method, type);
    }

    private void leave() {
        code.aload(code.parameterSlot(0))
                .checkcast(CD_RANGES)
                .iload(range)
                .invokevirtual(CD_RANGES, "leave", MethodTypeDesc.of(CD_void, CD_int));
    }

    private void exit(long code) {
        this.code.ldc(code).lstore(result).goto_(done);
    }

    /* ------------------------- Ops ------------------------- */

    private void body() {
        int comparison = 0;
        for (Op op : sequence.ops()) {
            if (op instanceof Op.Commit commit && commit.order() == Op.Order.RELEASE) {
                code.invokestatic(CD_VarHandle, "releaseFence", MethodTypeDesc.of(CD_void));
            }
            switch (op) {
                case Op.Load load -> {
                    load(load.from(), offset(load.from(), load.width().bytes()), load.width());
                    define(load.result());
                }
                case Op.Compute compute -> {
                    compute(compute);
                    define(compute.result());
                }
                case Op.Leave leave -> leave(leave, comparison++);
                case Op.Store store -> store(store.to(), store.value(), store.width(), false);
                case Op.CommitStore commit ->
                        store(commit.to(), commit.value(), commit.width(), false);
                case Op.CommitAdd commit ->
                        store(commit.to(), commit.value(), commit.width(), true);
                case Op.Copy copy -> copy(copy);
            }
        }
        push(sequence.result());
        code.ldc(Result.LEAST_VALUE)
                .invokestatic(CD_MATH, "max", MethodTypeDesc.of(CD_long, CD_long, CD_long))
                .lstore(result);
    }

    /** Keeps what is on the stack. */
    private void define(Value.Temporary temporary) {
        int local = code.allocateLocal(TypeKind.LONG);
        temporaries.put(temporary, local);
        code.lstore(local);
    }

    private void push(Value value) {
        switch (value) {
            case Value.Constant constant -> code.ldc(constant.value());
            case Value.Parameter parameter -> code.lload(slot(parameter));
            case Value.Temporary temporary ->
                    code.lload(Objects.requireNonNull(temporaries.get(temporary)));
        }
    }

    /** Behind the ranges. */
    private int slot(Value.Parameter parameter) {
        return code.parameterSlot(parameter.index() + 1);
    }

    private void compute(Op.Compute compute) {
        push(compute.left());
        push(compute.right());
        switch (compute.operator()) {
            case ADD -> code.ladd();
            case SUBTRACT -> code.lsub();
            case AND -> code.land();
            case OR -> code.lor();
            case XOR -> code.lxor();
            case SHIFT_LEFT -> code.l2i().lshl();
            case SHIFT_RIGHT -> code.l2i().lushr();
        }
    }

    private void leave(Op.Leave leave, int comparison) {
        push(leave.left());
        push(leave.right());
        Label next = code.newLabel();
        boolean equality =
                leave.condition() == Condition.EQUAL || leave.condition() == Condition.NOT_EQUAL;
        if (equality) {
            code.lcmp();
        } else {
            code.invokestatic(
                    CD_LONG, "compareUnsigned", MethodTypeDesc.of(CD_int, CD_long, CD_long));
        }
        switch (leave.condition()) {
            case EQUAL -> code.ifne(next);
            case NOT_EQUAL -> code.ifeq(next);
            case BELOW -> code.ifge(next);
            case ABOVE -> code.ifle(next);
        }
        exit(Result.unequal(comparison));
        code.labelBinding(next);
    }

    private void store(Place to, Value value, Width width, boolean adds) {
        int offset = offset(to, width.bytes());
        push(value);
        if (adds) {
            load(to, offset, width);
            code.ladd();
        }
        int stored = code.allocateLocal(TypeKind.LONG);
        code.lstore(stored);
        access(to, offset);
        code.loadConstant(width.bytes())
                .lload(stored)
                .invokestatic(
                        CD_ACCESS,
                        "store",
                        MethodTypeDesc.of(CD_void, CD_SEGMENT, CD_long, CD_int, CD_long));
    }

    private void copy(Op.Copy copy) {
        int to = offset(copy.to(), 1);
        int from = offset(copy.from(), 1);
        int length = code.allocateLocal(TypeKind.LONG);
        push(copy.lengthBytes());
        code.lstore(length);
        Label fits = code.newLabel();
        Label tooLong = code.newLabel();
        code.lload(length)
                .ldc((long) copy.maxBytes())
                .invokestatic(
                        CD_LONG, "compareUnsigned", MethodTypeDesc.of(CD_int, CD_long, CD_long))
                .ifgt(tooLong);
        checkEnd(copy.to(), to, length, tooLong);
        checkEnd(copy.from(), from, length, tooLong);
        code.goto_(fits).labelBinding(tooLong);
        exit(Result.OUT_OF_RANGE);
        code.labelBinding(fits);
        access(copy.to(), to);
        access(copy.from(), from);
        code.lload(length)
                .invokestatic(
                        CD_ACCESS,
                        "copy",
                        MethodTypeDesc.of(
                                CD_void, CD_SEGMENT, CD_long, CD_SEGMENT, CD_long, CD_long));
    }

    private void checkEnd(Place place, int offset, int length, Label beyond) {
        if (place.index() != null) {
            code.lload(offset).lload(length).ladd().ldc((long) strideBytes).lcmp().ifgt(beyond);
        }
    }

    /* ------------------------- Places ------------------------- */

    /** {@return the segment that a place is in, or null for the range} */
    private static Value.@Nullable Parameter segment(Place place) {
        Value.Parameter base = place.base();
        return base != null && base.kind() == Value.Kind.SEGMENT ? base : null;
    }

    /**
     * Computes where a place is in the range, confined to it, or in its segment; leaves if that is
     * in the header. {@return the local variable}
     */
    private int offset(Place place, int bytes) {
        Value.Parameter base = place.base();
        if (base == null || segment(place) != null) {
            code.ldc(0L);
        } else {
            push(base);
        }
        if (place.index() != null) {
            push(place.index());
            code.ldc((long) place.scale()).lmul().ladd();
        }
        code.ldc((long) place.displacementBytes()).ladd();
        int offset = code.allocateLocal(TypeKind.LONG);
        if (place.index() == null) {
            code.lstore(offset);
            return offset;
        }
        Label outside = code.newLabel();
        code.ldc((long) (strideBytes - bytes)).land().lstore(offset);
        code.lload(offset).ldc((long) Ranges.HEADER_BYTES).lcmp().ifge(outside);
        exit(Result.OUT_OF_RANGE);
        code.labelBinding(outside);
        return offset;
    }

    /** Pushes segment and position. */
    private void access(Place place, int offset) {
        Value.Parameter segment = segment(place);
        if (segment != null) {
            code.aload(slot(segment)).lload(offset);
        } else {
            code.aload(memory).lload(start).lload(offset).ladd();
        }
    }

    private void load(Place place, int offset, Width width) {
        access(place, offset);
        code.loadConstant(width.bytes())
                .invokestatic(
                        CD_ACCESS, "load", MethodTypeDesc.of(CD_long, CD_SEGMENT, CD_long, CD_int));
    }
}
