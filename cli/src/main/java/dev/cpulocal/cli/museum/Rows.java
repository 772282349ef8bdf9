// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.museum;

import dev.cpulocal.cli.museum.TimeLine.Kind;
import dev.cpulocal.cli.museum.TimeLine.Row;
import dev.cpulocal.lab.ProgramText;
import dev.cpulocal.lab.ProgramText.Line;
import dev.cpulocal.lab.Verdict.Step;
import dev.cpulocal.lab.Verdict.StepKind;
import dev.cpulocal.lab.Verdict.Trace;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the rows of a time line: steps, where CPUs are, and what is missing. */
final class Rows {

    /*
     * Steps have the numbers that they have in the table of the trace, where an access that is
     * performed as soon as it is executed is one step. Which functions a task is in, and which
     * handlers have interrupted it, goes with the task when it moves to another CPU.
     */

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

    private static final int MOST_MISSING = 3;

    private final Trace trace;
    private final ProgramText program;
    private final Missing missing;
    private final String when;
    private final List<Row> rows = new ArrayList<>();
    private final int[] rowOf;
    private final Map<String, Deque<Frame>> frames = new HashMap<>();
    private final String[] tasks;
    private final @Nullable Frame[] shown;
    private int number;

    Rows(Trace trace, Comparison comparison) {
        this.trace = trace;
        this.program = comparison.program();
        this.missing = new Missing(comparison);
        this.when = Moments.when(trace, program);
        this.rowOf = new int[trace.steps().size()];
        this.tasks = new String[trace.cpus()];
        this.shown = new Frame[trace.cpus()];
        for (int cpu = 0; cpu < trace.cpus(); cpu++) {
            tasks[cpu] = nextTask(0, cpu);
        }
        for (int i = 0; i < trace.steps().size(); i++) {
            boolean atOnce = trace.isAtOnce(i);
            add(i, atOnce);
            if (atOnce) {
                rowOf[i + 1] = rowOf[i];
                i++;
            }
        }
    }

    /** {@return the rows} */
    List<Row> all() {
        return List.copyOf(rows);
    }

    /** {@return the row of a step; -1 of what is none, or never happens} */
    int of(int step) {
        return step < 0 || step == Event.NEVER ? -1 : rowOf[step];
    }

    /** {@return what a CPU runs from some step on; empty if it does nothing any more} */
    private String nextTask(int from, int cpu) {
        return trace.steps().stream()
                .skip(from)
                .filter(step -> step.cpu() == cpu)
                .findFirst()
                .map(Step::task)
                .orElse("");
    }

    private void add(int index, boolean atOnce) {
        Step step = trace.steps().get(index);
        if (step.line() >= 0) {
            enter(step);
            markMissing(step);
        }
        number++;
        rowOf[index] = rows.size();
        switch (step.kind()) {
            case INTERRUPT -> interrupt(index, step);
            case SWITCH -> switchFrom(index, step);
            case PERFORM -> add(Kind.PERFORMED, index, index, step.text());
            case EXECUTE -> add(Kind.STEP, index, index, step.text());
            case ISSUE -> issue(index, step, atOnce);
        }
        if (endsHandler(step)) {
            framesOf(step.task()).pop();
        }
    }

    /** Whether it is the last line of a handler: then it is in none of its functions. */
    private boolean endsHandler(Step step) {
        if (step.line() < 0) {
            return false;
        }
        ProgramText.Part part = program.part(step.task(), step.line());
        return part.handler()
                && part.index(step.task(), step.line()) == part.lines().size()
                && framesOf(step.task()).getFirst().handler.equals(part.name());
    }

    private void markMissing(Step step) {
        List<Line> lines = missing.before(step);
        boolean few = lines.size() <= MOST_MISSING;
        for (Line line : few ? lines : lines.subList(0, 1)) {
            String more = few ? "" : " … (" + lines.size() + " lines)";
            mark(Kind.MISSING, step, line.scope().size(), line.text() + more);
        }
    }

    private void issue(int index, Step step, boolean atOnce) {
        if (atOnce) {
            String performed = trace.steps().get(index + 1).text();
            // Of a load, only the latter says what it reads.
            boolean says = performed.startsWith(step.text());
            add(Kind.STEP, index, index + 1, says ? performed : step.text());
        } else {
            add(Kind.HELD, index, index, step.text());
        }
    }

    private void interrupt(int index, Step step) {
        Frame frame = new Frame(step.text());
        framesOf(step.task()).push(frame);
        missing.enter(step);
        add(Kind.INTERRUPT, index, index, step.text());
        tasks[step.cpu()] = step.task();
        shown[step.cpu()] = frame;
    }

    private void switchFrom(int index, Step step) {
        String next = nextTask(index + 1, step.cpu());
        add(Kind.SWITCH, index, index, next.isEmpty() ? step.text() : "switch to " + next);
        tasks[step.cpu()] = next;
    }

    /** Says which functions the task has entered, and where it goes on if it was away. */
    private void enter(Step step) {
        int cpu = step.cpu();
        tasks[cpu] = step.task();
        Frame frame = endsHandler(step) ? framesOf(step.task()).getFirst() : frame(step);
        int depth = common(frame.scope, step.scope());
        if (shown[cpu] != frame && depth > 0) {
            mark(Kind.LABEL, step, depth - 1, "… " + step.scope().get(depth - 1) + ":");
        }
        for (; depth < step.scope().size(); depth++) {
            mark(Kind.LABEL, step, depth, step.scope().get(depth) + ":");
        }
        frame.scope = step.scope();
        shown[cpu] = frame;
    }

    private Frame frame(Step step) {
        Deque<Frame> stack = framesOf(step.task());
        while (stack.getFirst().isLeftBy(step)) {
            stack.pop();
        }
        return stack.getFirst();
    }

    private Deque<Frame> framesOf(String task) {
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

    /* ------------------------- Rows ------------------------- */

    /** A row that is no step. */
    private void mark(Kind kind, Step step, int depth, String text) {
        rows.add(
                new Row(
                        kind,
                        0,
                        step.cpu(),
                        step.task(),
                        handlers(step.task()),
                        depth,
                        text,
                        false,
                        false,
                        Map.of(),
                        step.held(),
                        null));
    }

    /** A row of a step and of the one that performs what it executes, if that is another one. */
    private void add(Kind kind, int index, int last, String text) {
        Step step = trace.steps().get(index);
        Step after = trace.steps().get(last);
        boolean isLine = step.line() >= 0;
        rows.add(
                new Row(
                        kind,
                        number,
                        step.cpu(),
                        step.task(),
                        handlers(step.task()),
                        isLine ? step.scope().size() : 0,
                        text,
                        isLine && isBarrier(step),
                        isLine && missing.isNew(step),
                        after.changes(),
                        after.held(),
                        Moments.holds(trace, when, last)));
    }

    private List<String> handlers(String task) {
        return framesOf(task).reversed().stream()
                .map(frame -> frame.handler)
                .filter(handler -> !handler.isEmpty())
                .toList();
    }

    private boolean isBarrier(Step step) {
        ProgramText.Part part = program.part(step.task(), step.line());
        int index = part.index(step.task(), step.line());
        return step.kind() != StepKind.SWITCH
                && index < part.lines().size()
                && part.lines().get(index).kind() == ProgramText.Kind.BARRIER;
    }
}
