// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.machine;

import dev.cpulocal.lab.Expr;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Which registers of a task matter where. */
final class Registers {

    private final Compiled[] code;
    private final BitSet always = new BitSet();
    private final BitSet[] live;

    private Registers(Compiled[] code, BitSet observed) {
        this.code = code;
        this.live = new BitSet[code.length + 1];
        for (int i = 0; i < live.length; i++) {
            live[i] = new BitSet();
        }
        always.or(observed);
    }

    /**
     * Finds out for each line which registers nobody reads any more after it.
     *
     * @param code the program of a task
     * @param layout where everything is
     * @param observed the registers that properties read
     */
    static void findDead(Compiled[] code, Layout layout, BitSet observed) {
        Registers registers = new Registers(code, observed);
        registers.flow();
        for (Compiled line : code) {
            if (line.kind == Compiled.Kind.SET_RETURN) {
                registers.always.or(registers.live[line.target]);
            }
        }
        for (Compiled line : code) {
            registers.find(line, layout);
        }
    }

    private void flow() {
        for (boolean changed = true; changed; ) {
            changed = false;
            for (int i = code.length - 1; i >= 0; i--) {
                BitSet before = new BitSet();
                code[i].successors().forEach(next -> before.or(live[next]));
                if (code[i].register >= 0) {
                    before.clear(code[i].register);
                }
                for (int register : code[i].uses) {
                    before.set(register);
                }
                changed |= !before.equals(live[i]);
                live[i] = before;
            }
        }
    }

    private void find(Compiled line, Layout layout) {
        BitSet had = (BitSet) live[line.number].clone();
        if (line.register >= 0) {
            had.set(line.register);
        }
        switch (line.kind) {
            case BRANCH -> {
                line.diesNext = dead(had, line.number + 1, line.task, layout);
                line.diesTarget = dead(had, line.target, line.task, layout);
            }
            case JUMP -> line.diesTarget = dead(had, line.target, line.task, layout);
            case RETURN, END -> line.diesNext = dead(had, live.length - 1, line.task, layout);
            default -> line.diesNext = dead(had, line.number + 1, line.task, layout);
        }
    }

    private Field[] dead(BitSet had, int next, int task, Layout layout) {
        BitSet dead = (BitSet) had.clone();
        dead.andNot(live[next]);
        dead.andNot(always);
        return dead.stream()
                .mapToObj(register -> layout.allOf(task, register))
                .flatMap(List::stream)
                .toArray(Field[]::new);
    }

    /* ------------------------- Expressions ------------------------- */

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
