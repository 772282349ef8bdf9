// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus.aarch64;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Operator;
import dev.cpulocal.lab.internal.machine.Instruction;
import org.jspecify.annotations.Nullable;

/** Branches. */
final class Branches {

    private Branches() {}

    /** {@return whether this is such an instruction; then it is translated} */
    static boolean translate(Operands operands) {
        String name = operands.name();
        switch (name) {
            case "B" -> {
                operands.statement().expectOperands(1);
                operands.thread().emit(new Instruction.Jump(label(operands, 0)));
            }
            case "CBZ", "CBNZ" -> {
                operands.statement().expectOperands(2);
                Expr value = operands.read(operands.register(0));
                branch(operands, name.equals("CBZ") ? value.eq(0) : value.ne(0), 1);
            }
            case "TBZ", "TBNZ" -> {
                operands.statement().expectOperands(3);
                Expr value = operands.read(operands.register(0));
                Expr bit = value.with(Operator.SHIFT_RIGHT, Expr.of(operands.number(1))).and(1);
                branch(operands, name.equals("TBZ") ? bit.not() : bit, 2);
            }
            default -> {
                String condition = condition(name);
                if (condition == null) {
                    return false;
                }
                operands.statement().expectOperands(1);
                branch(operands, Flags.condition(operands, condition), 0);
            }
        }
        return true;
    }

    /** {@return the condition in a name like {@code B.EQ} or {@code BEQ}, or null} */
    private static @Nullable String condition(String name) {
        String condition = name.startsWith("B.") ? name.substring(2) : name.substring(1);
        return name.startsWith("B") && Flags.isCondition(condition) ? condition : null;
    }

    private static Expr.Label label(Operands operands, int index) {
        return operands.thread().label(operands.statement().operand(index));
    }

    private static void branch(Operands operands, Expr condition, int index) {
        operands.thread().emit(new Instruction.Branch(condition, label(operands, index)));
    }
}
