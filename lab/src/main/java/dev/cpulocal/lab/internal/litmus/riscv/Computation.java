// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus.riscv;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Operator;
import dev.cpulocal.lab.internal.litmus.ThreadBuilder;
import java.util.Map;

/** What computes in registers. */
final class Computation {

    private static final Map<String, Operator> OPERATORS =
            Map.ofEntries(
                    Map.entry("add", Operator.ADD),
                    Map.entry("sub", Operator.SUBTRACT),
                    Map.entry("and", Operator.AND),
                    Map.entry("or", Operator.OR),
                    Map.entry("xor", Operator.XOR),
                    Map.entry("sll", Operator.SHIFT_LEFT),
                    Map.entry("srl", Operator.SHIFT_RIGHT),
                    Map.entry("sra", Operator.SHIFT_RIGHT_SIGNED),
                    Map.entry("slt", Operator.LESS),
                    Map.entry("sltu", Operator.BELOW),
                    Map.entry("mul", Operator.MULTIPLY));

    private Computation() {}

    /** {@return whether this is such an instruction; then it is translated} */
    static boolean translate(Operands operands) {
        if (!operands.suffixes().isEmpty()) {
            return extension(operands);
        }
        return ofRegisters(operands) || ofNumber(operands) || move(operands);
    }

    private static boolean extension(Operands operands) {
        if (!operands.statement().mnemonic().equals("SEXT.W")) {
            return false;
        }
        operands.statement().expectOperands(2);
        operands.assign(0, ThreadBuilder.signed(operands.read(1), 4));
        return true;
    }

    private static boolean ofRegisters(Operands operands) {
        String name = operands.name();
        boolean word = name.endsWith("w");
        Operator operator = OPERATORS.get(word ? name.substring(0, name.length() - 1) : name);
        if (operator == null || (word && !hasWordForm(operator))) {
            return false;
        }
        operands.statement().expectOperands(3);
        operands.assign(0, result(operator, operands.read(1), operands.read(2), word));
        return true;
    }

    private static boolean hasWordForm(Operator operator) {
        return switch (operator) {
            case ADD, SUBTRACT, MULTIPLY, SHIFT_LEFT, SHIFT_RIGHT, SHIFT_RIGHT_SIGNED -> true;
            default -> false;
        };
    }

    /** Names such as {@code addi}, {@code addiw}, {@code sltiu}. */
    private static boolean ofNumber(Operands operands) {
        String name = operands.name();
        boolean word = name.endsWith("iw");
        String base =
                name.equals("sltiu")
                        ? "sltu"
                        : name.endsWith("i") || word
                                ? name.substring(0, name.lastIndexOf('i'))
                                : "";
        Operator operator = OPERATORS.get(base);
        if (operator == null
                || operator == Operator.SUBTRACT
                || operator == Operator.MULTIPLY
                || (word && !hasWordForm(operator))) {
            return false;
        }
        operands.statement().expectOperands(3);
        Expr number = Expr.of(operands.number(2));
        operands.assign(0, result(operator, operands.read(1), number, word));
        return true;
    }

    private static Expr result(Operator operator, Expr left, Expr right, boolean word) {
        boolean shift =
                operator == Operator.SHIFT_LEFT
                        || operator == Operator.SHIFT_RIGHT
                        || operator == Operator.SHIFT_RIGHT_SIGNED;
        Expr amount = shift ? right.and(word ? 31 : 63) : right;
        if (!word) {
            return left.with(operator, amount);
        }
        Expr low =
                operator == Operator.SHIFT_RIGHT
                        ? ThreadBuilder.unsigned(left, 4)
                        : ThreadBuilder.signed(left, 4);
        return ThreadBuilder.signed(low.with(operator, amount), 4);
    }

    private static boolean move(Operands operands) {
        switch (operands.name()) {
            case "nop" -> operands.statement().expectOperands(0);
            case "li" -> operands.assign(0, Expr.of(operands.number(1)));
            case "lui" ->
                    operands.assign(0, ThreadBuilder.signed(Expr.of(operands.number(1) << 12), 4));
            case "mv" -> operands.assign(0, operands.read(1));
            case "not" -> operands.assign(0, operands.read(1).with(Operator.XOR, Expr.of(-1)));
            case "neg" -> operands.assign(0, Expr.of(0).minus(operands.read(1)));
            case "seqz" -> operands.assign(0, operands.read(1).eq(0));
            case "snez" -> operands.assign(0, operands.read(1).ne(0));
            default -> {
                return false;
            }
        }
        if (!operands.name().equals("nop")) {
            operands.statement().expectOperands(2);
        }
        return true;
    }
}
