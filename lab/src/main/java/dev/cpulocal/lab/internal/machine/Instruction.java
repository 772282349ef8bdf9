// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.machine;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Hardware;
import dev.cpulocal.lab.Expr.Label;
import dev.cpulocal.lab.Order;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One step of a task's program.
 *
 * <p>Memory is accessed only by {@link Load}, {@link Store} and {@link Update}; their operands, and
 * those of {@link Fence}s, are registers and constants. What an instruction does to hardware state
 * happens at once and in program order.
 */
public sealed interface Instruction {

    /** Reads and writes. */
    int READS = 1;

    /** Writes. */
    int WRITES = 2;

    /** What a {@link Update} stores. */
    enum Change {
        /** Old value, operator, operand. */
        ARITHMETIC,
        /** The operand if the old value is what was expected; else nothing. */
        COMPARE_AND_EXCHANGE
    }

    /**
     * {@code to = *from}.
     *
     * @param to the register
     * @param from where
     * @param order its order
     * @param exclusive whether it is a load-exclusive or load-reserved
     */
    record Load(Expr.Local to, Address from, Order order, boolean exclusive)
            implements Instruction {}

    /**
     * {@code *to = value}.
     *
     * @param to where
     * @param value what
     * @param order its order
     * @param status for a store-exclusive or store-conditional, the register that becomes 0 if it
     *     stored and 1 if not; else null
     */
    record Store(Address to, Expr value, Order order, Expr.@Nullable Local status)
            implements Instruction {}

    /**
     * An atomic read and write of one place.
     *
     * @param old the register that becomes what was there, or null
     * @param place where
     * @param change what it does
     * @param operator the operator of arithmetic
     * @param expected what a comparison expects; else ignored
     * @param operand the operand
     * @param order its order
     */
    record Update(
            Expr.@Nullable Local old,
            Address place,
            Change change,
            Expr.Operator operator,
            Expr expected,
            Expr operand,
            Order order)
            implements Instruction {}

    /**
     * Earlier accesses of some kinds come before later ones of some kinds.
     *
     * @param before {@link #READS}, {@link #WRITES} or both
     * @param after the same
     */
    record Fence(int before, int after) implements Instruction {}

    /** RISC-V's {@code fence.tso}: all orders but that of writes before reads. */
    record TsoFence() implements Instruction {}

    /** Arm's ISB: later reads come after earlier branches and addresses are known. */
    record ContextFence() implements Instruction {}

    /**
     * Computes.
     *
     * @param to the register
     * @param value what; hardware state too
     */
    record Assign(Expr.Local to, Expr value) implements Instruction {}

    /**
     * {@code to = condition ? ifTrue : ifFalse}, where the condition orders no more than Arm's CSEL
     * does: what is not selected is not waited for, and accesses that depend on the result can be
     * performed before the condition is known, unless they are writes.
     *
     * @param to the register
     * @param condition the condition
     * @param ifTrue what it becomes if the condition is not 0, of registers only
     * @param ifFalse what it becomes if it is 0, the same
     */
    record Select(Expr.Local to, Expr.Local condition, Expr ifTrue, Expr ifFalse)
            implements Instruction {

        /** {@return what it becomes, as an expression of all it reads} */
        Expr value() {
            Expr mask = Expr.of(0).minus(condition.ne(0));
            Expr differing = ifTrue.with(Expr.Operator.XOR, ifFalse);
            return ifFalse.with(Expr.Operator.XOR, differing.and(mask));
        }
    }

    /**
     * Changes hardware state.
     *
     * @param to what
     * @param value to what
     */
    record SetHardware(Hardware to, Expr value) implements Instruction {}

    /**
     * Goes elsewhere if a condition holds.
     *
     * @param condition the condition, of registers only
     * @param target where
     * @param inverted whether its text says the contrary: what is done if the condition does not
     *     hold
     */
    record Branch(Expr condition, Label target, boolean inverted) implements Instruction {

        /** A branch whose text says its condition. */
        public Branch(Expr condition, Label target) {
            this(condition, target, false);
        }
    }

    /**
     * Goes elsewhere.
     *
     * @param target where
     */
    record Jump(Label target) implements Instruction {}

    /**
     * Waits for hardware state.
     *
     * @param condition what it waits for
     */
    record Await(Expr condition) implements Instruction {}

    /**
     * Chooses a number for which a condition holds; waits if there is none.
     *
     * @param to the register that becomes it
     * @param count how many numbers there are, from 0
     * @param condition the condition, in which the register is the number; of hardware state too
     */
    record Choose(Expr.Local to, int count, Expr condition) implements Instruction {}

    /**
     * Makes the CPU run another task from where that one was.
     *
     * @param task its number; it must not run elsewhere
     */
    record Switch(Expr task) implements Instruction {}

    /**
     * Fails the model if the condition does not hold.
     *
     * @param condition the condition, of registers and hardware state
     * @param message what is wrong then
     */
    record Check(Expr condition, String message) implements Instruction {}

    /**
     * Ends a handler.
     *
     * @param handler its number
     */
    record Return(int handler) implements Instruction {}

    /**
     * Makes a handler return elsewhere.
     *
     * @param handler its number
     * @param target where
     */
    record SetReturn(int handler, Label target) implements Instruction {}

    /** The task ends. */
    record End() implements Instruction {}

    /**
     * An instruction where it stands.
     *
     * @param instruction what
     * @param text what traces show
     * @param scope the functions it is in, outermost first
     * @param masked which handlers cannot begin before it, a bit each
     * @param joined whether it and the next one are one step
     */
    record Line(
            Instruction instruction, String text, List<String> scope, int masked, boolean joined) {

        /** {@return a line with no more to it} */
        public static Line of(Instruction instruction, String text) {
            return new Line(instruction, text, List.of(), -1, false);
        }

        /** {@return the same line with other handlers excluded} */
        public Line masked(int newMasked) {
            return new Line(instruction, text, scope, newMasked, joined);
        }
    }
}
