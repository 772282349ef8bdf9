// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.machine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds out what the step from one state to another consists of. */
public final class Recording {

    /**
     * What a part accesses in memory.
     *
     * @param location where
     * @param read what it reads, or null
     * @param forwarded whether that comes from a store which the CPU still holds back
     * @param written what it writes, or null
     * @param task whose line it was that is performed now
     * @param line the number of that line; -1 if stores to a place are performed in order
     * @param earlier how many other events of the line are held back before it
     */
    public record Access(
            int location,
            @Nullable Long read,
            boolean forwarded,
            @Nullable Long written,
            int task,
            int line,
            int earlier) {

        private static Access of(int location) {
            return new Access(location, null, false, null, -1, -1, 0);
        }

        private Access reading(long value, boolean isForwarded) {
            return new Access(location, value, isForwarded, written, task, line, earlier);
        }

        private Access writing(long value) {
            return new Access(location, read, forwarded, value, task, line, earlier);
        }

        private Access heldBack(int newTask, int newLine, int newEarlier) {
            return new Access(location, read, forwarded, written, newTask, newLine, newEarlier);
        }
    }

    /** A part of a step. */
    public static final class Part {
        private final int cpu;
        private final int task;
        private final int line;
        private final int handler;
        private final String text;
        private final @Nullable Long value;
        private final @Nullable Access access;
        private final long[] after;

        private Part(
                int cpu,
                int task,
                int line,
                int handler,
                String text,
                @Nullable Long value,
                @Nullable Access access,
                long[] after) {
            this.cpu = cpu;
            this.task = task;
            this.line = line;
            this.handler = handler;
            this.text = text;
            this.value = value;
            this.access = access;
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

        /** {@return what it accesses in memory, or null if nothing or if that is not known yet} */
        public @Nullable Access access() {
            return access;
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
    private @Nullable Access next;

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
        next = null;
    }

    int mark() {
        return parts.size();
    }

    void rewind(int mark) {
        parts.subList(mark, parts.size()).clear();
    }

    /* ------------------------- What the next part accesses ------------------------- */

    void reads(int location, long value, boolean forwarded) {
        next = access(location).reading(value, forwarded);
    }

    void writes(int location, long value) {
        next = access(location).writing(value);
    }

    private Access access(int location) {
        return next == null ? Access.of(location) : next;
    }

    /** Says which line it was that is performed now, if lines can overtake each other. */
    void isOf(Compiled line, int earlier) {
        next = next == null ? null : next.heldBack(line.task, line.number, earlier);
    }

    private @Nullable Access takeAccess() {
        Access taken = next;
        next = null;
        return taken;
    }

    /* ------------------------- Parts ------------------------- */

    void executed(int cpu, Compiled line, @Nullable Long value, long[] after) {
        parts.add(new Part(cpu, line.task, line.number, -1, "", value, takeAccess(), after));
    }

    void performed(int cpu, String text, long[] after) {
        int task = layout.task(after, cpu);
        parts.add(new Part(cpu, task, -1, -1, text, null, takeAccess(), after));
    }

    void interrupted(int cpu, int task, int handler, long[] after) {
        parts.add(new Part(cpu, task, -1, handler, "", null, null, after));
    }

    void ended(long[] state) {
        if (found.isEmpty() && Arrays.equals(layout.kept(state), target)) {
            found = List.copyOf(parts);
        }
    }
}
