// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus.x86;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Operator;
import dev.cpulocal.lab.internal.litmus.ThreadBuilder;
import org.jspecify.annotations.Nullable;

/** The flags, as far as jumps ask for them: a register for each answer. */
final class Flags {
    private static final String ZERO = "zf";
    private static final String SIGN = "sf";
    private static final String CARRY = "cf";

    /** Sign and overflow differ. */
    private static final String LESS = "lf";

    private final ThreadBuilder thread;
    private final int bytes;

    Flags(ThreadBuilder thread, int bytes) {
        this.thread = thread;
        this.bytes = bytes;
    }

    /**
     * Appends the flags of {@code left operator right}, numbers extended by zeros.
     *
     * @param carries whether the carry changes too
     */
    void set(Operator operator, Expr left, Expr right, boolean carries) {
        Expr result = ThreadBuilder.unsigned(left.with(operator, right), bytes);
        Expr exact =
                ThreadBuilder.signed(left, bytes)
                        .with(operator, ThreadBuilder.signed(right, bytes));
        thread.assign(ZERO, result.eq(0));
        thread.assign(SIGN, ThreadBuilder.signed(result, bytes).lt(0));
        thread.assign(LESS, less(operator, left, right, exact));
        if (carries) {
            thread.assign(CARRY, carry(operator, left, right, result));
        }
    }

    /** The sign of the exact result; of 8 bytes, it does not fit and is found by comparing. */
    private Expr less(Operator operator, Expr left, Expr right, Expr exact) {
        if (bytes < 8) {
            return exact.lt(0);
        }
        return switch (operator) {
            case SUBTRACT -> left.lt(right);
            case ADD -> left.lt(Expr.of(0).minus(right)).or(right.eq(Long.MIN_VALUE));
            default -> exact.lt(0);
        };
    }

    private static Expr carry(Operator operator, Expr left, Expr right, Expr result) {
        return switch (operator) {
            case SUBTRACT -> left.with(Operator.BELOW, right);
            case ADD -> result.with(Operator.BELOW, left);
            default -> Expr.of(0);
        };
    }

    /** {@return the carry} */
    Expr carry() {
        return thread.read(CARRY);
    }

    /** Appends the flags of a number shifted to the left. */
    void setShifted(Expr left, long amount) {
        if (amount == 0) {
            return;
        }
        Expr result =
                ThreadBuilder.unsigned(left.with(Operator.SHIFT_LEFT, Expr.of(amount)), bytes);
        Expr sign = ThreadBuilder.signed(result, bytes).lt(0);
        Expr out = left.with(Operator.SHIFT_RIGHT, Expr.of(8L * bytes - amount)).and(1);
        thread.assign(ZERO, result.eq(0));
        thread.assign(SIGN, sign);
        thread.assign(LESS, amount == 1 ? out : sign);
        thread.assign(CARRY, out);
    }

    /** {@return when a jump is taken, or null if no jump has this name} */
    @Nullable Expr condition(String name) {
        return switch (name) {
            case "JE", "JZ" -> thread.read(ZERO);
            case "JNE", "JNZ" -> thread.read(ZERO).not();
            case "JS" -> thread.read(SIGN);
            case "JNS" -> thread.read(SIGN).not();
            case "JC", "JB" -> carry();
            case "JNC", "JAE" -> carry().not();
            case "JL", "JLT" -> thread.read(LESS);
            case "JGE" -> thread.read(LESS).not();
            case "JLE" -> thread.read(LESS).or(thread.read(ZERO));
            case "JG", "JGT" -> thread.read(LESS).or(thread.read(ZERO)).not();
            case "JBE" -> carry().or(thread.read(ZERO));
            case "JA" -> carry().or(thread.read(ZERO)).not();
            default -> null;
        };
    }
}
