// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.prove;

import dev.cpulocal.cli.terminal.Table;
import dev.cpulocal.cli.terminal.Units;
import dev.cpulocal.lab.Verdict.Kind;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The result of checks as text for people. */
public final class ProveText {

    private static final int SLOWEST = 5;

    private ProveText() {}

    /**
     * {@return the lines, ended}
     *
     * @param result what was found
     * @param traces whether to show how properties are violated
     */
    public static String render(ProveResult result, boolean traces) {
        return table(result)
                + "\n"
                + (traces ? details(result) : "")
                + remarks(result)
                + summary(result)
                + "\n"
                + slowest(result);
    }

    private static String table(ProveResult result) {
        Table table =
                new Table("lllllrr")
                        .row(
                                "scenario",
                                "variant",
                                "memory model",
                                "verdict",
                                "expected",
                                "states",
                                "time");
        for (CheckResult check : result.checks()) {
            table.row(
                    check.id(),
                    check.variant(),
                    check.memoryModel().title(),
                    check.verdict() + (check.windowHit() ? "*" : ""),
                    expectation(check),
                    Units.count(check.states()),
                    Units.nanos((double) check.nanos()));
        }
        return table.render(0);
    }

    private static String expectation(CheckResult check) {
        Kind expected = check.expected();
        return expected == null ? "-" : check.good() ? "yes" : "NO: " + expected;
    }

    private static String details(ProveResult result) {
        return finals(result)
                + shown(result.checks()).stream()
                        .map(check -> check.traceText() + "\n")
                        .collect(Collectors.joining());
    }

    /**
     * {@return for each variant of which there are traces, the answer under the strongest memory
     * model}
     */
    public static Collection<CheckResult> shown(List<CheckResult> checks) {
        Map<List<String>, CheckResult> first = new LinkedHashMap<>();
        for (CheckResult check : checks) {
            if (check.trace() != null) {
                first.putIfAbsent(List.of(check.id(), check.variant()), check);
            }
        }
        return first.values();
    }

    private static String finals(ProveResult result) {
        return result.checks().stream()
                .filter(check -> !check.finals().isEmpty())
                .map(check ->
                        name(check)
                                + ": final states "
                                + check.finals().stream()
                                        .map(ProveText::values)
                                        .collect(Collectors.joining(" "))
                                + "\n")
                .collect(Collectors.joining());
    }

    private static String values(List<Long> values) {
        return values.stream()
                .map(value -> Long.toString(value))
                .collect(Collectors.joining(",", "(", ")"));
    }

    private static String remarks(ProveResult result) {
        String lines =
                result.checks().stream()
                        .filter(check -> !check.good())
                        .map(check -> name(check) + ": " + reason(check) + "\n")
                        .collect(Collectors.joining());
        boolean windows = result.checks().stream().anyMatch(CheckResult::windowHit);
        return lines
                + (windows
                        ? "* A CPU wanted to hold back more accesses than the model's window"
                                + " allows: the verdict is one for that window.\n"
                        : "");
    }

    private static String reason(CheckResult check) {
        return switch (check.verdict()) {
            case HOLDS -> "HOLDS, and is expected to be " + check.expected();
            case VIOLATED -> "VIOLATED: \"" + check.broken() + "\"";
            case EXHAUSTED -> "EXHAUSTED: " + check.limit();
        };
    }

    private static String name(CheckResult check) {
        return check.id() + ", " + check.variant() + ", under " + check.memoryModel().title();
    }

    /** Of many scenarios, those that took longest. */
    private static String slowest(ProveResult result) {
        Map<String, Long> nanos = new LinkedHashMap<>();
        result.checks().forEach(check -> nanos.merge(check.id(), check.nanos(), Long::sum));
        if (nanos.size() <= SLOWEST) {
            return "";
        }
        return nanos.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(SLOWEST)
                .map(entry -> entry.getKey() + " " + Units.nanos((double) entry.getValue()))
                .collect(Collectors.joining(", ", "Slowest: ", ".\n"));
    }

    /** {@return the whole in a sentence} */
    public static String summary(ProveResult result) {
        long states = result.checks().stream().mapToLong(CheckResult::states).sum();
        return verdict(result)
                + " "
                + Units.count(states)
                + " states in "
                + Units.nanos((double) result.nanos())
                + ".";
    }

    private static String verdict(ProveResult result) {
        int all = result.checks().size();
        long good = count(result, CheckResult::good);
        long exhausted = count(result, check -> !check.good() && check.isExhausted());
        long violated = count(result, check -> check.verdict() == Kind.VIOLATED);
        if (good + exhausted < all) {
            return "FAILED: "
                    + some(all - good - exhausted, "is", "are")
                    + " not as it must be, of "
                    + checks(all)
                    + ".";
        }
        if (exhausted > 0) {
            return "EXHAUSTED: "
                    + some(exhausted, "ended", "ended")
                    + " at the budget (--states, --time, --memory) and proved nothing, of "
                    + checks(all)
                    + ".";
        }
        return "PASSED: "
                + checks(all)
                + ": "
                + some(all - violated, "holds", "hold")
                + (violated == 0
                        ? "."
                        : ", " + some(violated, "is", "are") + " violated, as it must be.");
    }

    private static String some(long count, String one, String several) {
        return Units.count(count) + " " + (count == 1 ? one : several);
    }

    private static String checks(int count) {
        return Units.count(count) + (count == 1 ? " check" : " checks");
    }

    private static long count(ProveResult result, Predicate<CheckResult> which) {
        return result.checks().stream().filter(which).count();
    }
}
