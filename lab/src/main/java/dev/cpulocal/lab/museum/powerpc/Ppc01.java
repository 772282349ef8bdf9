// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.powerpc;

import static dev.cpulocal.lab.MemoryModel.ARMV8;
import static dev.cpulocal.lab.MemoryModel.PSO;
import static dev.cpulocal.lab.MemoryModel.RISCV;
import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.membarrier.PowerpcSwitch;
import dev.cpulocal.lab.museum.membarrier.PowerpcSwitch.Change;

/** PPC-01: a test that is never true. */
final class Ppc01 {

    private static final String ID = "PPC-01";

    private Ppc01() {}

    static Exhibit exhibit() {
        return Exhibit.of(ID, "switch_mm() and the test of !prev", Area.POWERPC)
                .kernels("none: 4.16 and later have a test that is redundant")
                .bounds("one call of membarrier(), one switch; memory models without Power's")
                .story(
                        """
                        switch_mm() has a barrier for processes that registered, unless !prev: the \
                        comment says that none is needed from kernel to user, where mmdrop() is \
                        one. But prev is the mm that was loaded, which is never NULL, so the \
                        barrier is executed then too. What was meant would have been right as \
                        well, as long as kernel threads hold references to the mm; it would have \
                        become a bug when they need not any more.\
                        """)
                .said(
                        "Mathieu Desnoyers",
                        "18 June 2021",
                        "Re: [PATCH for 4.16 v7 02/11] powerpc: membarrier: Skip memory barrier in"
                                + " switch_mm()",
                        "So the original motivation here was to skip a \"sync\" instruction"
                                + " whenever switching between threads which are part of the same"
                                + " process. But based on recent discussions, I suspect my"
                                + " implementation may be inaccurately doing so though.")
                .settled(
                        Outcome.REFUTED,
                        "as coded",
                        "The barrier is executed wherever it is needed, and once where it is not.")
                .said(
                        "Andy Lutomirski",
                        "8 January 2022",
                        "[PATCH 06/23] powerpc/membarrier: Remove special barrier on mm switch",
                        "But this is all nonsense, because the one and only caller would never"
                                + " have prev == NULL and would, in fact, OOPS if prev == NULL.")
                .settled(
                        Outcome.CONFIRMED,
                        "as meant",
                        "The test decides nothing: with it (\"as meant\") and without, everything"
                                + " holds. \"as meant, nothing for mmdrop()\" is where it would"
                                + " matter.")
                .unchecked("The code came in 3ccfebedd8cf, Linux 4.16.")
                .reference(
                        PowerpcSwitch.variant(ID, "as coded", "Today's code: !prev is never true.")
                                .holds(MemoryModel.values()))
                .variant(
                        PowerpcSwitch.variant(
                                        ID,
                                        "as meant",
                                        "No barrier in switch_mm() behind a kernel thread.",
                                        Change.SKIPS_AFTER_KTHREAD)
                                .holds(MemoryModel.values()))
                .variant(
                        faulty(
                                "as meant, nothing for mmdrop()",
                                "The same where kernel threads hold no references.",
                                Change.SKIPS_AFTER_KTHREAD,
                                Change.NO_MMDROP))
                .variant(
                        PowerpcSwitch.variant(
                                        ID,
                                        "as coded, nothing for mmdrop()",
                                        "Today's switch_mm() where they hold none.",
                                        Change.NO_MMDROP)
                                .holds(MemoryModel.values()))
                .variant(
                        faulty(
                                "no barrier behind mm_cpumask",
                                "The first time an mm is on a CPU, that barrier is all.",
                                Change.NO_BARRIER_FOR_CPUMASK))
                .variant(
                        faulty(
                                "no barrier in membarrier_arch_switch_mm()",
                                "As if the process had not registered.",
                                Change.NO_ARCH_BARRIER))
                .variant(PowerpcSwitch.reached(ID, PowerpcSwitch.FIRST_TIME))
                .variant(PowerpcSwitch.reached(ID, PowerpcSwitch.AGAIN))
                .variant(PowerpcSwitch.reached(ID, PowerpcSwitch.AFTER_KTHREAD))
                .build();
    }

    private static Variant faulty(String name, String text, Change... changes) {
        return PowerpcSwitch.variant(ID, name, text, changes)
                .holds(SC)
                .violated(TSO, PSO, ARMV8, RISCV);
    }
}
