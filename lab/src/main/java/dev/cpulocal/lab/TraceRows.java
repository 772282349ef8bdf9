// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

import dev.cpulocal.lab.Verdict.Step;
import dev.cpulocal.lab.Verdict.Trace;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Makes the rows of a trace's table. */
final class TraceRows {

    private static final String INDENTATION = "  ";

    private final Trace trace;
    private final TextColumns table;
    private final TraceFrames frames;

    /** Which task the last row of each CPU's column was about. */
    private final String[] tasks;

    private int number;

    TraceRows(Trace trace) {
        this.trace = trace;
        this.table = new TextColumns(trace.cpus() + 2);
        this.tasks = new String[trace.cpus()];
        this.frames = new TraceFrames(trace.cpus());
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
            tasks[cpu] = trace.nextTask(0, cpu);
            cells.add("CPU " + cpu + (tasks[cpu].isEmpty() ? "" : ": " + tasks[cpu]));
        }
        cells.add("changes");
        table.add(cells);
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
                executed(steps.get(i), trace.textAtOnce(i), steps.get(i + 1).changes());
                i++;
            } else {
                row(i);
            }
        }
        if (trace.loop() >= 0) {
            table.addAcross("── and again from step " + again + " ──");
        }
    }

    private void row(int index) {
        Step step = trace.steps().get(index);
        switch (step.kind()) {
            case INTERRUPT -> interrupted(step);
            case SWITCH -> switched(step, trace.nextTask(index + 1, step.cpu()));
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
        frames.interrupted(step);
        tasks[step.cpu()] = step.task();
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
        frames.enter(step, new Marks(cpu));
    }

    /** Functions, in the column of a CPU. */
    private final class Marks implements TraceFrames.Labels {
        private final int cpu;

        Marks(int cpu) {
            this.cpu = cpu;
        }

        @Override
        public void again(int depth, String function) {
            mark(cpu, INDENTATION.repeat(depth) + "… " + function + ":");
        }

        @Override
        public void entered(int depth, String function) {
            mark(cpu, INDENTATION.repeat(depth) + function + ":");
        }
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
