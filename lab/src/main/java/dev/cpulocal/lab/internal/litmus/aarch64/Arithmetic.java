// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus.aarch64;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Operator;
import dev.cpulocal.lab.internal.litmus.ThreadBuilder;
import java.util.Map;

/** What computes one register from others. */
final class Arithmetic {

    private static final Map<String, String> ALIASES =
            Map.of(
                    "CMP", "SUBS", "CMN", "ADDS", "TST", "ANDS", "NEG", "SUB", "NEGS", "SUBS",
                    "MVN", "ORN");

    private Arithmetic() {}

    /** {@return whether this is such an instruction; then it is translated} */
    static boolean translate(Operands operands) {
        return switch (operands.name()) {
            case "CMP", "CMN", "TST" -> {
                Register left = operands.register(0);
                compute(operands, zero(left), left, 1);
                yield true;
            }
            case "NEG", "NEGS", "MVN" -> {
                Register to = operands.register(0);
                compute(operands, to, zero(to), 1);
                yield true;
            }
            case "ADD",
                    "ADDS",
                    "SUB",
                    "SUBS",
                    "AND",
                    "ANDS",
                    "BIC",
                    "BICS",
                    "ORR",
                    "ORN",
                    "EOR",
                    "EON" -> {
                Register to = operands.register(0);
                compute(operands, to, operands.register(1, to.bytes()), 2);
                yield true;
            }
            case "LSL", "LSR", "ASR", "LSLV", "LSRV", "ASRV" -> {
                shift(operands);
                yield true;
            }
            case "MUL", "MNEG", "MADD", "MSUB" -> {
                multiply(operands);
                yield true;
            }
            default -> false;
        };
    }

    private static Register zero(Register like) {
        return new Register("XZR", like.bytes());
    }

    private static void compute(Operands operands, Register to, Register first, int second) {
        String name = ALIASES.getOrDefault(operands.name(), operands.name());
        int bytes = to.bytes();
        Expr left = operands.read(first);
        Expr right = second(operands, second, bytes);
        switch (name) {
            case "ADD", "ADDS" -> add(operands, to, left, right);
            case "SUB", "SUBS" -> subtract(operands, to, left, right);
            default -> {
                Expr result = bitwise(name, left, right, bytes);
                if (name.endsWith("S")) {
                    Flags.set(operands, result, bytes);
                }
                operands.assign(to, result);
            }
        }
    }

    private static Expr second(Operands operands, int index, int bytes) {
        boolean isRegister = operands.isRegister(index);
        boolean suffixed = operands.count() == index + 2;
        if (operands.count() > index + 2) {
            throw operands.statement().malformed("too many operands");
        }
        Expr value =
                isRegister
                        ? operands.read(operands.register(index))
                        : ThreadBuilder.unsigned(Expr.of(operands.number(index)), bytes);
        if (suffixed) {
            return Moves.shift(operands, value, operands.statement().operand(index + 1), bytes);
        }
        if (isRegister) {
            operands.register(index, bytes);
        }
        return value;
    }

    private static Expr bitwise(String name, Expr left, Expr right, int bytes) {
        Expr inverse = ThreadBuilder.unsigned(right.with(Operator.XOR, Expr.of(-1)), bytes);
        return switch (name) {
            case "AND", "ANDS" -> left.and(right);
            case "BIC", "BICS" -> left.and(inverse);
            case "ORR" -> left.or(right);
            case "ORN" -> left.or(inverse);
            case "EOR" -> left.with(Operator.XOR, right);
            default -> left.with(Operator.XOR, inverse);
        };
    }

    private static void add(Operands operands, Register to, Expr left, Expr right) {
        Expr sum = ThreadBuilder.unsigned(left.plus(right), to.bytes());
        if (setsFlags(operands)) {
            Expr overflow = sum.with(Operator.XOR, left).and(sum.with(Operator.XOR, right));
            Flags.set(operands, sum, sum.with(Operator.BELOW, left), overflow, to.bytes());
        }
        operands.assign(to, sum);
    }

    private static void subtract(Operands operands, Register to, Expr left, Expr right) {
        Expr difference = ThreadBuilder.unsigned(left.minus(right), to.bytes());
        if (setsFlags(operands)) {
            Expr overflow = left.with(Operator.XOR, right).and(left.with(Operator.XOR, difference));
            Expr carry = left.with(Operator.BELOW, right).not();
            Flags.set(operands, difference, carry, overflow, to.bytes());
        }
        operands.assign(to, difference);
    }

    private static boolean setsFlags(Operands operands) {
        return ALIASES.getOrDefault(operands.name(), operands.name()).endsWith("S");
    }

    private static void shift(Operands operands) {
        operands.statement().expectOperands(3);
        Register to = operands.register(0);
        int bits = 8 * to.bytes();
        Expr value = operands.read(operands.register(1, to.bytes()));
        Expr amount =
                operands.isRegister(2)
                        ? operands.read(operands.register(2, to.bytes())).and(bits - 1)
                        : Expr.of(operands.number(2));
        Expr result =
                switch (operands.name().substring(0, 3)) {
                    case "LSL" -> value.with(Operator.SHIFT_LEFT, amount);
                    case "LSR" -> value.with(Operator.SHIFT_RIGHT, amount);
                    default ->
                            ThreadBuilder.signed(value, to.bytes())
                                    .with(Operator.SHIFT_RIGHT_SIGNED, amount);
                };
        operands.assign(to, ThreadBuilder.unsigned(result, to.bytes()));
    }

    private static void multiply(Operands operands) {
        Register to = operands.register(0);
        boolean added = operands.name().equals("MADD") || operands.name().equals("MSUB");
        boolean negative = operands.name().equals("MNEG") || operands.name().equals("MSUB");
        operands.statement().expectOperands(added ? 4 : 3);
        Expr product =
                operands.read(operands.register(1, to.bytes()))
                        .with(Operator.MULTIPLY, operands.read(operands.register(2, to.bytes())));
        Expr start = added ? operands.read(operands.register(3, to.bytes())) : Expr.of(0);
        operands.assign(
                to,
                ThreadBuilder.unsigned(
                        negative ? start.minus(product) : start.plus(product), to.bytes()));
    }
}
