// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.membarrier;

import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.membarrier.CoreSync.Arch;
import dev.cpulocal.lab.museum.membarrier.CoreSync.Change;

/** MB-10: from an interrupt to user mode without IRET. */
final class Mb10 {

    private static final String ID = "MB-10";

    private Mb10() {}

    static Exhibit exhibit() {
        return Exhibit.of(
                        ID,
                        "sync_core_before_usermode() did nothing in interrupts",
                        Area.MEMBARRIER)
                .kernels("none: 4.16 to 5.9 had it, and nobody called it in an interrupt")
                .bounds("one call of membarrier(), one system call, one interrupt")
                .story(
                        """
                        sync_core_before_usermode() returned at once in an interrupt, since IRET \
                        was to follow. It need not: the interrupt can end in another thread of the \
                        same mm. Nobody called it in an interrupt, until the fix of MB-08 did; \
                        without this one that fix would have been void.\
                        """)
                .said(
                        "Andy Lutomirski",
                        "3 December 2020",
                        "[PATCH v3 1/4] x86/membarrier: Get rid of a dubious optimization;"
                                + " a493d1ca1a03, Linux 5.10",
                        "sync_core_before_usermode() had an incorrect optimization.  If we're in"
                                + " an IRQ, we can get to usermode without IRET -- we just have to"
                                + " schedule to a different task in the same mm and do SYSRET.")
                .settled(
                        Outcome.CONFIRMED,
                        "not in interrupts",
                        "The trace is that of MB-08, with the call that returns at once.")
                .history(
                        "Andy Lutomirski",
                        "8 December 2020",
                        "Re: [PATCH v3 1/4] x86/membarrier: Get rid of a dubious optimization",
                        "The optimization is of ac1ab12a3e6e.")
                .reference(
                        variant("fixed", "Today's code: it always calls sync_core().")
                                .holds(SC, TSO))
                .variant(
                        variant(
                                        "not in interrupts",
                                        "MB-08 fixed, and this not.",
                                        Change.NOT_IN_IRQ)
                                .violated(SC, TSO))
                .variant(
                        variant(
                                        "not in interrupts, no other thread",
                                        "Where nobody else runs, the optimization is right.",
                                        Change.NOT_IN_IRQ,
                                        Change.NO_SWITCHES)
                                .holds(SC, TSO))
                .variant(reached(CoreSync.RESCHEDULED))
                .build();
    }

    private static Variant variant(String name, String text, Change... changes) {
        return CoreSync.variant(ID, name, text, Arch.X86, changes);
    }

    private static Variant reached(String step) {
        return CoreSync.reached(ID, Arch.X86, step, SC, TSO);
    }
}
