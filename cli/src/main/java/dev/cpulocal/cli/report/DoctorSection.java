// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.report;

import dev.cpulocal.SelfTest;
import dev.cpulocal.cli.doctor.Findings;
import dev.cpulocal.cli.doctor.Findings.Capability;
import dev.cpulocal.cli.doctor.FindingsText;
import dev.cpulocal.cli.report.Headline.Kind;
import dev.cpulocal.cli.terminal.Units;
import java.util.List;
import java.util.Map;

/** The section of what the machine offers. */
final class DoctorSection {

    private DoctorSection() {}

    static Section of(Findings findings) {
        SelfTest test = findings.selfTest();
        Map<String, Object> model =
                Map.of(
                        "kind", kind(findings),
                        "verdict", findings.verdict(),
                        "capabilities",
                                findings.capabilities().stream()
                                        .map(DoctorSection::capability)
                                        .toList(),
                        "tested", !test.checks().isEmpty(),
                        "testTook", Units.nanos((double) test.nanos()),
                        "registrationTook", Units.nanos((double) test.membarrierNanos()),
                        "checks", test.checks().stream().map(DoctorSection::check).toList(),
                        "facts",
                                List.of(
                                        facts("The machine", FindingsText.machine(findings)),
                                        facts(
                                                "Registration with the kernel",
                                                FindingsText.registration(findings.registration())),
                                        facts(
                                                "Memory barriers (membarrier)",
                                                FindingsText.barriers(findings.membarrier()))));
        return new Section("doctor", "This machine", Pages.render("doctor", model));
    }

    static Kind kind(Findings findings) {
        return switch (findings.mode()) {
            case RSEQ -> Kind.GOOD;
            case RANDOM, PORTABLE -> Kind.UNSURE;
        };
    }

    private static Map<String, Object> capability(Capability capability) {
        return Map.of(
                "name", capability.name(),
                "kind", capability.available() ? Kind.GOOD : Kind.UNSURE,
                "answer", capability.available() ? "yes" : "no",
                "reason", capability.reason(),
                "remedy", capability.remedy());
    }

    private static Map<String, Object> check(SelfTest.Check check) {
        Kind kind =
                switch (check.verdict()) {
                    case ABORTED -> Kind.GOOD;
                    case SURVIVED -> Kind.BAD;
                    case NOT_TESTED -> Kind.UNSURE;
                };
        return Map.of(
                "cause", check.cause(),
                "kind", kind,
                "answer", FindingsText.describe(check.verdict()),
                "detail", check.detail());
    }

    private static Map<String, Object> facts(String title, Map<String, String> facts) {
        return Map.of(
                "title",
                title,
                "entries",
                facts.entrySet().stream()
                        .map(fact -> Map.of("name", fact.getKey(), "value", fact.getValue()))
                        .toList());
    }
}
