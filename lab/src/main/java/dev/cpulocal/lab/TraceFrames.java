// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

import dev.cpulocal.lab.Verdict.Step;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the tasks of a trace are while it is shown, step by step: which functions each is in, and
 * which handlers have interrupted it. That goes with a task when it moves to another CPU.
 */
public final class TraceFrames {

    /** Is told what is to be said before a line. */
    public interface Labels {
        /**
         * The CPU goes on in a function where it was not just before.
         *
         * @param depth in how many others that function is
         */
        void again(int depth, String function);

        /**
         * The task enters a function.
         *
         * @param depth in how many others it is then
         */
        void entered(int depth, String function);
    }

    /** The program of a task, or a handler that interrupts it, and the functions it is in. */
    private static final class Frame {
        final String handler;
        List<String> scope;

        Frame(String handler) {
            this.handler = handler;
            this.scope = handler.isEmpty() ? List.of() : List.of(handler);
        }

        boolean isLeftBy(Step step) {
            return !handler.isEmpty()
                    && (step.scope().isEmpty() || !step.scope().getFirst().equals(handler));
        }
    }

    private final Map<String, Deque<Frame>> frames = new HashMap<>();

    /** Which frame the last step of each CPU was in. */
    private final @Nullable Frame[] shown;

    /**
     * Begins before the first step.
     *
     * @param cpus how many CPUs the trace has
     */
    public TraceFrames(int cpus) {
        shown = new Frame[cpus];
    }

    /**
     * A handler begins.
     *
     * @param step that interrupts its task
     */
    public void interrupted(Step step) {
        Frame frame = new Frame(step.text());
        of(step.task()).push(frame);
        shown[step.cpu()] = frame;
    }

    /**
     * A line is executed, in a function of its own program or handler; handlers that the task is in
     * no more have ended.
     *
     * @param step that executes it
     * @param labels is told what is new
     */
    public void enter(Step step, Labels labels) {
        Deque<Frame> stack = of(step.task());
        while (stack.getFirst().isLeftBy(step)) {
            stack.pop();
        }
        enterPresent(step, labels);
    }

    /**
     * The same for the last line of the handler that the task is in, which is in none of its
     * functions.
     *
     * @param step that executes it
     * @param labels is told what is new
     */
    public void enterPresent(Step step, Labels labels) {
        Frame frame = of(step.task()).getFirst();
        int depth = common(frame.scope, step.scope());
        if (shown[step.cpu()] != frame && depth > 0) {
            labels.again(depth - 1, step.scope().get(depth - 1));
        }
        for (; depth < step.scope().size(); depth++) {
            labels.entered(depth, step.scope().get(depth));
        }
        frame.scope = step.scope();
        shown[step.cpu()] = frame;
    }

    /** The handler ends that a task is in. */
    public void leave(String task) {
        of(task).pop();
    }

    /** {@return the handler that a task is in; empty if it is in its own program} */
    public String handler(String task) {
        return of(task).getFirst().handler;
    }

    /** {@return the handlers that have interrupted a task, each in the one before} */
    public List<String> handlers(String task) {
        return of(task).reversed().stream()
                .map(frame -> frame.handler)
                .filter(handler -> !handler.isEmpty())
                .toList();
    }

    private Deque<Frame> of(String task) {
        return frames.computeIfAbsent(task, _ -> new ArrayDeque<>(List.of(new Frame(""))));
    }

    private static int common(List<String> one, List<String> other) {
        int length = Math.min(one.size(), other.size());
        for (int i = 0; i < length; i++) {
            if (!one.get(i).equals(other.get(i))) {
                return i;
            }
        }
        return length;
    }
}
