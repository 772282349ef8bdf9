// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal.x64;

import static dev.cpulocal.internal.x64.Register.R10;
import static dev.cpulocal.internal.x64.Register.R11;
import static dev.cpulocal.internal.x64.Register.R8;
import static dev.cpulocal.internal.x64.Register.R9;
import static dev.cpulocal.internal.x64.Register.RAX;
import static dev.cpulocal.internal.x64.Register.RCX;
import static dev.cpulocal.internal.x64.Register.RDI;
import static dev.cpulocal.internal.x64.Register.RDX;
import static dev.cpulocal.internal.x64.Register.RSI;
import static dev.cpulocal.internal.x64.Register.RSP;

import dev.cpulocal.IndexMode;
import dev.cpulocal.Op;
import dev.cpulocal.Place;
import dev.cpulocal.Result;
import dev.cpulocal.Sequence;
import dev.cpulocal.Value;
import dev.cpulocal.Value.Constant;
import dev.cpulocal.Value.Parameter;
import dev.cpulocal.internal.Code;
import dev.cpulocal.internal.Ranges;
import dev.cpulocal.internal.RseqAbi;
import dev.cpulocal.internal.Target;
import dev.cpulocal.internal.Target.Injection;
import dev.cpulocal.internal.Uses;
import dev.cpulocal.internal.x64.Assembler.Arithmetic;
import dev.cpulocal.internal.x64.Assembler.Condition;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Turns a sequence into x86-64 machine code for the System V calling convention. */
public final class Emitter {

    /*
     * Registers
     * ---------
     *   rdi                  in: the base of the memory; free once rax is computed
     *   rsi rdx rcx r8 r9    in: parameters 0 to 4; parameter 5 is on the stack and moves to rdi
     *   rax                  the start of this CPU's range; at the end the result
     *   r10                  scratch: the offset of an indexed place; a value that is only compared
     *   r11                  scratch: constants that fit no instruction, intermediate results
     *
     * The six registers of the second and first line hold the live values of the sequence, which its
     * rules limit to six. The code is a leaf: it calls nothing, and uses of the stack only the red
     * zone, where a copy saves two registers, and what a test injects some more. An abort may happen
     * anywhere between start and commit; its handler restores nothing because the caller expects
     * nothing but a code in rax.
     *
     * Shape
     * -----
     *   descriptor:  version, flags, start, commit - start, abort     32 bytes, aligned to 32
     *   entry:       rseq_cs = &descriptor
     *   start:       index, its bound, the start of the range, the stop word; the ops
     *                the commit instruction
     *   commit:      return the result
     *                the side exits: each returns its code. They lie outside [start, commit), so a
     *                thread that is preempted there is not aborted although rseq_cs is still set
     *                ud1 with the signature
     *   abort:       return ABORTED
     *
     * One comparison of the index as an unsigned number finds both an unregistered thread (cpu_id is
     * then -1 or -2) and an index that lies. The concurrency id of an unregistered thread is 0, so in
     * that mode cpu_id is tested as well.
     *
     * Memory order: x86-64 reorders only a store with a later load, so the commit is a release store
     * as it is, and the load of the stop word an acquire.
     */

    private static final List<Register> VALUE_REGISTERS = List.of(RSI, RDX, RCX, R8, R9, RDI);
    private static final int STOP_WORD = 0;
    private static final Memory FIRST_SAVE = Memory.at(RSP, -8);
    private static final Memory SECOND_SAVE = Memory.at(RSP, -16);

    private final Sequence sequence;
    private final Target target;
    private final Uses uses;
    private final Assembler asm = new Assembler();
    private final Injector injector;
    private final Map<Value, Register> registers = new HashMap<>();
    private final EnumSet<Register> free = EnumSet.noneOf(Register.class);
    private final List<Exit> exits = new ArrayList<>();
    private int labels;

    private record Exit(String label, long code) {}

    private Emitter(Sequence sequence, Target target) {
        this.sequence = sequence;
        this.target = target;
        this.uses = new Uses(sequence.ops(), sequence.result());
        this.injector = new Injector(asm, target.injection());
    }

    /** {@return the machine code of a sequence: (base, parameters…) → result} */
    public static Code emit(Sequence sequence, Target target) {
        return new Emitter(sequence, target).emit();
    }

    private Code emit() {
        prologue();
        List<Op> ops = sequence.ops();
        for (int i = 0; i < ops.size(); i++) {
            asm.origin(ops.get(i).toString());
            emit(ops.get(i), i);
        }
        epilogue();
        return asm.assemble();
    }

    private void prologue() {
        asm.label("descriptor");
        asm.origin("struct rseq_cs: version, flags, start, length, abort");
        asm.reserve(RseqAbi.DESCRIPTOR_BYTES);
        asm.align(64);
        asm.label("entry");
        asm.beforeEach(injector);
        asm.origin("rseq_cs = &descriptor");
        asm.leaRip(RAX, "descriptor");
        asm.store(threadLocal(RseqAbi.RSEQ_CS), RAX, 8);
        asm.label("start");
        readIndex();
        asm.origin("cpu = base + index * stride");
        asm.shift(true, RAX, Integer.numberOfTrailingZeros(target.strideBytes()));
        asm.arithmetic(Arithmetic.ADD, RAX, RDI);
        if (sequence.stoppable()) {
            asm.origin("leave if the stop word is set");
            asm.compareMemory(Memory.at(RAX, STOP_WORD), 8, 0);
            asm.jump(Condition.NOT_EQUAL, exit("stopped", Result.STOPPED));
        }
        assignParameters();
    }

    private void readIndex() {
        boolean concurrencyId = target.index() == IndexMode.CONCURRENCY_ID;
        String unregistered = exit("unregistered", Result.UNREGISTERED);
        if (concurrencyId) {
            asm.origin("leave if the thread is not registered");
            asm.compareMemory(threadLocal(RseqAbi.CPU_ID), 4, 0);
            asm.jump(Condition.LESS, unregistered);
        }
        asm.origin("index = " + target.index().field() + "; leave if it is not a possible one");
        Memory field = threadLocal(concurrencyId ? RseqAbi.MM_CID : RseqAbi.CPU_ID);
        asm.load(RAX, field, 4);
        injector.indexRead(RAX, field);
        asm.arithmetic(Arithmetic.CMP, RAX, target.ranges(), false);
        asm.jump(Condition.ABOVE_OR_EQUAL, unregistered);
    }

    private void assignParameters() {
        free.addAll(VALUE_REGISTERS);
        for (Parameter parameter : sequence.parameters()) {
            if (!uses.deadAfter(parameter, -1)) {
                Register register = VALUE_REGISTERS.get(parameter.index());
                registers.put(parameter, register);
                free.remove(register);
                if (register == RDI) {
                    asm.origin(parameter + " comes on the stack");
                    asm.load(RDI, Memory.at(RSP, 8), 8);
                }
            }
        }
    }

    private void epilogue() {
        asm.label("commit");
        injector.committed();
        asm.origin("return " + sequence.result());
        moveTo(RAX, sequence.result());
        if (!(sequence.result() instanceof Constant)) {
            asm.origin("or the least value, where it would be a code");
            asm.moveConstant(R11, Result.LEAST_VALUE);
            asm.arithmetic(Arithmetic.CMP, RAX, R11);
            asm.moveIfLess(RAX, R11);
        }
        asm.ret();
        if (injector.comparesTwice()) {
            exit(Injector.LOST, Injection.LOST_ATOMICITY);
        }
        for (Exit exit : exits) {
            asm.label(exit.label);
            asm.origin(exit.label);
            asm.moveConstant(RAX, exit.code);
            asm.ret();
        }
        asm.origin("signature");
        asm.signature(target.signature());
        asm.label("abort");
        asm.origin("aborted");
        asm.moveConstant(RAX, Result.ABORTED);
        asm.ret();
    }

    private void emit(Op op, int number) {
        switch (op) {
            case Op.Load load -> load(load, number);
            case Op.Compute compute -> compute(compute, number);
            case Op.Leave leave -> leave(leave, number);
            case Op.Store store -> {
                Memory to = address(store.to(), store.width().bytes());
                asm.store(to, inRegister(store.value()), store.width().bytes());
                release(number);
            }
            case Op.Copy copy -> {
                copy(copy);
                release(number);
            }
            case Op.CommitStore commit -> {
                Memory to = address(commit.to(), commit.width().bytes());
                asm.store(to, inRegister(commit.value()), commit.width().bytes());
            }
            case Op.CommitAdd commit -> {
                Memory to = address(commit.to(), commit.width().bytes());
                asm.addToMemory(to, inRegister(commit.value()), commit.width().bytes());
            }
        }
    }

    private void load(Op.Load load, int number) {
        Memory from = address(load.from(), load.width().bytes());
        release(number);
        asm.load(define(load.result(), null), from, load.width().bytes());
    }

    private void compute(Op.Compute compute, int number) {
        Register left = register(compute.left());
        Register right = register(compute.right());
        release(number);
        Register to = define(compute.result(), left);
        if (to == right && to != left) {
            moveTo(R11, compute.left());
            apply(compute.operator(), R11, compute.right(), right);
            asm.move(to, R11);
            return;
        }
        if (left == null) {
            moveTo(to, compute.left());
        } else if (to != left) {
            asm.move(to, left);
        }
        apply(compute.operator(), to, compute.right(), right);
    }

    private void apply(
            Op.Operator operator, Register to, Value right, @Nullable Register register) {
        switch (operator) {
            case ADD -> arithmetic(Arithmetic.ADD, to, right, register);
            case SUBTRACT -> arithmetic(Arithmetic.SUB, to, right, register);
            case AND -> arithmetic(Arithmetic.AND, to, right, register);
            case OR -> arithmetic(Arithmetic.OR, to, right, register);
            case XOR -> arithmetic(Arithmetic.XOR, to, right, register);
            case SHIFT_LEFT -> asm.shift(true, to, (int) ((Constant) right).value());
            case SHIFT_RIGHT -> asm.shift(false, to, (int) ((Constant) right).value());
        }
    }

    private void arithmetic(
            Arithmetic operation, Register left, Value right, @Nullable Register register) {
        if (register != null) {
            asm.arithmetic(operation, left, register);
        } else if (right instanceof Constant constant
                && constant.value() == (int) constant.value()) {
            asm.arithmetic(operation, left, (int) constant.value(), true);
        } else {
            // The left operand is not r11 here: it is only if the right one is in a register.
            asm.arithmetic(operation, left, inRegister(right));
        }
    }

    private void leave(Op.Leave leave, int number) {
        Register left = register(leave.left());
        Register right = register(leave.right());
        if (left == null) {
            left = right == null ? R10 : R11;
            moveTo(left, leave.left());
        }
        arithmetic(Arithmetic.CMP, left, leave.right(), right);
        release(number);
        int comparison = (int) exits.stream().filter(exit -> Result.isUnequal(exit.code)).count();
        asm.jump(
                switch (leave.condition()) {
                    case EQUAL -> Condition.EQUAL;
                    case NOT_EQUAL -> Condition.NOT_EQUAL;
                    case BELOW -> Condition.BELOW;
                    case ABOVE -> Condition.ABOVE;
                },
                exit("unequal_" + comparison, Result.unequal(comparison)));
    }

    private void copy(Op.Copy copy) {
        String outOfRange = exit("out_of_range", Result.OUT_OF_RANGE);
        moveTo(R11, copy.lengthBytes());
        asm.arithmetic(Arithmetic.CMP, R11, copy.maxBytes(), true);
        asm.jump(Condition.ABOVE, outOfRange);
        checkEnd(copy.to(), copy.lengthBytes(), outOfRange);
        checkEnd(copy.from(), copy.lengthBytes(), outOfRange);
        asm.lea(R11, address(copy.from(), 1));
        asm.lea(R10, address(copy.to(), 1));
        asm.store(FIRST_SAVE, RCX, 8);
        asm.store(SECOND_SAVE, RDX, 8);
        moveTo(RCX, copy.lengthBytes());
        String words = newLabel("words");
        String bytes = newLabel("bytes");
        String done = newLabel("copied");
        asm.label(words);
        asm.arithmetic(Arithmetic.CMP, RCX, 8, true);
        asm.jump(Condition.BELOW, bytes);
        step(8);
        asm.jump(Condition.ALWAYS, words);
        asm.label(bytes);
        asm.test(RCX);
        asm.jump(Condition.EQUAL, done);
        step(1);
        asm.jump(Condition.ALWAYS, bytes);
        asm.label(done);
        asm.load(RCX, FIRST_SAVE, 8);
        asm.load(RDX, SECOND_SAVE, 8);
    }

    private void step(int bytes) {
        asm.load(RDX, Memory.at(R11, 0), bytes);
        asm.store(Memory.at(R10, 0), RDX, bytes);
        asm.arithmetic(Arithmetic.ADD, R11, bytes, true);
        asm.arithmetic(Arithmetic.ADD, R10, bytes, true);
        asm.arithmetic(Arithmetic.SUB, RCX, bytes, true);
    }

    /** An indexed place begins inside the range; a copy must end there too. */
    private void checkEnd(Place place, Value length, String outOfRange) {
        if (place.index() != null) {
            confinedOffset(place, 1);
            moveTo(R11, length);
            asm.arithmetic(Arithmetic.ADD, R11, R10);
            asm.arithmetic(Arithmetic.CMP, R11, target.strideBytes(), true);
            asm.jump(Condition.ABOVE, outOfRange);
        }
    }

    /** The operand of a place; an indexed one needs r10, and must not lead into the header. */
    private Memory address(Place place, int bytes) {
        Parameter base = place.base();
        if (place.index() != null) {
            confinedOffset(place, bytes);
            asm.arithmetic(Arithmetic.CMP, R10, Ranges.HEADER_BYTES, false);
            asm.jump(Condition.BELOW, exit("out_of_range", Result.OUT_OF_RANGE));
            return Memory.at(RAX, R10, 0);
        }
        if (base != null && base.kind() == Value.Kind.SEGMENT) {
            return Memory.at(held(base), place.displacementBytes());
        }
        return Memory.at(RAX, held(Objects.requireNonNull(base)), place.displacementBytes());
    }

    /** r10 = (base + index × scale + displacement) modulo the stride, rounded down to the width. */
    private void confinedOffset(Place place, int bytes) {
        Register index = held(Objects.requireNonNull(place.index()));
        Register base = place.base() == null ? null : held(place.base());
        Memory sum =
                base == null && place.scale() == 1
                        ? Memory.at(index, place.displacementBytes())
                        : new Memory(base, index, place.scale(), place.displacementBytes());
        asm.lea(R10, sum);
        asm.arithmetic(Arithmetic.AND, R10, target.strideBytes() - bytes, false);
    }

    /* ------------------------- Registers ------------------------- */

    /** The register that holds a value, or null for a constant. */
    private @Nullable Register register(Value value) {
        return value instanceof Constant ? null : held(value);
    }

    private Register held(Value value) {
        Register register = registers.get(value);
        if (register == null) {
            throw new IllegalStateException("value: " + value + " (expected: one in a register)");
        }
        return register;
    }

    /** The register of a value, or r11 with the constant in it. */
    private Register inRegister(Value value) {
        if (value instanceof Constant constant) {
            asm.moveConstant(R11, constant.value());
            return R11;
        }
        return held(value);
    }

    private void moveTo(Register to, Value value) {
        if (value instanceof Constant constant) {
            if (constant.value() == 0) {
                asm.zero(to);
            } else {
                asm.moveConstant(to, constant.value());
            }
        } else if (held(value) != to) {
            asm.move(to, held(value));
        }
    }

    /** Frees the registers of the values that an op uses last. */
    private void release(int op) {
        registers
                .entrySet()
                .removeIf(held -> {
                    boolean dead = uses.deadAfter(held.getKey(), op);
                    if (dead && held.getValue() != R10) {
                        free.add(held.getValue());
                    }
                    return dead;
                });
    }

    private Register define(Value.Temporary result, @Nullable Register preferred) {
        Register register =
                uses.onlyCompared(result)
                        ? R10
                        : preferred != null && free.contains(preferred)
                                ? preferred
                                : free.iterator().next();
        free.remove(register);
        registers.put(result, register);
        return register;
    }

    /* ------------------------- Labels ------------------------- */

    private String exit(String label, long code) {
        Exit exit = new Exit(label, code);
        if (!exits.contains(exit)) {
            exits.add(exit);
        }
        return label;
    }

    private String newLabel(String name) {
        return name + "_" + labels++;
    }

    private Memory threadLocal(int field) {
        return Memory.threadLocal(target.areaOffset() + field);
    }
}
