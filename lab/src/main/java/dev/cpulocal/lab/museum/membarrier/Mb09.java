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

/** MB-09: the CPU of the caller. */
final class Mb09 {

    private static final String ID = "MB-09";

    private Mb09() {}

    static Exhibit exhibit() {
        return Exhibit.of(ID, "SYNC_CORE skipped the CPU of its caller", Area.MEMBARRIER)
                .kernels("4.16 to 5.9")
                .bounds("one call of membarrier(), one switch on the caller's CPU")
                .story(
                        """
                        membarrier() skips its own CPU, for it executes a barrier itself. For \
                        SYNC_CORE that is not enough: when the caller makes way for another thread \
                        of the process, the mm stays the same, nothing on the way serialises, and \
                        that thread runs on a CPU that was never synchronised. Leaving out a \
                        process with one thread has the same fault.\
                        """)
                .said(
                        "Andy Lutomirski",
                        "3 December 2020",
                        "[PATCH v3 4/4] membarrier: Execute SYNC_CORE on the calling thread;"
                                + " e45cdc71d1fa, Linux 5.10",
                        "If, at any point after membarrier() decides which CPUs to target, thread"
                                + " A could be preempted and replaced by thread B on CPU 0.  This"
                                + " could even happen on exit from the membarrier() syscall.  If"
                                + " this happens, thread B will end up running on CPU 0 without"
                                + " having synced.")
                .settled(
                        Outcome.CONFIRMED,
                        "caller skipped",
                        "The trace has it happen on exit from membarrier().")
                .said(
                        "Andy Lutomirski",
                        "3 December 2020",
                        "the same patch",
                        "In principle, this could be fixed by arranging for the scheduler to"
                                + " sync_core_before_usermode() whenever switching between two"
                                + " threads in the same mm if there is any possibility of a"
                                + " concurrent membarrier() call, but this would have considerable"
                                + " overhead.")
                .settled(
                        Outcome.CONFIRMED,
                        "caller skipped, every switch synchronises",
                        "It holds. What it costs is no question for the checker.")
                .reference(
                        variant("fixed", "Today's code: the caller's CPU is one of them.")
                                .holds(SC, TSO))
                .variant(
                        variant(
                                        "caller skipped",
                                        "The caller's CPU is left out.",
                                        Change.SKIPS_CALLER)
                                .violated(SC, TSO))
                .variant(
                        variant(
                                        "caller skipped, every switch synchronises",
                                        "The fix that was not chosen.",
                                        Change.SKIPS_CALLER,
                                        Change.ALWAYS_SYNC)
                                .holds(SC, TSO))
                .variant(reached(CoreSync.REPLACED))
                .build();
    }

    private static Variant variant(String name, String text, Change... changes) {
        return CoreSync.variant(ID, name, text, Arch.X86, changes);
    }

    private static Variant reached(String step) {
        return CoreSync.reached(ID, Arch.X86, step, SC, TSO);
    }
}
