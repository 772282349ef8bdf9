// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.machine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds out what the step from one state to another consists of. */
public final class Recording {

    /** A part of a step. */
    public static final class Part {
        private final int cpu;
        private final int task;
        private final int line;
        private final int handler;
        private final String text;
        private final @Nullable Long value;
        private final long[] after;

        private Part(
                int cpu,
                int task,
                int line,
                int handler,
                String text,
                @Nullable Long value,
                long[] after) {
            this.cpu = cpu;
            this.task = task;
            this.line = line;
            this.handler = handler;
            this.text = text;
            this.value = value;
            this.after = after.clone();
        }

        /** {@return who does it} */
        public int cpu() {
            return cpu;
        }

        /** {@return whose line it is; of what is performed, the task that the CPU runs} */
        public int task() {
            return task;
        }

        /** {@return the number of the line; -1 if it is none} */
        public int line() {
            return line;
        }

        /** {@return the handler that begins; -1 if none does} */
        public int handler() {
            return handler;
        }

        /** {@return what is performed; empty for lines} */
        public String text() {
            return text;
        }

        /** {@return what a register was given, or null} */
        public @Nullable Long value() {
            return value;
        }

        /** {@return the state after it} */
        public long[] after() {
            return after.clone();
        }
    }

    private final Layout layout;
    private final long[] target;
    private final List<Part> parts = new ArrayList<>();
    private List<Part> found = List.of();

    /**
     * A recording of a step.
     *
     * @param layout where everything is in a state
     * @param target the state that it leads to
     */
    public Recording(Layout layout, long[] target) {
        this.layout = layout;
        this.target = layout.kept(target);
    }

    /** {@return the parts of the first step that leads there} */
    public List<Part> parts() {
        return found;
    }

    void begin() {
        parts.clear();
    }

    int mark() {
        return parts.size();
    }

    void rewind(int mark) {
        parts.subList(mark, parts.size()).clear();
    }

    void executed(int cpu, Compiled line, @Nullable Long value, long[] after) {
        parts.add(new Part(cpu, line.task, line.number, -1, "", value, after));
    }

    void performed(int cpu, String text, long[] after) {
        parts.add(new Part(cpu, layout.task(after, cpu), -1, -1, text, null, after));
    }

    void interrupted(int cpu, int task, int handler, long[] after) {
        parts.add(new Part(cpu, task, -1, handler, "", null, after));
    }

    void ended(long[] state) {
        if (found.isEmpty() && Arrays.equals(layout.kept(state), target)) {
            found = List.copyOf(parts);
        }
    }
}
