// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.machine;

import dev.cpulocal.lab.Expr;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Which registers instructions and expressions read. */
final class Registers {

    private Registers() {}

    /** {@return the registers that an instruction reads} */
    static int[] read(Instruction instruction) {
        BitSet read = new BitSet();
        for (Expr expr : expressions(instruction)) {
            collect(expr, read);
        }
        if (instruction instanceof Instruction.Choose choose) {
            read.clear(choose.to().index());
        }
        return read.stream().toArray();
    }

    /** {@return the registers that an expression reads} */
    static BitSet read(Expr expr) {
        BitSet read = new BitSet();
        collect(expr, read);
        return read;
    }

    /** {@return the expressions that an instruction evaluates} */
    static List<Expr> expressions(Instruction instruction) {
        Operands operands = Operands.of(instruction);
        List<Expr> all = new ArrayList<>(List.of(operands.value(), operands.expected()));
        switch (operands.address()) {
            case Address.Direct _ -> {}
            case Address.Element element -> all.add(element.index());
            case Address.Computed computed -> all.add(computed.address());
        }
        return all;
    }

    private static void collect(Expr expr, BitSet read) {
        switch (expr) {
            case Expr.Local local -> read.set(local.index());
            case Expr.Binary binary -> {
                collect(binary.left(), read);
                collect(binary.right(), read);
            }
            case Expr.Hardware hardware -> collect(hardware.index(), read);
            case Expr.Memory memory -> collect(memory.index(), read);
            case Expr.Running running -> collect(running.cpu(), read);
            case Expr.Constant _,
                    Expr.Cpu _,
                    Expr.Self _,
                    Expr.Ended _,
                    Expr.LocalOf _,
                    Expr.Interrupted _ -> {}
        }
    }

    /** {@return whether an expression reads registers at most} */
    static boolean isOfRegisters(Expr expr) {
        return switch (expr) {
            case Expr.Constant _, Expr.Local _, Expr.Self _ -> true;
            case Expr.Binary binary ->
                    isOfRegisters(binary.left()) && isOfRegisters(binary.right());
            default -> false;
        };
    }

    /** Adds the registers of a task that an expression of a property reads. */
    static void observed(Expr expr, int task, BitSet registers) {
        switch (expr) {
            case Expr.LocalOf local when local.task() == task ->
                    registers.set(local.local().index());
            case Expr.Binary binary -> {
                observed(binary.left(), task, registers);
                observed(binary.right(), task, registers);
            }
            case Expr.Hardware hardware -> observed(hardware.index(), task, registers);
            case Expr.Memory memory -> observed(memory.index(), task, registers);
            default -> {}
        }
    }
}
