// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.stress;

import dev.cpulocal.cli.stress.Outcome.Check;
import dev.cpulocal.cli.stress.StressResult.ModeOutcome;
import dev.cpulocal.cli.terminal.Table;
import dev.cpulocal.cli.terminal.Units;
import java.util.List;
import java.util.stream.Collectors;

/** The result of a stress run as text for people. */
public final class StressText {

    private StressText() {}

    /** {@return the lines, ended} */
    public static String render(StressResult result) {
        return selfCheck(result)
                + "\n\n"
                + (result.modes().isEmpty() ? "" : modes(result))
                + verdict(result)
                + "\n";
    }

    /** {@return what the run of imitations showed, in a sentence} */
    public static String selfCheck(StressResult result) {
        Outcome broken = result.selfCheck();
        String found =
                broken.checks().stream()
                        .map(check ->
                                check.family()
                                        + " "
                                        + Units.count(check.lost())
                                        + " of "
                                        + Units.count(check.expected()))
                        .collect(Collectors.joining("; "));
        return (result.selfCheckSeesLosses()
                        ? "Self-check passed: deliberately broken operations were all seen to lose ("
                        : "Self-check FAILED: deliberately broken operations were not all seen to lose (")
                + (found.isEmpty() ? String.join("; ", broken.failures()) : found)
                + ").";
    }

    private static String modes(StressResult result) {
        Table table =
                new Table("lllrrrrrrrrrrl")
                        .row(
                                "rseq",
                                "index",
                                "code",
                                "operations",
                                "moves",
                                "signals",
                                "GCs",
                                "retries",
                                "completed",
                                "stops",
                                "atomic adds",
                                "most pooled",
                                "lost",
                                "verdict");
        result.modes().forEach(mode -> addRow(table, mode));
        String failures =
                result.modes().stream()
                        .flatMap(mode ->
                                mode.outcome().failures().stream()
                                        .map(text -> prefix(mode) + text + "\n"))
                        .collect(Collectors.joining());
        return table.render(0) + "\n" + families(result) + "\n" + failures + unequal(result);
    }

    private static void addRow(Table table, ModeOutcome mode) {
        Outcome outcome = mode.outcome();
        table.row(
                mode.rseq(),
                mode.index(),
                outcome.machineCode() ? "machine" : "portable",
                Units.count(outcome.operations()),
                Units.count(outcome.migrations()),
                Units.count(outcome.signals()),
                Units.count(outcome.collections()),
                Units.count(outcome.retries()),
                Units.count(outcome.completions()),
                Units.count(outcome.stops()),
                Units.count(outcome.atomicAdditions()),
                Units.count(outcome.mostPooled()),
                Units.count(outcome.lostUpdates()),
                verdict(mode));
    }

    private static String families(StressResult result) {
        Table table =
                new Table("lllrrrr")
                        .row("rseq", "index", "test", "operations", "expected", "found", "lost");
        for (ModeOutcome mode : result.modes()) {
            for (Check check : mode.outcome().checks()) {
                table.row(
                        mode.rseq(),
                        mode.index(),
                        check.family(),
                        Units.count(check.operations()),
                        Units.count(check.expected()),
                        Units.count(check.actual()),
                        Units.count(check.lost()));
            }
        }
        return table.render(0) + ages(result);
    }

    private static String ages(StressResult result) {
        Table table =
                new Table("llrrr")
                        .row("rseq", "index", "sections saw age 0", "age 1", "age 2 (freed)");
        List<ModeOutcome> modes =
                result.modes().stream().filter(mode -> !mode.outcome().ages().isEmpty()).toList();
        for (ModeOutcome mode : modes) {
            List<Long> ages = mode.outcome().ages();
            table.row(
                    mode.rseq(),
                    mode.index(),
                    Units.count(ages.get(0)),
                    Units.count(ages.get(1)),
                    Units.count(ages.get(2)));
        }
        return modes.isEmpty() ? "" : "\n" + table.render(0);
    }

    /** {@return the verdict on a mode in one or two words} */
    public static String verdict(ModeOutcome mode) {
        if (mode.good()) {
            return "nothing lost";
        }
        return mode.outcome().lostUpdates() > 0 ? "LOST UPDATES" : "FAILED";
    }

    private static String unequal(StressResult result) {
        StringBuilder text = new StringBuilder();
        for (ModeOutcome mode : result.modes()) {
            for (Check check : mode.outcome().checks()) {
                if (check.lost() > 0) {
                    text.append(prefix(mode))
                            .append(check.family())
                            .append(": expected ")
                            .append(Units.count(check.expected()))
                            .append(", found ")
                            .append(Units.count(check.actual()))
                            .append(", lost ")
                            .append(Units.count(check.lost()))
                            .append('\n');
                }
            }
        }
        return text.toString();
    }

    private static String prefix(ModeOutcome mode) {
        return "rseq " + mode.rseq() + ", index " + mode.index() + ": ";
    }

    /** {@return the verdict on all modes in one sentence} */
    public static String verdict(StressResult result) {
        if (!result.selfCheckSeesLosses()) {
            return "The check cannot see a lost update, so its answer would mean nothing.";
        }
        long operations =
                result.modes().stream().mapToLong(mode -> mode.outcome().operations()).sum();
        String work =
                Units.count(operations)
                        + " operations by "
                        + result.threads()
                        + " threads in "
                        + result.modes().size()
                        + (result.modes().size() == 1 ? " mode" : " modes");
        if (result.passed()) {
            return "Nothing was lost: " + work + ".";
        }
        return result.lostUpdates() > 0
                ? "LOST: " + Units.count(result.lostUpdates()) + " updates of " + work + "."
                : "FAILED: not every mode came to its end; " + work + ".";
    }
}
