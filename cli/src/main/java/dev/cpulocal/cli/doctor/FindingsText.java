// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.doctor;

import dev.cpulocal.Cpu;
import dev.cpulocal.Membarrier;
import dev.cpulocal.Rseq.Registration;
import dev.cpulocal.SelfTest;
import dev.cpulocal.cli.doctor.Findings.Barriers;
import dev.cpulocal.cli.doctor.Findings.Capability;
import dev.cpulocal.cli.doctor.Findings.Cpus;
import dev.cpulocal.cli.doctor.Findings.Platform;
import dev.cpulocal.cli.terminal.Table;
import dev.cpulocal.cli.terminal.Units;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** The findings as text for people. */
public final class FindingsText {

    private FindingsText() {}

    /** {@return the lines, ended} */
    public static String render(Findings findings) {
        return section("Machine", facts(machine(findings)))
                + section("What sequences need", capabilities(findings.capabilities()))
                + section("Registration", facts(registration(findings.registration())))
                + section("Self-test", selfTest(findings.selfTest()))
                + section("membarrier", facts(barriers(findings.membarrier())))
                + findings.verdict()
                + "\n";
    }

    private static String section(String title, String body) {
        return title + "\n" + body + "\n";
    }

    private static String facts(Map<String, String> facts) {
        Table table = new Table("ll");
        facts.forEach(table::row);
        return table.render(2);
    }

    /** {@return what this runs on, by names for people} */
    public static Map<String, String> machine(Findings findings) {
        Platform platform = findings.platform();
        Cpus cpus = findings.cpus();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("cpulocal", findings.version());
        facts.put("mode", findings.mode().name().toLowerCase(Locale.ROOT));
        facts.put("system", platform.os() + ", " + platform.architecture());
        facts.put("processor", platform.processor());
        facts.put("C library", platform.libc());
        facts.put("JDK", platform.jdk() + ", " + platform.vm());
        facts.put("CPUs", describe(cpus));
        facts.put("here now", here(cpus));
        findings.settings()
                .forEach((name, value) ->
                        facts.put(name, Objects.requireNonNullElse(value, "not set")));
        return facts;
    }

    private static String describe(Cpus cpus) {
        return "possible "
                + cpus.possible()
                + ", online "
                + cpus.online()
                + ", available to this JVM "
                + cpus.availableProcessors();
    }

    private static String here(Cpus cpus) {
        return "CPU "
                + known(cpus.current())
                + ", concurrency id "
                + known(cpus.concurrencyId())
                + ", node "
                + known(cpus.node());
    }

    private static String known(int number) {
        return number == Cpu.UNKNOWN ? "unknown" : Integer.toString(number);
    }

    static String capabilities(List<Capability> capabilities) {
        Table table = new Table("lll");
        String last = "";
        for (Capability capability : capabilities) {
            boolean repeated = !capability.available() && capability.reason().equals(last);
            add(table, capability, repeated);
            last = capability.available() ? last : capability.reason();
        }
        return table.render(2);
    }

    private static void add(Table table, Capability capability, boolean repeated) {
        if (capability.available()) {
            table.row("yes", capability.name());
        } else if (repeated) {
            table.row("no", capability.name(), "why: for the same reason");
        } else {
            table.row("no", capability.name(), "why: " + capability.reason());
            if (!capability.remedy().isEmpty()) {
                table.row("", "", "do:  " + capability.remedy());
            }
        }
    }

    /** {@return the facts of the registration, by names for people} */
    public static Map<String, String> registration(Registration registration) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("owner", registration.owner().name().toLowerCase(Locale.ROOT));
        facts.put("area", area(registration.areaOffset()));
        facts.put("__rseq_size", registration.reportedBytes() + " bytes");
        facts.put("feature size", registration.featureBytes() + " bytes");
        facts.put("alignment", registration.alignmentBytes() + " bytes");
        facts.put("registered", length(registration));
        facts.put("signature", String.format(Locale.ROOT, "0x%08x", registration.signature()));
        return facts;
    }

    private static String area(int offset) {
        return "thread pointer " + (offset < 0 ? "- " : "+ ") + Math.abs((long) offset);
    }

    private static String length(Registration registration) {
        return registration.lengthBytes() == 0
                ? "this thread is not, or the kernel does not say"
                : registration.lengthBytes()
                        + " bytes: the "
                        + registration.abi().name().toLowerCase(Locale.ROOT)
                        + " behaviour of the kernel";
    }

    private static String selfTest(SelfTest test) {
        if (test.checks().isEmpty()) {
            return "  not run\n";
        }
        Table table = new Table("lll");
        for (SelfTest.Check check : test.checks()) {
            table.row(check.cause(), describe(check.verdict()), check.detail());
        }
        return table.row("all together", Units.nanos((double) test.nanos()))
                .row("registering membarrier", Units.nanos((double) test.membarrierNanos()))
                .render(2);
    }

    /** {@return what became of a section, in words} */
    public static String describe(SelfTest.Verdict verdict) {
        return switch (verdict) {
            case ABORTED -> "aborted, as it must";
            case SURVIVED -> "SURVIVED: not atomic";
            case NOT_TESTED -> "not tested";
        };
    }

    /** {@return whether the kernel offers each barrier, and what is registered} */
    public static Map<String, String> barriers(Barriers barriers) {
        Map<String, String> facts = new LinkedHashMap<>();
        for (Membarrier.Command command : Membarrier.Command.values()) {
            boolean registered = barriers.registrations().contains(command);
            facts.put(
                    command.name(),
                    (barriers.supported().contains(command) ? "yes" : "no")
                            + (registered ? ", made by this process" : ""));
        }
        return facts;
    }
}
