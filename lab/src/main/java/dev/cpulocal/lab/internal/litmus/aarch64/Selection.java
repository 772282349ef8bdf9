// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus.aarch64;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Operator;
import dev.cpulocal.lab.internal.litmus.ThreadBuilder;
import dev.cpulocal.lab.internal.machine.Instruction;

/** What selects one of two values by a condition. */
final class Selection {

    private Selection() {}

    /** {@return whether this is such an instruction; then it is translated} */
    static boolean translate(Operands operands) {
        Register to = operands.count() == 0 ? null : Register.of(operands.statement().operand(0));
        int bytes = to == null ? 8 : to.bytes();
        switch (operands.name()) {
            case "CSEL" -> select(operands, second(operands, bytes));
            case "CSINC" -> select(operands, changed("INC", second(operands, bytes), bytes));
            case "CSINV" -> select(operands, changed("INV", second(operands, bytes), bytes));
            case "CSNEG" -> select(operands, changed("NEG", second(operands, bytes), bytes));
            case "CSET" -> choose(operands, 1, Expr.of(1), Expr.of(0));
            case "CSETM" ->
                    choose(operands, 1, ThreadBuilder.unsigned(Expr.of(-1), bytes), Expr.of(0));
            case "CINC", "CINV", "CNEG" -> {
                Expr first = operands.read(operands.register(1, bytes));
                choose(operands, 2, changed(operands.name().substring(1), first, bytes), first);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private static Expr second(Operands operands, int bytes) {
        return operands.read(operands.register(2, bytes));
    }

    private static Expr changed(String how, Expr value, int bytes) {
        Expr changed =
                switch (how) {
                    case "INC" -> value.plus(1);
                    case "INV" -> value.with(Operator.XOR, Expr.of(-1));
                    default -> Expr.of(0).minus(value);
                };
        return ThreadBuilder.unsigned(changed, bytes);
    }

    private static void select(Operands operands, Expr otherwise) {
        Register to = operands.register(0);
        Expr first = operands.read(operands.register(1, to.bytes()));
        choose(operands, 3, first, otherwise);
    }

    private static void choose(Operands operands, int index, Expr ifTrue, Expr ifFalse) {
        operands.statement().expectOperands(index + 1);
        Register to = operands.register(0);
        Expr.Local condition = operands.thread().temporary();
        String name = operands.statement().operand(index);
        Expr holds = Flags.condition(operands, name);
        operands.thread().emit(new Instruction.Assign(condition, holds));
        operands.thread()
                .emit(new Instruction.Select(operands.write(to), condition, ifTrue, ifFalse));
    }
}
