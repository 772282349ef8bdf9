// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.museum;

import dev.cpulocal.cli.museum.TimeLine.Kind;
import dev.cpulocal.cli.museum.TimeLine.Row;
import dev.cpulocal.lab.ProgramText;
import dev.cpulocal.lab.ProgramText.Line;
import dev.cpulocal.lab.TraceFrames;
import dev.cpulocal.lab.Verdict.Step;
import dev.cpulocal.lab.Verdict.StepKind;
import dev.cpulocal.lab.Verdict.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Makes the rows of a time line: steps, where CPUs are, and what is missing. */
final class Rows {

    /*
     * Steps have the numbers that they have in the table of the trace, where an access that is
     * performed as soon as it is executed is one step.
     */

    private static final int MOST_MISSING = 3;

    private final Trace trace;
    private final ProgramText program;
    private final Missing missing;
    private final String when;
    private final List<Row> rows = new ArrayList<>();
    private final int[] rowOf;
    private final TraceFrames frames;
    private int number;

    Rows(Trace trace, Comparison comparison) {
        this.trace = trace;
        this.program = comparison.program();
        this.missing = new Missing(comparison);
        this.when = Moments.when(trace, program);
        this.rowOf = new int[trace.steps().size()];
        this.frames = new TraceFrames(trace.cpus());
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
            frames.leave(step.task());
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
                && frames.handler(step.task()).equals(part.name());
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
            add(Kind.STEP, index, index + 1, trace.textAtOnce(index));
        } else {
            add(Kind.HELD, index, index, step.text());
        }
    }

    private void interrupt(int index, Step step) {
        frames.interrupted(step);
        missing.enter(step);
        add(Kind.INTERRUPT, index, index, step.text());
    }

    private void switchFrom(int index, Step step) {
        String next = trace.nextTask(index + 1, step.cpu());
        add(Kind.SWITCH, index, index, next.isEmpty() ? step.text() : "switch to " + next);
    }

    /** Says which functions the task has entered, and where it goes on if it was away. */
    private void enter(Step step) {
        if (endsHandler(step)) {
            frames.enterPresent(step, new Functions(step));
        } else {
            frames.enter(step, new Functions(step));
        }
    }

    /** Functions, before a step. */
    private final class Functions implements TraceFrames.Labels {
        private final Step step;

        Functions(Step step) {
            this.step = step;
        }

        @Override
        public void again(int depth, String function) {
            mark(Kind.LABEL, step, depth, "… " + function + ":");
        }

        @Override
        public void entered(int depth, String function) {
            mark(Kind.LABEL, step, depth, function + ":");
        }
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
                        frames.handlers(step.task()),
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
                        frames.handlers(step.task()),
                        isLine ? step.scope().size() : 0,
                        text,
                        isLine && isBarrier(step),
                        isLine && missing.isNew(step),
                        after.changes(),
                        after.held(),
                        Moments.holds(trace, when, last)));
    }

    private boolean isBarrier(Step step) {
        ProgramText.Part part = program.part(step.task(), step.line());
        int index = part.index(step.task(), step.line());
        return step.kind() != StepKind.SWITCH
                && index < part.lines().size()
                && part.lines().get(index).kind() == ProgramText.Kind.BARRIER;
    }
}
