// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus.riscv;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Operator;
import dev.cpulocal.lab.internal.machine.Instruction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Branches and fences. */
final class Control {

    private Control() {}

    /** {@return whether this is such an instruction; then it is translated} */
    static boolean translate(Operands operands) {
        String name = operands.name();
        if (name.equals("fence")) {
            fence(operands);
            return true;
        }
        if (name.equals("j") && operands.suffixes().isEmpty()) {
            operands.statement().expectOperands(1);
            operands.thread().emit(new Instruction.Jump(label(operands, 0)));
            return true;
        }
        return operands.suffixes().isEmpty() && (branch(operands) || branchOnZero(operands));
    }

    private static Expr.Label label(Operands operands, int index) {
        return operands.thread().label(operands.statement().operand(index));
    }

    private static boolean branch(Operands operands) {
        if (!List.of("beq", "bne", "blt", "bge", "bltu", "bgeu", "bgt", "ble", "bgtu", "bleu")
                .contains(operands.name())) {
            return false;
        }
        operands.statement().expectOperands(3);
        Expr left = operands.read(0);
        Expr right = operands.read(1);
        Expr condition =
                switch (operands.name()) {
                    case "beq" -> left.eq(right);
                    case "bne" -> left.ne(right);
                    case "blt" -> left.lt(right);
                    case "bge" -> right.le(left);
                    case "bgt" -> right.lt(left);
                    case "ble" -> left.le(right);
                    case "bltu" -> left.with(Operator.BELOW, right);
                    case "bgtu" -> right.with(Operator.BELOW, left);
                    case "bgeu" -> left.with(Operator.BELOW, right).not();
                    default -> right.with(Operator.BELOW, left).not();
                };
        operands.thread().emit(new Instruction.Branch(condition, label(operands, 2)));
        return true;
    }

    private static boolean branchOnZero(Operands operands) {
        Expr condition = comparedToZero(operands);
        if (condition == null) {
            return false;
        }
        operands.statement().expectOperands(2);
        operands.thread().emit(new Instruction.Branch(condition, label(operands, 1)));
        return true;
    }

    private static @Nullable Expr comparedToZero(Operands operands) {
        return switch (operands.name()) {
            case "beqz" -> operands.read(0).eq(0);
            case "bnez" -> operands.read(0).ne(0);
            case "bltz" -> operands.read(0).lt(0);
            case "bgez" -> Expr.of(0).le(operands.read(0));
            case "blez" -> operands.read(0).le(0);
            case "bgtz" -> Expr.of(0).lt(operands.read(0));
            default -> null;
        };
    }

    /** {@code fence.i} orders fetches, and no test here changes code: nothing to do. */
    private static void fence(Operands operands) {
        String kind = String.join(".", operands.suffixes());
        switch (kind) {
            case "" -> {
                boolean full = operands.statement().operands().isEmpty();
                int all = Instruction.READS | Instruction.WRITES;
                operands.thread()
                        .emit(
                                new Instruction.Fence(
                                        full ? all : kinds(operands, 0),
                                        full ? all : kinds(operands, 1)));
            }
            case "tso" -> operands.thread().emit(new Instruction.TsoFence());
            case "i" -> operands.statement().expectOperands(0);
            default -> throw operands.statement().malformed("." + kind + " (expected: .tso or .i)");
        }
    }

    private static int kinds(Operands operands, int index) {
        String text = operands.statement().operand(index);
        if (!text.matches("i?o?r?w?|i?r?o?w?")) {
            throw operands.statement().malformed(text + " (expected: r, w or rw)");
        }
        return (text.contains("r") ? Instruction.READS : 0)
                | (text.contains("w") ? Instruction.WRITES : 0);
    }
}
