// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.internal.machine.Instruction;
import dev.cpulocal.lab.internal.machine.Program;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is explored: memory, hardware, tasks with their programs, and what must hold of them.
 *
 * <p>A model says nothing about the order in which things happen: every task may be at any place,
 * every interrupt may come whenever its guard allows, and CPUs reorder as much as the {@link
 * MemoryModel} permits under which it is checked.
 *
 * {@snippet lang = java :
 * Model storeBuffering = Model.build("store buffering", m -> {
 *     var x = m.shared("x", 0);
 *     var y = m.shared("y", 0);
 *     var seen = m.ghosts("seen", 2, 1);
 *     m.task("P0", 0, c -> {
 *         c.store(x, 1);
 *         c.set(seen.get(0), c.load(y));
 *     });
 *     m.task("P1", 1, c -> {
 *         c.store(y, 1);
 *         c.set(seen.get(1), c.load(x));
 *     });
 *     m.atEnd("one of them sees the other", Expr.any(seen.get(0), seen.get(1)));
 * });
 * }
 */
public final class Model {

    /** How many events a CPU can hold back, unless a model says otherwise. */
    public static final int DEFAULT_WINDOW = 6;

    private final Program program;

    private Model(Program program) {
        this.program = program;
    }

    /**
     * {@return the model that a builder describes}
     *
     * @param name what messages call it
     * @param description calls the builder's methods
     * @throws IllegalArgumentException if it cannot be explored; the message says what to change
     */
    public static Model build(String name, Consumer<Builder> description) {
        Builder builder = new Builder();
        description.accept(builder);
        return new Model(builder.build(name));
    }

    /** {@return its name} */
    public String name() {
        return program.name();
    }

    /** {@return what the checker runs} */
    Program program() {
        return program;
    }

    @Override
    public String toString() {
        return program.name();
    }

    /** A task of a model. */
    public static final class Task {
        private final int number;
        private final String name;
        private final boolean background;
        private @Nullable Consumer<Code> body;

        private Task(int number, String name, boolean background) {
            this.number = number;
            this.name = name;
            this.background = background;
        }

        /** {@return its number, from 0 in the order in which tasks are declared} */
        public Expr id() {
            return Expr.of(number);
        }

        /** {@return its number} */
        public int number() {
            return number;
        }

        /** {@return whether it has come to its end, for properties} */
        public Expr ended() {
            return new Expr.Ended(number);
        }

        /** Says what it does. */
        public void runs(Consumer<Code> newBody) {
            body = newBody;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** An interrupt or signal of a model. */
    public static final class Handler {
        private final int number;
        private final String name;
        private final Function<Task, @Nullable Expr> guard;
        private final Consumer<Code> body;
        private final boolean certain;

        private Handler(
                int number,
                String name,
                Function<Task, @Nullable Expr> guard,
                Consumer<Code> body,
                boolean certain) {
            this.number = number;
            this.name = name;
            this.guard = guard;
            this.body = body;
            this.certain = certain;
        }

        int number() {
            return number;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** Describes a model. Not for concurrent use. */
    public static final class Builder {
        private final List<Variable> memory = new ArrayList<>();
        private final List<Variable> hardware = new ArrayList<>();
        private final List<Task> tasks = new ArrayList<>();
        private final List<Handler> handlers = new ArrayList<>();
        private final List<@Nullable Integer> running = new ArrayList<>();
        private final List<Program.Property> properties = new ArrayList<>();
        private final List<Expr> observed = new ArrayList<>();
        private Program.@Nullable Property progress;
        private int window = DEFAULT_WINDOW;

        private Builder() {}

        /* ------------------------- State ------------------------- */

        /**
         * {@return a place in memory}
         *
         * @param name its name in traces
         * @param initial what it holds at first
         */
        public Variable shared(String name, long initial) {
            return shareds(name, 1, initial);
        }

        /**
         * {@return an array in memory}
         *
         * @param name its name in traces
         * @param length how many elements
         * @param initial what each holds at first
         */
        public Variable shareds(String name, int length, long initial) {
            return shareds(name, Collections.nCopies(length, initial));
        }

        /**
         * {@return an array in memory}
         *
         * @param name its name in traces
         * @param initial what its elements hold at first
         */
        public Variable shareds(String name, List<Long> initial) {
            return add(memory, name, initial, true);
        }

        /**
         * {@return hardware state: changed at once, seen by everybody at once, in no memory}
         *
         * @param name its name in traces
         * @param initial what it is at first
         */
        public Variable hardware(String name, long initial) {
            return hardwares(name, 1, initial);
        }

        /**
         * {@return an array of hardware state}
         *
         * @param name its name in traces
         * @param length how many elements
         * @param initial what each is at first
         */
        public Variable hardwares(String name, int length, long initial) {
            return hardwares(name, Collections.nCopies(length, initial));
        }

        /**
         * {@return an array of hardware state}
         *
         * @param name its name in traces
         * @param initial what its elements are at first
         */
        public Variable hardwares(String name, List<Long> initial) {
            return add(hardware, name, initial, false);
        }

        /**
         * {@return a ghost: what only the properties need to know}
         *
         * @param name its name in traces
         * @param initial what it is at first
         */
        public Variable ghost(String name, long initial) {
            return hardware(name, initial);
        }

        /**
         * {@return an array of ghosts}
         *
         * @param name its name in traces
         * @param length how many elements
         * @param initial what each is at first
         */
        public Variable ghosts(String name, int length, long initial) {
            return hardwares(name, length, initial);
        }

        private static Variable add(
                List<Variable> all, String name, List<Long> initial, boolean shared) {
            if (initial.isEmpty()) {
                throw new IllegalArgumentException(name + ": no elements (expected: 1 or more)");
            }
            int first = all.isEmpty() ? 0 : all.getLast().first() + all.getLast().length();
            Variable variable = new Variable(name, first, List.copyOf(initial), shared);
            all.add(variable);
            return variable;
        }

        /* ------------------------- Tasks ------------------------- */

        /**
         * {@return a task that a CPU runs at first}
         *
         * @param name its name in traces
         * @param cpu the CPU, from 0
         * @param body what it does
         */
        public Task task(String name, int cpu, Consumer<Code> body) {
            Task task = task(name, cpu);
            task.runs(body);
            return task;
        }

        /**
         * {@return a task that a CPU runs at first; what it does is said later}
         *
         * @param name its name in traces
         * @param cpu the CPU, from 0
         */
        public Task task(String name, int cpu) {
            return add(new Task(tasks.size(), name, false), cpu);
        }

        /**
         * {@return a task that no CPU runs at first; what it does is said later}
         *
         * @param name its name in traces
         */
        public Task waitingTask(String name) {
            Task task = new Task(tasks.size(), name, false);
            tasks.add(task);
            return task;
        }

        /**
         * {@return a task that a CPU runs at first and that need not come to an end, such as an
         * idle loop; what it does is said later}
         *
         * @param name its name in traces
         * @param cpu the CPU, from 0
         */
        public Task background(String name, int cpu) {
            return add(new Task(tasks.size(), name, true), cpu);
        }

        /**
         * {@return a task that no CPU runs at first and that need not come to an end}
         *
         * @param name its name in traces
         */
        public Task waitingBackground(String name) {
            Task task = new Task(tasks.size(), name, true);
            tasks.add(task);
            return task;
        }

        private Task add(Task task, int cpu) {
            if (cpu < 0 || (cpu < running.size() && running.get(cpu) != null)) {
                throw new IllegalArgumentException(
                        "cpu: " + cpu + " (expected: one that runs no task yet)");
            }
            while (running.size() <= cpu) {
                running.add(null);
            }
            running.set(cpu, task.number);
            tasks.add(task);
            return task;
        }

        /**
         * {@return what may begin between two instructions: preemption, a signal}
         *
         * <p>It runs on the stack of the task it interrupts. Its beginning and end order no
         * accesses. While it runs no handler begins, unless its code {@linkplain
         * Code#withInterrupts says so}.
         *
         * @param name its name in traces
         * @param guard when it can begin, an expression of hardware state; {@link Expr.Cpu} and
         *     {@link Expr.Self} are those that it interrupts; null for tasks where it never does
         * @param body what it does
         */
        public Handler handler(
                String name, Function<Task, @Nullable Expr> guard, Consumer<Code> body) {
            return handler(name, guard, body, false);
        }

        /**
         * {@return an interrupt: a handler that comes some time if it can again and again}
         *
         * <p>That matters for {@link #againAndAgain} only.
         *
         * @param name its name in traces
         * @param guard when it can begin, such as while it is pending
         * @param body what it does
         */
        public Handler interrupt(
                String name, Function<Task, @Nullable Expr> guard, Consumer<Code> body) {
            return handler(name, guard, body, true);
        }

        private Handler handler(
                String name,
                Function<Task, @Nullable Expr> guard,
                Consumer<Code> body,
                boolean certain) {
            Handler handler = new Handler(handlers.size(), name, guard, body, certain);
            handlers.add(handler);
            return handler;
        }

        /* ------------------------- Properties ------------------------- */

        /**
         * Says what must hold in every state.
         *
         * @param meaning a sentence
         * @param condition the condition
         */
        public void always(String meaning, Expr condition) {
            properties.add(new Program.Property(meaning, condition, false));
        }

        /**
         * Says what must hold when all tasks have come to their ends and nothing is held back.
         *
         * @param meaning a sentence
         * @param condition the condition
         */
        public void atEnd(String meaning, Expr condition) {
            properties.add(new Program.Property(meaning, condition, true));
        }

        /**
         * Says what must come to hold again and again, if every task that can go on does so some
         * time, and every CPU performs what it holds back some time. Checked under {@link
         * MemoryModel#SC}, {@link MemoryModel#TSO} and {@link MemoryModel#PSO} only.
         *
         * @param meaning a sentence
         * @param condition the condition
         */
        public void againAndAgain(String meaning, Expr condition) {
            progress = new Program.Property(meaning, condition, false);
        }

        /**
         * Tells final states apart by an expression, so that all its values are listed.
         *
         * @param expression the expression
         */
        public void observe(Expr expression) {
            observed.add(expression);
        }

        /**
         * Limits how many events a CPU can hold back. A verdict says when the limit mattered.
         *
         * @param events how many, 1 to 63
         */
        public void window(int events) {
            if (events < 1 || events > 63) {
                throw new IllegalArgumentException("window: " + events + " (expected: 1 to 63)");
            }
            window = events;
        }

        private Program build(String name) {
            if (tasks.isEmpty()) {
                throw new IllegalArgumentException(
                        "model " + name + ": no tasks (expected: one or more)");
            }
            List<Integer> initial = new ArrayList<>();
            for (int cpu = 0; cpu < running.size(); cpu++) {
                Integer task = running.get(cpu);
                if (task == null) {
                    throw new IllegalArgumentException(
                            "cpu " + cpu + ": runs no task (expected: one for each CPU)");
                }
                initial.add(task);
            }
            List<Program.Task> programs = tasks.stream().map(this::program).toList();
            if (properties.isEmpty()
                    && observed.isEmpty()
                    && progress == null
                    && programs.stream().noneMatch(Builder::checks)) {
                throw new IllegalArgumentException(
                        "model "
                                + name
                                + ": nothing to check (expected: check, always, atEnd,"
                                + " againAndAgain or observe)");
            }
            return new Program(
                    name,
                    programs,
                    initial,
                    memory,
                    List.of(),
                    hardware,
                    handlers.stream()
                            .map(handler ->
                                    new Program.Handler(
                                            handler.name,
                                            Collections.unmodifiableList(guards(handler)),
                                            handler.certain))
                            .toList(),
                    properties,
                    observed,
                    progress,
                    window);
        }

        private static boolean checks(Program.Task task) {
            return task.lines().stream()
                    .anyMatch(line -> line.instruction() instanceof Instruction.Check);
        }

        private List<@Nullable Expr> guards(Handler handler) {
            List<@Nullable Expr> guards = new ArrayList<>();
            tasks.forEach(task -> guards.add(handler.guard.apply(task)));
            return guards;
        }

        private Program.Task program(Task task) {
            Consumer<Code> body = task.body;
            if (body == null) {
                throw new IllegalArgumentException(
                        "task " + task + ": nothing to do (expected: runs(…))");
            }
            Code code = new Code(task);
            body.accept(code);
            code.end();
            List<Integer> entries = new ArrayList<>();
            for (Handler handler : handlers) {
                boolean can = handler.guard.apply(task) != null;
                entries.add(can ? code.handler(handler.number, handler.name, handler.body) : -1);
            }
            return code.program(entries, task.background);
        }
    }
}
