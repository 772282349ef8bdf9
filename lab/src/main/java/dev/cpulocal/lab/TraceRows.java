// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

import dev.cpulocal.lab.Verdict.Step;
import dev.cpulocal.lab.Verdict.Trace;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes the rows of a trace's table. */
final class TraceRows {

    private static final String INDENTATION = "  ";

    /** The program of a task, or a handler that interrupts it, and the functions it is in. */
    private static final class Frame {
        final String handler;
        List<String> scope;

        Frame(String handler, List<String> scope) {
            this.handler = handler;
            this.scope = scope;
        }

        boolean isLeftBy(Step step) {
            return !handler.isEmpty()
                    && (step.scope().isEmpty() || !step.scope().getFirst().equals(handler));
        }
    }

    private final Trace trace;
    private final TextColumns table;
    private final Map<String, Deque<Frame>> frames = new HashMap<>();

    /** Which task and which frame the last row of each CPU's column was about. */
    private final String[] tasks;

    private final @Nullable Frame[] shown;

    private int number;

    TraceRows(Trace trace) {
        this.trace = trace;
        this.table = new TextColumns(trace.cpus() + 2);
        this.tasks = new String[trace.cpus()];
        this.shown = new Frame[trace.cpus()];
        header();
        rows();
    }

    /** {@return the table} */
    TextColumns table() {
        return table;
    }

    /** {@return how many steps it has} */
    int steps() {
        return number;
    }

    private void header() {
        List<String> cells = new ArrayList<>(List.of("#"));
        for (int cpu = 0; cpu < trace.cpus(); cpu++) {
            tasks[cpu] = nextTask(0, cpu);
            cells.add("CPU " + cpu + (tasks[cpu].isEmpty() ? "" : ": " + tasks[cpu]));
        }
        cells.add("changes");
        table.add(cells);
    }

    /** {@return the task that a CPU runs from some step on; empty if it does nothing any more} */
    private String nextTask(int from, int cpu) {
        return trace.steps().stream()
                .skip(from)
                .filter(step -> step.cpu() == cpu)
                .findFirst()
                .map(Step::task)
                .orElse("");
    }

    private void rows() {
        List<Step> steps = trace.steps();
        int again = 0;
        for (int i = 0; i < steps.size(); i++) {
            if (i == trace.loop()) {
                table.addAcross("── from here it repeats for ever ──");
                again = number + 1;
            }
            if (trace.isAtOnce(i)) {
                atOnce(steps.get(i), steps.get(i + 1));
                i++;
            } else {
                row(i);
            }
        }
        if (trace.loop() >= 0) {
            table.addAcross("── and again from step " + again + " ──");
        }
    }

    private void atOnce(Step issue, Step perform) {
        // Of a load, only the latter says what it reads.
        boolean says = perform.text().startsWith(issue.text());
        executed(issue, says ? perform.text() : issue.text(), perform.changes());
    }

    private void row(int index) {
        Step step = trace.steps().get(index);
        switch (step.kind()) {
            case INTERRUPT -> interrupted(step);
            case SWITCH -> switched(step, nextTask(index + 1, step.cpu()));
            case PERFORM -> add(step.cpu(), "… " + step.text() + " performed", step.changes());
            case EXECUTE -> executed(step, step.text(), step.changes());
            case ISSUE -> executed(step, step.text() + "  (held back)", step.changes());
        }
    }

    private void executed(Step step, String text, Map<String, Long> changes) {
        enter(step);
        add(step.cpu(), INDENTATION.repeat(step.scope().size()) + text, changes);
    }

    /* ------------------------- Where a CPU is ------------------------- */

    private void interrupted(Step step) {
        add(step.cpu(), "── interrupt: " + step.text() + " ──", step.changes());
        Frame frame = new Frame(step.text(), List.of(step.text()));
        framesOf(step).push(frame);
        tasks[step.cpu()] = step.task();
        shown[step.cpu()] = frame;
    }

    private void switched(Step step, String next) {
        enter(step);
        String text = next.isEmpty() ? step.text() : "switch to " + next;
        add(step.cpu(), "── " + text + " ──", step.changes());
        tasks[step.cpu()] = next;
    }

    /** Says which functions the task has entered, and where it goes on if it was away. */
    private void enter(Step step) {
        int cpu = step.cpu();
        if (!tasks[cpu].equals(step.task())) {
            tasks[cpu] = step.task();
            mark(cpu, "── " + step.task() + " ──");
        }
        Frame frame = frame(step);
        int depth = common(frame.scope, step.scope());
        if (shown[cpu] != frame && depth > 0) {
            mark(cpu, INDENTATION.repeat(depth - 1) + "… " + step.scope().get(depth - 1) + ":");
        }
        for (; depth < step.scope().size(); depth++) {
            mark(cpu, INDENTATION.repeat(depth) + step.scope().get(depth) + ":");
        }
        frame.scope = step.scope();
        shown[cpu] = frame;
    }

    private Frame frame(Step step) {
        Deque<Frame> stack = framesOf(step);
        while (stack.getFirst().isLeftBy(step)) {
            stack.pop();
        }
        return stack.getFirst();
    }

    private Deque<Frame> framesOf(Step step) {
        return frames.computeIfAbsent(
                step.task(), _ -> new ArrayDeque<>(List.of(new Frame("", List.of()))));
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

    /* ------------------------- Cells ------------------------- */

    private void mark(int cpu, String text) {
        addRow("", cpu, text, "");
    }

    private void add(int cpu, String text, Map<String, Long> changes) {
        number++;
        String changed =
                changes.entrySet().stream()
                        .map(change -> change.getKey() + "=" + change.getValue())
                        .collect(Collectors.joining("  "));
        addRow(Integer.toString(number), cpu, text, changed);
    }

    private void addRow(String label, int cpu, String text, String changes) {
        List<String> cells = new ArrayList<>(Collections.nCopies(trace.cpus() + 2, ""));
        cells.set(0, label);
        cells.set(cpu + 1, text);
        cells.set(trace.cpus() + 1, changes);
        table.add(cells);
    }
}
