// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.naive;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.internal.machine.Instruction;
import dev.cpulocal.lab.internal.machine.Program;

/** What expressions are in a state. */
final class Values {

    private final Program program;

    Values(Program program) {
        this.program = program;
    }

    boolean isTrue(Expr expr, State state) {
        return of(expr, state, -1, -1) != 0;
    }

    /**
     * {@return its value}
     *
     * @param task who computes it; -1 for a property
     * @param cpu the CPU that runs it; -1 for a property
     */
    long of(Expr expr, State state, int task, int cpu) {
        return switch (expr) {
            case Expr.Constant constant -> constant.value();
            case Expr.Local local -> state.registers[task][local.index()];
            case Expr.LocalOf local -> state.registers[local.task()][local.local().index()];
            case Expr.Cpu _ -> cpu;
            case Expr.Self _ -> task;
            case Expr.Hardware hardware ->
                    state.hardware[
                            place(hardware.variable(), of(hardware.index(), state, task, cpu))];
            case Expr.Memory memory ->
                    state.memory[place(memory.variable(), of(memory.index(), state, task, cpu))];
            case Expr.Ended ended -> isEnded(state, ended.task()) ? 1 : 0;
            case Expr.Running running -> state.running[(int) of(running.cpu(), state, task, cpu)];
            case Expr.Interrupted interrupted -> {
                int at = state.interrupted[task][interrupted.handler()];
                yield at >= interrupted.from().position() && at < interrupted.to().position()
                        ? 1
                        : 0;
            }
            case Expr.Binary binary ->
                    binary.operator()
                            .apply(
                                    of(binary.left(), state, task, cpu),
                                    of(binary.right(), state, task, cpu));
        };
    }

    static int place(Expr.Variable variable, long index) {
        if (index < 0 || index >= variable.length()) {
            throw new IndexOutOfBoundsException(variable + "[" + index + "]");
        }
        return variable.first() + (int) index;
    }

    boolean isEnded(State state, int task) {
        return program.tasks().get(task).lines().get(state.at[task]).instruction()
                instanceof Instruction.End;
    }

    /** {@return whether nobody else can have anything to do with it} */
    static boolean isOfRegisters(Expr expr) {
        return switch (expr) {
            case Expr.Constant _, Expr.Local _, Expr.Self _ -> true;
            case Expr.Binary binary ->
                    isOfRegisters(binary.left()) && isOfRegisters(binary.right());
            default -> false;
        };
    }
}
