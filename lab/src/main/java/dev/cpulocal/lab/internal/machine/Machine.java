// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.machine;

import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.internal.machine.Compiled.Kind;
import java.util.Arrays;
import java.util.List;

/**
 * Takes the steps of a program. One instance serves one thread; the states belong to the caller.
 */
public abstract class Machine extends Executor {

    /*
     * Steps
     * -----
     * There is one memory that all CPUs see alike. A step is taken by one CPU: it executes the next
     * line of its task, performs an access that it has held back, or lets a handler begin. What only
     * computes in registers, and jumps, is done with the line before it (settle): nobody else can
     * tell. So a task that is not in the middle of a step is always at a line that others can notice.
     *
     * What a CPU holds back, and in which order it performs that, is the memory model; subclasses
     * know it. Here is what all have in common: control, hardware state, handlers, switches, choices.
     *
     * Hardware state changes when the line is executed. It is no access of memory, orders none, and
     * is executed in program order, never on a guess.
     *
     * Reduction
     * ---------
     * If whatever one CPU can do next commutes with everything that others may ever do (Footprints),
     * is invisible to the properties, and goes forward in its program, only that CPU takes its steps
     * (an ample set; going forward is the proviso that nobody is put off for ever). And if nothing
     * can interrupt a task, and no property knows where it is, it holds stores back without a step
     * for that. Neither changes which
     * properties hold nor which final states there are.
     */

    /** Is told of steps. */
    public interface Sink {

        /**
         * A step leads to a state.
         *
         * @param next the state; it is overwritten after the call, and only {@link Layout#words} of
         *     it mean something
         * @param actor who took it, see {@link #actors}
         */
        void step(long[] next, int actor);

        /**
         * A step breaks what a line checks.
         *
         * @param next the state after it
         * @param actor who took it
         * @param meaning the sentence that does not hold
         */
        void broken(long[] next, int actor, String meaning);
    }

    final boolean reduced;
    private final Actors actors;
    private final Eval[][] guards;
    private final long visible;

    /** Whether a task does with the line before what it only holds back. */
    private final boolean[] eager;

    private long[][] scratch = {};

    /** Whether a CPU ever wanted to hold back more than the window allows. */
    boolean windowHit;

    Machine(Program program, Layout layout, boolean reduced) {
        super(program, layout);
        this.reduced = reduced;
        this.actors = new Actors(program);
        this.guards = new Eval[program.handlers().size()][tasks];
        for (int handler = 0; handler < guards.length; handler++) {
            for (int task = 0; task < tasks; task++) {
                var guard = program.handlers().get(handler).guards().get(task);
                guards[handler][task] =
                        guard == null ? Eval.constant(0) : Eval.of(guard, layout, task);
            }
        }
        Footprints.find(program, code);
        this.visible = Footprints.visible(program, code);
        this.eager = new boolean[tasks];
        for (int task = 0; task < tasks; task++) {
            eager[task] =
                    reduced
                            && (visible & Footprints.CONTROL) == 0
                            && !program.tasks().get(task).background();
        }
    }

    /**
     * {@return a machine}
     *
     * @param program what it executes
     * @param model what CPUs may reorder
     * @param layout where everything is in a state
     * @param reduced whether it takes steps together that nobody can tell apart
     */
    public static Machine of(Program program, MemoryModel model, Layout layout, boolean reduced) {
        return model.defersLoads()
                ? new WindowMachine(program, model, layout, reduced)
                : new BufferMachine(program, model, layout, reduced);
    }

    /** {@return the program} */
    public Program program() {
        return program;
    }

    /** {@return where everything is in a state} */
    public Layout layout() {
        return layout;
    }

    /** {@return whether a CPU wanted to hold back more than the window allows} */
    public boolean isWindowHit() {
        return windowHit;
    }

    /** {@return whether something was accessed at an address where nothing is, be it on a guess} */
    public boolean isAddressLost() {
        return false;
    }

    /** {@return who takes steps} */
    public Actors actors() {
        return actors;
    }

    /* ------------------------- Steps ------------------------- */

    /** Tells the sink the first states. */
    public final void initial(Sink sink) {
        long[] state = layout.initial();
        startFrom(state, 0, sink);
    }

    /** Each CPU may guess once for each event it can hold back, on a scratch state of its own. */
    private void startFrom(long[] state, int cpu, Sink sink) {
        if (cpu == cpus) {
            sink.step(state, 0);
            return;
        }
        Sink next =
                new Sink() {
                    @Override
                    public void step(long[] settled, int actor) {
                        int mark = recording == null ? 0 : recording.mark();
                        startFrom(settled.clone(), cpu + 1, sink);
                        if (recording != null) {
                            recording.rewind(mark);
                        }
                    }

                    @Override
                    public void broken(long[] settled, int actor, String meaning) {
                        sink.broken(settled, actor, meaning);
                    }
                };
        settle(state, cpu, cpu * (program.window() + 1), 0, next);
    }

    /** Tells the sink the steps from a state: all, or as many as show whatever can happen. */
    public final void steps(long[] state, Sink sink) {
        if (reduced) {
            for (int cpu = 0; cpu < cpus; cpu++) {
                if (isAlone(state, cpu) && stepsForward(state, cpu, sink)) {
                    return;
                }
            }
        }
        allSteps(state, sink);
    }

    /** Tells the sink all steps from a state, whether or not fewer would do. */
    public final void allSteps(long[] state, Sink sink) {
        for (int cpu = 0; cpu < cpus; cpu++) {
            steps(state, cpu, sink);
        }
    }

    /** The steps of one CPU, provided there are some and none goes backward. */
    private boolean stepsForward(long[] state, int cpu, Sink sink) {
        Kept kept = new Kept();
        backward = false;
        steps(state, cpu, kept);
        if (backward || kept.isEmpty()) {
            return false;
        }
        kept.tell(sink);
        return true;
    }

    private void steps(long[] state, int cpu, Sink sink) {
        performances(state, cpu, sink);
        Compiled line = present(state, cpu);
        if (line.interruptible) {
            interrupts(state, cpu, line, sink);
        }
        if (line.kind != Kind.END) {
            long[] next = copy(state, 0);
            if (recording != null) {
                recording.begin();
            }
            run(next, cpu, line, 0, line.task, sink);
        }
    }

    private void interrupts(long[] state, int cpu, Compiled line, Sink sink) {
        int task = line.task;
        for (int handler = 0; handler < guards.length; handler++) {
            int entry = program.tasks().get(task).entries().get(handler);
            if (entry >= 0
                    && (line.line.masked() & 1 << handler) == 0
                    && layout.interrupted(task, handler).count(state) == 0
                    && mayInterrupt(state, cpu)
                    && guards[handler][task].isTrue(state, cpu)) {
                long[] next = copy(state, 0);
                layout.interrupted(task, handler).setCount(next, line.number + 1);
                pc[task].setCount(next, entry);
                if (recording != null) {
                    recording.begin();
                    recording.interrupted(cpu, task, handler, next);
                }
                int actor = actors.handler(handler, cpu);
                enter(next, cpu, actor, sink);
            }
        }
    }

    /** Executes the line that a CPU is at, and what belongs to the same step. */
    private void run(long[] state, int cpu, Compiled first, int level, int actor, Sink sink) {
        for (Compiled line = first; ; line = present(state, cpu)) {
            if (line.kind == Kind.CHOOSE) {
                choose(state, cpu, line, level, actor, sink);
                return;
            }
            if (!execute(state, cpu, line)) {
                return;
            }
            if (!line.joined || line.kind == Kind.SWITCH) {
                settle(state, cpu, level, actor, sink);
                return;
            }
        }
    }

    private void choose(long[] state, int cpu, Compiled line, int level, int actor, Sink sink) {
        if (!canRead(state, cpu, line)) {
            return;
        }
        int mark = recording == null ? 0 : recording.mark();
        String before = broken;
        for (int number = 0; number < line.count; number++) {
            broken = before;
            if (recording != null) {
                recording.rewind(mark);
            }
            long[] next = copy(state, level + 1);
            define(next, line, number);
            if (line.value.isTrue(next, cpu)) {
                goOn(next, cpu, line);
                if (line.joined) {
                    run(next, cpu, present(next, cpu), level + 1, actor, sink);
                } else {
                    settle(next, cpu, level + 1, actor, sink);
                }
            }
        }
    }

    /** Ends a step that leads to a state. */
    final void tell(long[] state, int actor, Sink sink) {
        if (recording != null) {
            recording.ended(state);
        }
        if (broken == null) {
            sink.step(state, actor);
        } else {
            String meaning = broken;
            broken = null;
            sink.broken(state, actor, meaning);
        }
    }

    /**
     * Executes what a CPU's task does next as long as nobody else can tell, and ends the step.
     *
     * @param level the level of scratch states that the state is of
     */
    final void settle(long[] state, int cpu, int level, int actor, Sink sink) {
        goOnSilently(state, cpu);
        finish(state, cpu, level, actor, sink);
    }

    /**
     * The same for a handler that begins: lines that are one step are one with its beginning. If a
     * barrier of its own comes before them and holds them up, it has begun, and waits.
     */
    private void enter(long[] state, int cpu, int actor, Sink sink) {
        int before = held[cpu].count(state);
        goOnSilently(state, cpu);
        Compiled line = present(state, cpu);
        if (line.joined && (held[cpu].count(state) == before || canRead(state, cpu, line))) {
            run(state, cpu, line, 0, actor, sink);
        } else {
            finish(state, cpu, 0, actor, sink);
        }
    }

    private void goOnSilently(long[] state, int cpu) {
        for (int lines = 0; lines < MAX_LOCAL_LINES; lines++) {
            Compiled line = present(state, cpu);
            if (line.joined
                    || line.kind == Kind.END
                    || (line.local ? guesses(state, cpu, line) : !isSilent(line))
                    || !execute(state, cpu, line)) {
                return;
            }
        }
        Compiled line = present(state, cpu);
        throw new IllegalStateException(
                "task "
                        + program.tasks().get(line.task).name()
                        + ", line "
                        + line.number
                        + " ("
                        + line.line.text()
                        + "): loops without accessing anything (expected: a loop that loads, waits or"
                        + " chooses)");
    }

    private static final int MAX_LOCAL_LINES = 10_000;

    /* ------------------------- What memory models differ in ------------------------- */

    /** The steps that perform what a CPU holds back. */
    abstract void performances(long[] state, int cpu, Sink sink);

    /** {@return whether handlers can begin, or the CPU must make up its mind first} */
    abstract boolean mayInterrupt(long[] state, int cpu);

    /** {@return whether a line that accesses memory is executed without a step of its own} */
    abstract boolean isSilent(Compiled line);

    /** {@return whether a local line has to be guessed} */
    abstract boolean guesses(long[] state, int cpu, Compiled line);

    /** Completes a step, or does not where it cannot have happened, and tells. */
    abstract void finish(long[] state, int cpu, int level, int actor, Sink sink);

    /** {@return what a CPU holds back, as numbers of Footprints, reads and writes} */
    abstract long heldReads(long[] state, int cpu);

    abstract long heldWrites(long[] state, int cpu);

    /** {@return whether a state that has no steps is one that can be reached, so a deadlock} */
    public abstract boolean isStuck(long[] state);

    /** {@return whether a state can be reached, and not only as long as guesses are not checked} */
    public abstract boolean isReal(long[] state);

    /** {@return what a CPU holds back, oldest first, for traces} */
    public abstract List<String> held(long[] state, int cpu);

    /* ------------------------- Reduction ------------------------- */

    /** Whether nobody can tell a line that is only held back from the one before it. */
    final boolean isHidden(Compiled line) {
        return eager[line.task] && !line.interruptible;
    }

    /** Whether what a CPU can do next commutes with whatever others may do from here on. */
    private boolean isAlone(long[] state, int cpu) {
        Compiled line = present(state, cpu);
        if (line.interruptible || line.joined || line.kind == Kind.SWITCH) {
            return false;
        }
        boolean ends = line.kind == Kind.END;
        long reads = heldReads(state, cpu) | (ends ? 0 : line.reads);
        long writes = heldWrites(state, cpu) | (ends ? 0 : line.writes);
        if ((visible & (writes | Footprints.CONTROL)) != 0) {
            return false;
        }
        for (int other = 0; other < tasks; other++) {
            if (other != line.task) {
                Compiled at = code[other][pc[other].count(state)];
                if ((at.futureWrites & (reads | writes)) != 0 || (at.futureReads & writes) != 0) {
                    return false;
                }
            }
        }
        for (int other = 0; other < cpus; other++) {
            if (other != cpu
                    && ((heldWrites(state, other) & (reads | writes)) != 0
                            || (heldReads(state, other) & writes) != 0)) {
                return false;
            }
        }
        return true;
    }

    /* ------------------------- Scratch ------------------------- */

    final long[] copy(long[] state, int level) {
        if (level == 0) {
            broken = null;
        }
        while (level >= scratch.length) {
            scratch = Arrays.copyOf(scratch, scratch.length + 1);
            scratch[scratch.length - 1] = new long[layout.allWords()];
        }
        long[] copy = scratch[level];
        System.arraycopy(state, 0, copy, 0, level == 0 ? layout.words() : copy.length);
        return copy;
    }

    /** {@return whether nothing more can happen by itself: all tasks ended, nothing held back} */
    public final boolean isFinal(long[] state) {
        for (int task = 0; task < tasks; task++) {
            Compiled line = code[task][pc[task].count(state)];
            if (line.kind != Kind.END && !program.tasks().get(task).background()) {
                return false;
            }
        }
        for (int cpu = 0; cpu < cpus; cpu++) {
            if (!isIdle(state, cpu)) {
                return false;
            }
        }
        return true;
    }
}
