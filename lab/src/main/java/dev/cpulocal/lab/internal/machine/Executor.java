// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.machine;

import dev.cpulocal.lab.internal.machine.Compiled.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Executes lines: what all memory models have in common of that. */
abstract class Executor {

    private static final int ANY = -1;

    final Program program;
    final Layout layout;
    final Compiled[][] code;
    final int cpus;
    final int tasks;
    final Field[] pc;
    final Field[] held;
    private final Field[] current;

    /** The task that a CPU runs for good, or ANY. */
    private final int[] only;

    @Nullable Recording recording;

    /** Whether the step that is being taken went backward. */
    boolean backward;

    /** What the step that is being taken broke, or null. */
    @Nullable String broken;

    Executor(Program program, Layout layout) {
        this.program = program;
        this.layout = layout;
        this.cpus = program.initial().size();
        this.tasks = program.tasks().size();
        this.code = new Compiled[tasks][];
        for (int task = 0; task < tasks; task++) {
            code[task] = compile(task);
        }
        this.pc = new Field[tasks];
        Arrays.setAll(pc, layout::pc);
        this.only = new int[cpus];
        Arrays.setAll(only, cpu -> layout.switches() ? ANY : program.initial().get(cpu));
        this.current = new Field[cpus];
        Arrays.setAll(current, layout::current);
        this.held = new Field[cpus];
        Arrays.setAll(held, layout::held);
    }

    private Compiled[] compile(int task) {
        List<Instruction.Line> lines = program.tasks().get(task).lines();
        Compiled[] compiled = new Compiled[lines.size()];
        for (int i = 0; i < compiled.length; i++) {
            compiled[i] = new Compiled(program, layout, task, i);
        }
        layout.liveness(task).findDead(compiled, layout);
        return compiled;
    }

    /** Lets a recording know what steps consist of, from now on. */
    public void record(@Nullable Recording newRecording) {
        recording = newRecording;
    }

    /** {@return the line that a CPU is at} */
    final Compiled present(long[] state, int cpu) {
        int task = only[cpu] == ANY ? current[cpu].count(state) : only[cpu];
        return code[task][pc[task].count(state)];
    }

    /** {@return whether the line could be executed; else it waits} */
    final boolean execute(long[] state, int cpu, Compiled line) {
        return switch (line.kind) {
            case LOAD, STORE, UPDATE, FENCE, TSO_FENCE, CONTEXT_FENCE -> access(state, cpu, line);
            case END, CHOOSE -> false;
            case COMPUTE, SELECT -> compute(state, cpu, line);
            case BRANCH, JUMP -> canJump(state, cpu, line) && control(state, cpu, line);
            default -> canRead(state, cpu, line) && control(state, cpu, line);
        };
    }

    private boolean control(long[] state, int cpu, Compiled line) {
        switch (line.kind) {
            case READ_HARDWARE -> {
                return compute(state, cpu, line);
            }
            case SET_HARDWARE -> {
                var variable = Objects.requireNonNull(line.hardware);
                int index = Eval.index(variable, line.expected.value(state, cpu));
                line.hardwareFields[index].set(state, line.value.value(state, cpu));
            }
            case AWAIT -> {
                if (!line.value.isTrue(state, cpu)) {
                    return false;
                }
            }
            case CHECK, CHECK_HARDWARE -> {
                if (!line.value.isTrue(state, cpu) && broken == null) {
                    broken = ((Instruction.Check) line.line.instruction()).message();
                }
            }
            case SWITCH -> {
                return switchTo(state, cpu, line);
            }
            case BRANCH, JUMP -> {
                boolean taken = line.kind == Kind.JUMP || line.value.isTrue(state, cpu);
                jump(state, line, taken);
                record(cpu, line, taken ? 1L : 0L, state);
                return true;
            }
            case RETURN -> {
                Field place = layout.interrupted(line.task, line.handler);
                Compiled.clear(line.diesNext, state);
                pc[line.task].setCount(state, place.count(state) - 1);
                place.clear(state);
                record(cpu, line, null, state);
                return true;
            }
            case SET_RETURN ->
                    layout.interrupted(line.task, line.handler).setCount(state, line.target + 1);
            default -> throw new AssertionError(line.kind);
        }
        goOn(state, cpu, line);
        return true;
    }

    /** Gives a register what was computed. */
    boolean compute(long[] state, int cpu, Compiled line) {
        define(state, line, line.value.value(state, cpu));
        goOn(state, cpu, line);
        return true;
    }

    /** Gives a register a value. */
    void define(long[] state, Compiled line, long value) {
        line.to.set(state, value);
    }

    final void jump(long[] state, Compiled line, boolean taken) {
        if (taken) {
            Compiled.clear(line.diesTarget, state);
            pc[line.task].setCount(state, line.target);
            backward |= line.target <= line.number;
        } else {
            Compiled.clear(line.diesNext, state);
            pc[line.task].setCount(state, line.number + 1);
        }
    }

    private boolean switchTo(long[] state, int cpu, Compiled line) {
        long next = line.value.value(state, cpu);
        if (next < 0 || next >= tasks) {
            throw new IllegalStateException(
                    "switch_to: " + next + " (expected: a task, 0 to " + (tasks - 1) + ")");
        }
        for (int other = 0; other < cpus; other++) {
            if (other != cpu && current[other].count(state) == next) {
                throw new IllegalStateException(
                        "switch_to: task "
                                + program.tasks().get((int) next).name()
                                + " on cpu "
                                + cpu
                                + " (expected: one that does not run on cpu "
                                + other
                                + ")");
            }
        }
        if (!canMove(state, cpu, (int) next)) {
            return false;
        }
        goOn(state, cpu, line);
        endStep(state, line.task);
        current[cpu].setCount(state, (int) next);
        return true;
    }

    /** Takes a task that leaves a CPU to the end of the lines that are one step. */
    private void endStep(long[] state, int task) {
        Compiled line = code[task][pc[task].count(state)];
        if (line.kind == Kind.JUMP && !line.joined && line.target == line.number + 1) {
            jump(state, line, true);
        }
    }

    /** To the next line. */
    final void goOn(long[] state, int cpu, Compiled line) {
        Long value = recording == null ? null : valueSet(state, line);
        Compiled.clear(line.diesNext, state);
        pc[line.task].setCount(state, line.number + 1);
        record(cpu, line, value, state);
    }

    private void record(int cpu, Compiled line, @Nullable Long value, long[] state) {
        if (recording != null) {
            recording.executed(cpu, line, value, state);
        }
    }

    /** {@return what a line has given its register, or null if it has none or it is not known} */
    @Nullable Long valueSet(long[] state, Compiled line) {
        return line.register < 0 ? null : (Long) line.to.get(state);
    }

    /* ------------------------- What memory models differ in ------------------------- */

    /** Executes an access or fence. {@return whether it could be executed} */
    abstract boolean access(long[] state, int cpu, Compiled line);

    /** {@return whether everything is known that a line of control reads} */
    abstract boolean canRead(long[] state, int cpu, Compiled line);

    /** {@return whether a branch or jump can be executed, with no guess of its own} */
    abstract boolean canJump(long[] state, int cpu, Compiled line);

    /** {@return whether a task can go on here} */
    abstract boolean canMove(long[] state, int cpu, int task);

    /** {@return whether a CPU holds back nothing} */
    public final boolean isIdle(long[] state, int cpu) {
        return held[cpu].count(state) == 0;
    }
}
