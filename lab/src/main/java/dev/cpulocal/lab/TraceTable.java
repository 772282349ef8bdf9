// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Renders a counterexample as a table for a mail: a column for each CPU, time downwards.
 *
 * <p>Functions are shown where they are entered, and their lines indented. What a CPU holds back is
 * marked where it is executed and shown again, with an ellipsis, where it is performed. The last
 * column has what is different in memory and hardware after a step. How to read one is told in
 * {@code docs/reading-a-trace.md}.
 */
public final class TraceTable {

    /** How many characters a line has, at most, unless there are many CPUs. */
    public static final int WIDTH = 120;

    private TraceTable() {}

    /**
     * {@return the table of a verdict's trace, with what was checked above and what is broken
     * below}
     *
     * @param verdict a verdict with a trace
     * @throws IllegalArgumentException if it has none
     */
    public static String of(Verdict verdict) {
        return of(verdict, WIDTH);
    }

    /**
     * {@return the same, of another width}
     *
     * @param verdict a verdict with a trace
     * @param width how many characters a line has, at most
     * @throws IllegalArgumentException if it has none
     */
    public static String of(Verdict verdict, int width) {
        Verdict.Trace trace = verdict.trace();
        if (trace == null) {
            throw new IllegalArgumentException(
                    "verdict: " + verdict.kind() + " (expected: one with a trace)");
        }
        TraceRows rows = new TraceRows(trace);
        List<String> lines = new ArrayList<>();
        lines.add(verdict.model() + ", " + trace.memoryModel().title());
        if (!trace.initial().isEmpty()) {
            lines.addAll(TextColumns.wrap("at first: " + initial(trace.initial()), width, "  "));
        }
        lines.add("");
        lines.addAll(rows.table().lines(width));
        lines.add("");
        lines.addAll(TextColumns.wrap(conclusion(verdict, rows.steps()), width, "  "));
        return String.join("\n", lines) + "\n";
    }

    /** What is not 0; most is. */
    private static String initial(Map<String, Long> values) {
        List<String> set = new ArrayList<>();
        values.forEach((name, value) -> {
            if (value != 0) {
                set.add(name + "=" + value);
            }
        });
        if (set.size() < values.size()) {
            set.add(set.isEmpty() ? "all 0" : "all else 0");
        }
        return String.join("  ", set);
    }

    private static String conclusion(Verdict verdict, int steps) {
        return "VIOLATED \""
                + verdict.broken()
                + "\"  "
                + count(steps, "step")
                + (isShortest(verdict) ? ", shortest of " : ", among ")
                + count(verdict.statistics().states(), "state");
    }

    private static boolean isShortest(Verdict verdict) {
        Verdict.Trace trace = verdict.trace();
        return trace != null && trace.shortest();
    }

    private static String count(long number, String unit) {
        return String.format("%,d", number).replace(',', ' ')
                + " "
                + unit
                + (number == 1 ? "" : "s");
    }
}
