// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.proofs;

import static dev.cpulocal.lab.MemoryModel.ARMV8;
import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.kernel.Flaw;
import dev.cpulocal.lab.kernel.Kernel;
import dev.cpulocal.lab.kernel.Signals;
import dev.cpulocal.lab.kernel.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What sequences rely on in the kernel: each cause of an abort, in both forms of rseq. */
final class KernelProof {

    private static final Setup SIGNALLED =
            new Setup(Kernel.Config.of(2, 2).with(Signals.ONE), Set.of(), "");

    /** A CPU holds back what a thread was doing, and its signal handler. */
    private static final int WINDOW = 10;

    private KernelProof() {}

    static Scenario scenario() {
        List<Variant> variants = new ArrayList<>();
        for (Version version : Version.values()) {
            variants.add(
                    threads("right", "Nothing wrong", Setup.RIGHT, version).holds(SC, TSO, ARMV8));
            for (Flaw flaw : causes(version)) {
                variants.add(
                        threads(flaw.title(), flaw.meaning(), Setup.RIGHT.with(flaw), version)
                                .violated(SC));
            }
            variants.add(
                    signals(
                                    "signal handlers add",
                                    "Signal handlers call the sequence too",
                                    SIGNALLED,
                                    version)
                            .holds(SC, ARMV8));
            variants.add(
                    signals(
                                    Flaw.SIGNAL_IGNORED.title(),
                                    Flaw.SIGNAL_IGNORED.meaning(),
                                    SIGNALLED.with(Flaw.SIGNAL_IGNORED),
                                    version)
                            .violated(SC));
        }
        return new Scenario(
                "core/kernel",
                "What sequences rely on in the kernel",
                """
                Preemption, migration and signals restart a section, and cpu_id is right when user \
                code runs. A kernel that lacks any of it loses additions; two that were released \
                did.\
                """,
                variants);
    }

    private static List<Flaw> causes(Version version) {
        List<Flaw> causes =
                new ArrayList<>(
                        List.of(
                                Flaw.PREEMPTION_IGNORED,
                                Flaw.MIGRATION_IGNORED,
                                Flaw.SECTION_FORGOTTEN,
                                Flaw.RANGE_UNTESTED,
                                Flaw.CPU_ID_STALE));
        if (version == Version.GENERIC_ENTRY) {
            causes.add(Flaw.USER_INTERRUPT_UNNOTED);
        }
        return causes;
    }

    private static Variant threads(String name, String text, Setup setup, Version version) {
        String full = name + ", " + version.title();
        return Variant.of(
                full,
                text + ".",
                Example.model(
                        "kernel, " + full,
                        setup.with(version),
                        (m, example) -> {
                            for (String thread : List.of("A", "B", "C")) {
                                add(example, thread);
                            }
                            m.atEnd("no addition is lost", example.sum().eq(3));
                        }));
    }

    private static Variant signals(String name, String text, Setup setup, Version version) {
        String full = name + ", " + version.title();
        return Variant.of(full, text + ".", signalled("kernel, " + full, setup.with(version)));
    }

    private static Model signalled(String name, Setup setup) {
        return Example.model(
                name,
                setup,
                (m, example) -> {
                    m.window(WINDOW);
                    var handled = m.ghost("handled", 0);
                    add(example, "A");
                    add(example, "B");
                    example.kernel()
                            .onSignal(c -> {
                                example.calls().call(c, example.add(), Calls.After.RETRY);
                                c.as("one more").set(handled.get(), handled.get().plus(1));
                            });
                    m.atEnd("no addition is lost", example.sum().eq(handled.get().plus(2)));
                });
    }

    private static void add(Example example, String thread) {
        example.kernel()
                .thread(thread, c -> example.calls().call(c, example.add(), Calls.After.RETRY));
    }
}
