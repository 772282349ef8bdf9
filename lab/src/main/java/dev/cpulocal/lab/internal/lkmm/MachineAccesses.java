// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Operator;
import dev.cpulocal.lab.internal.litmus.Cells;
import dev.cpulocal.lab.internal.litmus.Refusal;
import dev.cpulocal.lab.internal.litmus.Steps;
import dev.cpulocal.lab.internal.lkmm.Lowering.Marking;
import dev.cpulocal.lab.internal.machine.Address;
import dev.cpulocal.lab.internal.machine.Instruction;
import dev.cpulocal.lab.internal.machine.Instruction.Change;
import dev.cpulocal.lab.internal.machine.Instruction.Fence;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Appends the accesses and barriers of a thread. */
final class MachineAccesses {
    private final Cells cells;
    private final Lowering lowering;
    private final Steps steps;
    private final Function<String, Refusal> refusal;

    /**
     * For one thread.
     *
     * @param cells where places are in memory
     * @param lowering what primitives are made of
     * @param steps where they are appended
     * @param refusal makes an error: a construct is not covered
     */
    MachineAccesses(
            Cells cells, Lowering lowering, Steps steps, Function<String, Refusal> refusal) {
        this.cells = cells;
        this.lowering = lowering;
        this.steps = steps;
        this.refusal = refusal;
    }

    /** {@code to = *address}. */
    void load(Expr.Local to, Expr address, Tag tag) {
        Marking marking = lowering.access(covered(tag));
        ordered(marking, new Instruction.Load(to, place(address), marking.order(), false));
    }

    /** {@code *address = value}. */
    void store(Expr address, Expr value, Tag tag) {
        Marking marking = lowering.access(covered(tag));
        ordered(marking, new Instruction.Store(place(address), value, marking.order(), null));
    }

    /** {@code old = *address}, {@code *address = old operator operand}, atomically. */
    void update(Expr.@Nullable Local old, Expr address, Operator operator, Expr operand, Tag tag) {
        update(old, address, Change.ARITHMETIC, operator, Expr.of(0), operand, tag);
    }

    /** The same with a comparison. */
    void update(
            Expr.@Nullable Local old,
            Expr address,
            Change change,
            Operator operator,
            Expr expected,
            Expr operand,
            Tag tag) {
        Marking marking = lowering.update(tag);
        boolean subtracts = operator == Operator.SUBTRACT;
        boolean adds = subtracts || operator == Operator.ADD;
        ordered(
                marking,
                new Instruction.Update(
                        old,
                        place(address),
                        change,
                        adds ? Operator.ADD_INT : operator,
                        expected,
                        subtracts ? Expr.of(0).minus(operand) : operand,
                        marking.order()));
    }

    /** {@code old = *lock}, which it takes if that is 0; {@link #afterLock} has to follow. */
    void tryLock(Expr.Local old, Expr lock) {
        steps.emit(
                new Instruction.Update(
                        old,
                        place(lock),
                        Change.COMPARE_AND_EXCHANGE,
                        Operator.SECOND,
                        Expr.of(0),
                        Expr.of(1),
                        lowering.update(Tag.ACQUIRE).order()));
    }

    /** What orders the rest behind a lock that was taken. */
    void afterLock() {
        emit(lowering.update(Tag.ACQUIRE).after());
    }

    /** A barrier. */
    void barrier(Tag tag) {
        emit(lowering.barrier(covered(tag)));
    }

    private void ordered(Marking marking, Instruction access) {
        emit(marking.before());
        steps.emit(access);
        emit(marking.after());
    }

    private void emit(@Nullable Fence fence) {
        if (fence != null) {
            steps.emit(fence);
        }
    }

    private Address place(Expr address) {
        Address place = cells.find(address);
        if (place == null) {
            throw refusal.apply("an address that is no place");
        }
        return place;
    }

    private Tag covered(Tag tag) {
        String construct =
                switch (tag) {
                    case PLAIN -> "plain access";
                    case SRCU_LOCK -> "srcu_read_lock";
                    case SRCU_UNLOCK -> "srcu_read_unlock";
                    case AFTER_SRCU_READ_UNLOCK -> "smp_mb__after_srcu_read_unlock";
                    case RCU_LOCK -> "rcu_read_lock";
                    case RCU_UNLOCK -> "rcu_read_unlock";
                    case SYNCHRONIZE_RCU -> "synchronize_rcu";
                    case SYNCHRONIZE_SRCU -> "synchronize_srcu";
                    default -> "";
                };
        if (!construct.isEmpty()) {
            throw refusal.apply(construct);
        }
        return tag;
    }
}
