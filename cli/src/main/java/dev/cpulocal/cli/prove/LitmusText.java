// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.prove;

import dev.cpulocal.cli.prove.Comparison.Difference;
import dev.cpulocal.cli.terminal.Table;
import dev.cpulocal.cli.terminal.Units;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The outcomes of litmus files as text for people, and for programs that read herd's. */
final class LitmusText {

    private static final int SHOWN = 5;

    private LitmusText() {}

    /**
     * {@return an answer}
     *
     * @param answer a complete one
     * @param statesOnly whether to leave out what the test asks
     * @param withModel whether to say the memory model
     */
    static String answer(LitmusAnswer answer, boolean statesOnly, boolean withModel) {
        return (withModel ? "Model " + model(answer) + "\n" : "")
                + (statesOnly ? answer.statesText() : answer.text());
    }

    private static String model(LitmusAnswer answer) {
        return answer.memoryModel() == null ? "LKMM" : answer.memoryModel().title();
    }

    /** {@return why there is no answer, in a line} */
    static String exhausted(LitmusAnswer answer) {
        return answer.file() + ": EXHAUSTED: " + answer.limit();
    }

    /** {@return counts, and what is different from what herd found} */
    static String summary(LitmusReport report) {
        return refusals(report) + comparison(report) + counts(report) + "\n";
    }

    private static String counts(LitmusReport report) {
        long states =
                report.tests().stream()
                        .filter(LitmusAnswer::complete)
                        .mapToLong(test -> test.states().size())
                        .sum();
        long leftMemory = report.tests().stream().filter(LitmusAnswer::leftMemory).count();
        long answered = report.tests().size() - report.exhausted();
        return Units.count(report.size())
                + (report.size() == 1 ? " test: " : " tests: ")
                + Units.count(answered)
                + " answered with "
                + Units.count(states)
                + " final states"
                + part(leftMemory, "with accesses outside memory")
                + part(report.exhausted(), "exhausted")
                + part(report.refused().size(), "refused")
                + part(report.malformed().size(), "malformed")
                + part(report.failed().size(), "failed unexpectedly")
                + "; "
                + Units.nanos((double) report.nanos())
                + ".";
    }

    private static String part(long count, String what) {
        return count == 0 ? "" : ", " + Units.count(count) + " " + what;
    }

    /** Reasons by how often they occur, with what they were about. */
    private static String refusals(LitmusReport report) {
        Map<String, List<LitmusProblem>> byReason =
                report.refused().stream()
                        .collect(
                                Collectors.groupingBy(
                                        LitmusProblem::reason, TreeMap::new, Collectors.toList()));
        Table table = new Table("rl");
        byReason.entrySet().stream()
                .sorted(Comparator.comparingInt(entry -> -entry.getValue().size()))
                .forEach(entry ->
                        table.row(
                                Units.count(entry.getValue().size()),
                                entry.getKey() + ": " + constructs(entry.getValue())));
        return byReason.isEmpty() ? "" : "Refused:\n" + table.render(2);
    }

    private static String constructs(List<LitmusProblem> problems) {
        List<String> all = problems.stream().map(LitmusProblem::construct).distinct().toList();
        String some = all.stream().limit(SHOWN).collect(Collectors.joining(", "));
        return all.size() > SHOWN ? some + ", ..." : some;
    }

    private static String comparison(LitmusReport report) {
        Comparison comparison = report.comparison();
        if (comparison == null) {
            return "";
        }
        return comparison.differing().stream()
                        .map(LitmusText::difference)
                        .collect(Collectors.joining())
                + names("Not in " + comparison.log(), comparison.unrecorded())
                + "Beside "
                + comparison.log()
                + ": "
                + Units.count(comparison.agreeing())
                + " agree, "
                + Units.count(comparison.differing().size())
                + " differ, "
                + Units.count(comparison.unrecorded().size())
                + " are not in it, "
                + Units.count(comparison.unanswered().size())
                + " are in it alone.\n";
    }

    private static String names(String what, List<String> names) {
        return names.isEmpty() ? "" : what + ": " + String.join(", ", names) + "\n";
    }

    private static String difference(Difference difference) {
        return difference.file()
                + ": "
                + difference.name()
                + " differs\n"
                + lines("missing", difference.missing())
                + lines("extra  ", difference.extra())
                + (difference.ok() == difference.recordedOk()
                        ? ""
                        : "  answer   "
                                + word(difference.ok())
                                + ", recorded "
                                + word(difference.recordedOk())
                                + "\n");
    }

    private static String lines(String mark, List<String> states) {
        return states.stream()
                .map(state -> "  " + mark + "  " + state + "\n")
                .collect(Collectors.joining());
    }

    private static String word(boolean ok) {
        return ok ? "Ok" : "No";
    }
}
