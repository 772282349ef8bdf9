// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus.aarch64;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Operator;
import dev.cpulocal.lab.internal.litmus.ThreadBuilder;
import java.util.Locale;

/** What copies and extends. */
final class Moves {

    private Moves() {}

    /** {@return whether this is such an instruction; then it is translated} */
    static boolean translate(Operands operands) {
        switch (operands.name()) {
            case "MOV" -> move(operands);
            case "MOVZ" -> operands.assign(operands.register(0), shifted(operands, 1, false));
            case "MOVN" -> operands.assign(operands.register(0), shifted(operands, 1, true));
            case "MOVK" -> keep(operands);
            case "UXTB" -> extend(operands, 1, false);
            case "UXTH" -> extend(operands, 2, false);
            case "SXTB" -> extend(operands, 1, true);
            case "SXTH" -> extend(operands, 2, true);
            case "SXTW" -> extend(operands, 4, true);
            default -> {
                return false;
            }
        }
        return true;
    }

    private static void move(Operands operands) {
        operands.statement().expectOperands(2);
        Register to = operands.register(0);
        operands.assign(
                to,
                operands.isRegister(1)
                        ? operands.read(operands.register(1, to.bytes()))
                        : ThreadBuilder.unsigned(Expr.of(operands.number(1)), to.bytes()));
    }

    private static long shift(Operands operands) {
        if (operands.count() == 2) {
            return 0;
        }
        operands.statement().expectOperands(3);
        String text = operands.statement().operand(2).toUpperCase(Locale.ROOT);
        if (!text.startsWith("LSL")) {
            throw operands.statement().malformed(text + " (expected: LSL #NUMBER)");
        }
        return operands.number(text.substring(3).strip());
    }

    private static Expr shifted(Operands operands, int index, boolean inverted) {
        long number = operands.number(index) << shift(operands);
        return ThreadBuilder.unsigned(
                Expr.of(inverted ? ~number : number), operands.register(0).bytes());
    }

    private static void keep(Operands operands) {
        Register to = operands.register(0);
        long shift = shift(operands);
        Expr others = operands.read(to).and(~(0xFFFFL << shift));
        operands.assign(
                to,
                others.or(
                        ThreadBuilder.unsigned(Expr.of(operands.number(1) << shift), to.bytes())));
    }

    private static void extend(Operands operands, int bytes, boolean signed) {
        operands.statement().expectOperands(2);
        Register to = operands.register(0);
        Expr value = operands.read(operands.register(1, 4));
        operands.assign(
                to,
                signed
                        ? ThreadBuilder.unsigned(ThreadBuilder.signed(value, bytes), to.bytes())
                        : ThreadBuilder.unsigned(value, bytes));
    }

    /** {@return a value shifted as a suffix such as {@code LSL #3} says, in so many bytes} */
    static Expr shift(Operands operands, Expr value, String suffix, int bytes) {
        String[] words = suffix.toUpperCase(Locale.ROOT).replace("#", " ").strip().split(" +", -1);
        Expr amount = Expr.of(words.length == 2 ? operands.number(words[1]) : 0);
        return switch (words[0]) {
            case "LSL" -> ThreadBuilder.unsigned(value.with(Operator.SHIFT_LEFT, amount), bytes);
            case "LSR" -> value.with(Operator.SHIFT_RIGHT, amount);
            case "ASR" ->
                    ThreadBuilder.unsigned(
                            ThreadBuilder.signed(value, bytes)
                                    .with(Operator.SHIFT_RIGHT_SIGNED, amount),
                            bytes);
            default -> extended(operands, value, words[0], amount, bytes);
        };
    }

    private static Expr extended(
            Operands operands, Expr value, String name, Expr amount, int bytes) {
        int from =
                switch (name.length() == 4 ? name.charAt(3) : ' ') {
                    case 'B' -> 1;
                    case 'H' -> 2;
                    case 'W' -> 4;
                    case 'X' -> 8;
                    default -> 0;
                };
        if (from == 0 || !name.matches("[US]XT.")) {
            throw operands.statement().malformed(name + " (expected: a shift or an extension)");
        }
        Expr whole =
                name.startsWith("S")
                        ? ThreadBuilder.signed(value, from)
                        : ThreadBuilder.unsigned(value, from);
        return ThreadBuilder.unsigned(whole.with(Operator.SHIFT_LEFT, amount), bytes);
    }
}
