// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.doctor;

import dev.cpulocal.Cpu;
import dev.cpulocal.Membarrier;
import dev.cpulocal.Rseq.Registration;
import dev.cpulocal.SelfTest;
import dev.cpulocal.cli.doctor.Findings.Capability;
import dev.cpulocal.cli.doctor.Findings.Cpus;
import dev.cpulocal.cli.doctor.Findings.Platform;
import dev.cpulocal.cli.terminal.Table;
import dev.cpulocal.cli.terminal.Units;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** The findings as text for people. */
public final class FindingsText {

    private FindingsText() {}

    /** {@return the lines, ended} */
    public static String render(Findings findings) {
        return section("Machine", machine(findings))
                + section("What sequences need", capabilities(findings))
                + section("Registration", registration(findings.registration()))
                + section("Self-test", selfTest(findings.selfTest()))
                + section("membarrier", barriers(findings))
                + findings.verdict()
                + "\n";
    }

    private static String section(String title, String body) {
        return title + "\n" + body + "\n";
    }

    private static String machine(Findings findings) {
        Platform platform = findings.platform();
        Cpus cpus = findings.cpus();
        Table table =
                new Table("ll")
                        .row("cpulocal", findings.version())
                        .row("mode", findings.mode().name().toLowerCase(Locale.ROOT))
                        .row("system", platform.os() + ", " + platform.architecture())
                        .row("processor", platform.processor())
                        .row("C library", platform.libc())
                        .row("JDK", platform.jdk() + ", " + platform.vm())
                        .row("CPUs", describe(cpus))
                        .row("here now", here(cpus));
        for (Map.Entry<String, String> setting : findings.settings().entrySet()) {
            table.row(setting.getKey(), Objects.requireNonNullElse(setting.getValue(), "not set"));
        }
        return table.render(2);
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

    private static String capabilities(Findings findings) {
        Table table = new Table("lll");
        String last = "";
        for (Capability capability : findings.capabilities()) {
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

    private static String registration(Registration registration) {
        return new Table("ll")
                .row("owner", registration.owner().name().toLowerCase(Locale.ROOT))
                .row("area", area(registration.areaOffset()))
                .row("__rseq_size", registration.reportedBytes() + " bytes")
                .row("feature size", registration.featureBytes() + " bytes")
                .row("alignment", registration.alignmentBytes() + " bytes")
                .row("registered", length(registration))
                .row("signature", String.format(Locale.ROOT, "0x%08x", registration.signature()))
                .render(2);
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

    private static String describe(SelfTest.Verdict verdict) {
        return switch (verdict) {
            case ABORTED -> "aborted, as it must";
            case SURVIVED -> "SURVIVED: not atomic";
            case NOT_TESTED -> "not tested";
        };
    }

    private static String barriers(Findings findings) {
        Set<Membarrier.Command> registered = findings.membarrier().registrations();
        Table table = new Table("ll");
        for (Membarrier.Command command : Membarrier.Command.values()) {
            boolean offered = findings.membarrier().supported().contains(command);
            table.row(offered ? "yes" : "no", command);
        }
        return table.render(2)
                + "  registered by this process, as the kernel reports it: "
                + (registered.isEmpty()
                        ? "none"
                        : registered.stream().map(Enum::name).collect(Collectors.joining(", ")))
                + "\n";
    }
}
