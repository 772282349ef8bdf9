// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.internal.machine.Address;
import dev.cpulocal.lab.internal.machine.Instruction;
import dev.cpulocal.lab.internal.machine.Instruction.Line;
import dev.cpulocal.lab.internal.machine.Program;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The lines of a task so far, and what the next one is to be like. */
abstract sealed class Listing permits Code {

    static final int ALL_MASKED = -1;

    final Model.Task task;
    final List<Line> lines = new ArrayList<>();
    final List<String> scope = new ArrayList<>();
    int masked;
    boolean joined;
    int handler = -1;
    @Nullable String text;
    private final List<String> registers = new ArrayList<>();

    Listing(Model.Task task) {
        this.task = task;
    }

    final Local newLocal(String name) {
        registers.add(name);
        return new Local(registers.size() - 1, name);
    }

    final Local newLocal() {
        return newLocal("r" + registers.size());
    }

    final void end() {
        add(new Instruction.End(), "end");
    }

    final Program.Task program(List<Integer> entries, boolean background) {
        return new Program.Task(
                task.toString(),
                lines,
                registers,
                Collections.nCopies(registers.size(), 0L),
                entries,
                background);
    }

    final void add(Instruction instruction, String shown) {
        String given = text;
        text = null;
        lines.add(
                new Line(
                        instruction,
                        given == null ? shown : given,
                        List.copyOf(scope),
                        masked,
                        joined));
    }

    final Address address(Variable variable, Expr index) {
        if (!variable.shared()) {
            throw new IllegalArgumentException(
                    variable + ": not in memory (expected: set, or read as an expression)");
        }
        if (index instanceof Expr.Constant constant) {
            long element = constant.value();
            if (element < 0 || element >= variable.length()) {
                throw new IllegalArgumentException(
                        variable
                                + "["
                                + element
                                + "]: no such element (expected: 0 to "
                                + (variable.length() - 1)
                                + ")");
            }
            return new Address.Direct(variable.first() + (int) element);
        }
        return new Address.Element(variable, inRegisters(index));
    }

    /** An operand of registers only: what hardware state it has is computed beforehand. */
    final Expr inRegisters(Expr value) {
        if (isOfRegisters(value)) {
            return value;
        }
        String shown = text;
        text = null;
        Local local = newLocal();
        add(new Instruction.Assign(local, value), local + " = " + value);
        text = shown;
        return local;
    }

    private static boolean isOfRegisters(Expr value) {
        return switch (value) {
            case Expr.Constant _, Local _ -> true;
            case Expr.Binary binary ->
                    isOfRegisters(binary.left()) && isOfRegisters(binary.right());
            default -> false;
        };
    }
}
