// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.report;

import dev.cpulocal.cli.report.Headline.Kind;
import dev.cpulocal.cli.stress.Outcome;
import dev.cpulocal.cli.stress.StressResult;
import dev.cpulocal.cli.stress.StressResult.ModeOutcome;
import dev.cpulocal.cli.stress.StressText;
import dev.cpulocal.cli.terminal.Units;
import java.util.Map;
import java.util.stream.Stream;

/** The section of the stress run. */
final class StressSection {

    private StressSection() {}

    static Section of(StressResult result) {
        Map<String, Object> model =
                Map.of(
                        "kind", kind(result.passed()),
                        "verdict", StressText.verdict(result),
                        "selfCheck", StressText.selfCheck(result),
                        "hasModes", !result.modes().isEmpty(),
                        "modes", result.modes().stream().map(StressSection::mode).toList(),
                        "checks", result.modes().stream().flatMap(StressSection::checks).toList());
        return new Section("stress", "Nothing may be lost", Pages.render("stress", model));
    }

    private static Stream<Map<String, Object>> checks(ModeOutcome mode) {
        return mode.outcome().checks().stream()
                .map(check ->
                        Map.of(
                                "rseq", mode.rseq(),
                                "index", mode.index(),
                                "family", check.family(),
                                "operations", Units.count(check.operations()),
                                "expected", Units.count(check.expected()),
                                "actual", Units.count(check.actual()),
                                "lost", Units.count(check.lost())));
    }

    static Kind kind(boolean good) {
        return good ? Kind.GOOD : Kind.BAD;
    }

    private static Map<String, Object> mode(ModeOutcome mode) {
        Outcome outcome = mode.outcome();
        return Map.ofEntries(
                Map.entry("rseq", mode.rseq()),
                Map.entry("index", mode.index()),
                Map.entry("code", outcome.machineCode() ? "machine code" : "portable"),
                Map.entry("operations", Units.count(outcome.operations())),
                Map.entry("migrations", Units.count(outcome.migrations())),
                Map.entry("signals", Units.count(outcome.signals())),
                Map.entry("collections", Units.count(outcome.collections())),
                Map.entry("retries", Units.count(outcome.retries())),
                Map.entry("completions", Units.count(outcome.completions())),
                Map.entry("stops", Units.count(outcome.stops())),
                Map.entry("atomicAdditions", Units.count(outcome.atomicAdditions())),
                Map.entry("mostPooled", Units.count(outcome.mostPooled())),
                Map.entry("lost", Units.count(outcome.lostUpdates())),
                Map.entry("kind", kind(mode.good())),
                Map.entry("verdict", StressText.verdict(mode)),
                Map.entry("failures", outcome.failures()));
    }
}
