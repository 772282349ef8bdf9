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

/** MB-08: an interrupt that synchronises nothing. */
final class Mb08 {

    private static final String ID = "MB-08";

    private Mb08() {}

    static Exhibit exhibit() {
        return Exhibit.of(
                        ID,
                        "SYNC_CORE relied on interrupts to synchronise the core",
                        Area.MEMBARRIER)
                .kernels("4.16 to 5.9")
                .bounds("one call of membarrier(), one system call, one interrupt")
                .story(
                        """
                        membarrier(SYNC_CORE) promises that no thread of the process runs code \
                        from before a modification. On the CPUs that it interrupted it executed \
                        smp_mb() and no more, and left the rest to IRET. But an interrupt can end \
                        in the scheduler, in another thread of the same process that was in a \
                        system call; that one returns by SYSRET, which serialises nothing, and \
                        runs what the CPU had fetched before.\
                        """)
                .said(
                        "Andy Lutomirski",
                        "3 December 2020",
                        "membarrier: Explicitly sync remote cores when SYNC_CORE is requested;"
                                + " 758c9373d841, Linux 5.10",
                        "While IRET does serialize, IPI return can schedule, thereby switching to"
                                + " another task in the same mm that was sleeping in a syscall."
                                + "  The new task could then SYSRET back to usermode without ever"
                                + " executing IRET.")
                .settled(
                        Outcome.CONFIRMED,
                        "smp_mb() only",
                        "The trace has these steps. No reordering is needed.")
                .history(
                        "Andy Lutomirski",
                        "3 December 2020",
                        "the same commit",
                        "The bug is of 70216e18e519, which brought the command.")
                .reference(
                        variant("fixed", "Today's code: ipi_sync_core() calls sync_core().")
                                .holds(SC, TSO))
                .variant(
                        variant(
                                        "smp_mb() only",
                                        "ipi_mb() for this command too.",
                                        Change.IPI_MB_ONLY)
                                .violated(SC, TSO))
                .variant(
                        variant(
                                        "smp_mb() only, no other thread",
                                        "The same where nobody else runs: IRET is enough.",
                                        Change.IPI_MB_ONLY,
                                        Change.NO_SWITCHES)
                                .holds(SC, TSO))
                .variant(reached(CoreSync.RESCHEDULED))
                .variant(reached(CoreSync.SENT))
                .build();
    }

    private static Variant variant(String name, String text, Change... changes) {
        return CoreSync.variant(ID, name, text, Arch.X86, changes);
    }

    private static Variant reached(String step) {
        return CoreSync.reached(ID, Arch.X86, step, SC, TSO);
    }
}
