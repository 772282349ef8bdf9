// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.machine;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.internal.machine.Compiled.Kind;
import java.util.BitSet;
import java.util.List;

/** Which registers of a task somebody may still read, line by line. */
final class Liveness {

    /*
     * A register is live before a line if some way from there reads it before it is given a value.
     * Where it dies, between a line and the next, it becomes 0 (findDead), so that states that differ in
     * nothing that matters are equal. Registers that properties, handlers' guards or other tasks read
     * never die, nor do those that are live where a handler may return to instead.
     *
     * Most registers are read by the lines right after the one that gives them a value, and those
     * belong to the same step. A register needs a place in the states that are kept only if it is live
     * where a task can rest between two steps (kept). A task does not rest at a line that is executed
     * with the line before it:
     *
     *     what only computes, and jumps; except the first line, at which a task is that no CPU runs
     *     yet, and the line after a switch, at which a task is left;
     *     a line of a group that is one step, unless the group begins there.
     *
     * A machine that holds loads back stops at more lines than these, so there all registers are kept.
     */

    private final Program.Task task;
    private final List<Operands> lines;
    private final BitSet[] live;
    private final BitSet always;
    private final BitSet kept = new BitSet();

    private Liveness(Program.Task task, BitSet observed) {
        this.task = task;
        this.lines = task.lines().stream().map(line -> Operands.of(line.instruction())).toList();
        this.live = new BitSet[lines.size() + 1];
        for (int i = 0; i < live.length; i++) {
            live[i] = new BitSet();
        }
        this.always = observed;
        flow();
        for (Operands line : lines) {
            if (line.kind() == Kind.SET_RETURN) {
                always.or(live[line.targetNumber()]);
            }
        }
        findKept();
    }

    /** {@return what is live in a task} */
    static Liveness of(Program program, int task) {
        BitSet observed = new BitSet();
        for (Program.Property property : program.properties()) {
            Registers.observed(property.condition(), task, observed);
        }
        program.observed().forEach(expr -> Registers.observed(expr, task, observed));
        if (program.progress() != null) {
            Registers.observed(program.progress().condition(), task, observed);
        }
        for (Program.Task any : program.tasks()) {
            for (Instruction.Line line : any.lines()) {
                for (Expr expr : Registers.expressions(line.instruction())) {
                    Registers.observed(expr, task, observed);
                }
            }
        }
        for (Program.Handler handler : program.handlers()) {
            Expr guard = handler.guards().get(task);
            if (guard != null) {
                Registers.observed(guard, task, observed);
                observed.or(Registers.read(guard));
            }
        }
        return new Liveness(program.tasks().get(task), observed);
    }

    private void flow() {
        for (boolean changed = true; changed; ) {
            changed = false;
            for (int i = lines.size() - 1; i >= 0; i--) {
                BitSet before = new BitSet();
                lines.get(i).successors(i).forEach(next -> before.or(live[next]));
                if (lines.get(i).to() != null) {
                    before.clear(lines.get(i).register());
                }
                for (int register : Registers.read(task.lines().get(i).instruction())) {
                    before.set(register);
                }
                changed |= !before.equals(live[i]);
                live[i] = before;
            }
        }
    }

    /* ------------------------- Where registers die ------------------------- */

    /**
     * Tells the lines of the task which registers nobody reads any more after them.
     *
     * @param code the lines
     * @param layout where everything is
     */
    void findDead(Compiled[] code, Layout layout) {
        for (Compiled line : code) {
            int next = line.number + 1;
            switch (line.kind) {
                case BRANCH -> {
                    line.diesNext = dead(line, next, layout);
                    line.diesTarget = dead(line, line.target, layout);
                }
                case JUMP -> line.diesTarget = dead(line, line.target, layout);
                case RETURN, END -> line.diesNext = dead(line, lines.size(), layout);
                default -> line.diesNext = dead(line, next, layout);
            }
        }
    }

    private Field[] dead(Compiled line, int next, Layout layout) {
        BitSet dead = (BitSet) live[line.number].clone();
        if (line.register >= 0) {
            dead.set(line.register);
        }
        dead.andNot(live[next]);
        dead.andNot(always);
        return dead.stream()
                .mapToObj(register -> layout.allOf(line.task, register))
                .flatMap(List::stream)
                .toArray(Field[]::new);
    }

    /* ------------------------- Where tasks rest ------------------------- */

    /** {@return whether a state has to keep a register between two steps} */
    boolean isKept(int register) {
        return kept.get(register);
    }

    private void findKept() {
        BitSet rests = rests();
        kept.or(always);
        for (int i = 0; i < lines.size(); i++) {
            if (rests.get(i)) {
                kept.or(live[i]);
            }
        }
    }

    private BitSet rests() {
        BitSet rests = new BitSet();
        BitSet entered = new BitSet();
        rests.set(0);
        task.entries().stream().filter(entry -> entry >= 0).forEach(entered::set);
        for (int i = 0; i < lines.size(); i++) {
            Operands line = lines.get(i);
            if (line.kind() == Kind.SWITCH) {
                leave(i + 1, rests);
            } else if (line.kind() == Kind.SET_RETURN) {
                entered.set(line.targetNumber());
            }
            if (!task.lines().get(i).joined()) {
                line.successors(i).forEach(entered::set);
            }
        }
        for (int i = 0; i < lines.size(); i++) {
            boolean stops = !lines.get(i).isLocal() || task.lines().get(i).joined();
            if (stops && entered.get(i)) {
                rests.set(i);
            }
        }
        return rests;
    }

    /** The line at which a task is left, and where a jump from there out of a group leads. */
    private void leave(int number, BitSet rests) {
        rests.set(number);
        if (lines.get(number).kind() == Kind.JUMP) {
            rests.set(lines.get(number).targetNumber());
        }
    }
}
