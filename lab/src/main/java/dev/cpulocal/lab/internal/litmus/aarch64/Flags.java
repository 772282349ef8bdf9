// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus.aarch64;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Operator;
import java.util.Locale;

/** The flags N, Z, C and V: a register of one bit each. */
final class Flags {
    private static final String N = "N";
    private static final String Z = "Z";
    private static final String C = "C";
    private static final String V = "V";

    private Flags() {}

    /**
     * Appends the flags of a sum or difference.
     *
     * @param carry whether there was a carry; after a difference, whether there was no borrow
     * @param overflow a number whose highest bit says whether the sign is wrong
     */
    static void set(Operands operands, Expr result, Expr carry, Expr overflow, int bytes) {
        operands.thread().assign(N, highest(result, bytes));
        operands.thread().assign(Z, result.eq(0));
        operands.thread().assign(C, carry);
        operands.thread().assign(V, highest(overflow, bytes));
    }

    /** Appends the flags of a result that cannot carry; they depend on it all the same. */
    static void set(Operands operands, Expr result, int bytes) {
        Expr none = new Expr.Binary(Operator.AND, result, Expr.of(0));
        set(operands, result, none, none, bytes);
    }

    private static Expr highest(Expr value, int bytes) {
        return value.with(Operator.SHIFT_RIGHT, Expr.of(8L * bytes - 1)).and(1);
    }

    /** {@return whether a text names a condition} */
    static boolean isCondition(String name) {
        return name.toUpperCase(Locale.ROOT)
                .matches("EQ|NE|CS|HS|CC|LO|MI|PL|VS|VC|HI|LS|GE|LT|GT|LE|AL");
    }

    /** {@return a condition on the flags} */
    static Expr condition(Operands operands, String name) {
        return switch (name.toUpperCase(Locale.ROOT)) {
            case "EQ" -> flag(operands, Z);
            case "NE" -> flag(operands, Z).not();
            case "CS", "HS" -> flag(operands, C);
            case "CC", "LO" -> flag(operands, C).not();
            case "MI" -> flag(operands, N);
            case "PL" -> flag(operands, N).not();
            case "VS" -> flag(operands, V);
            case "VC" -> flag(operands, V).not();
            case "HI" -> flag(operands, C).and(flag(operands, Z).not());
            case "LS" -> flag(operands, C).not().or(flag(operands, Z));
            case "GE" -> flag(operands, N).eq(flag(operands, V));
            case "LT" -> flag(operands, N).ne(flag(operands, V));
            case "GT" -> flag(operands, Z).not().and(flag(operands, N).eq(flag(operands, V)));
            case "LE" -> flag(operands, Z).or(flag(operands, N).ne(flag(operands, V)));
            case "AL" -> Expr.of(1);
            default ->
                    throw operands.statement().malformed(name + " (expected: a condition, as EQ)");
        };
    }

    private static Expr flag(Operands operands, String name) {
        return operands.thread().read(name);
    }
}
