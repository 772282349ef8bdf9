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

/** MB-11: when the scheduler has to synchronise the core. */
final class Mb11 {

    private static final String ID = "MB-11";
    private static final String THREAD =
            "[RFC v2 1/2] [NEEDS HELP] x86/mm: Handle unlazying membarrier core sync in the arch"
                    + " code";

    private Mb11() {}

    static Exhibit exhibit() {
        return Exhibit.of(
                        ID,
                        "Whether the scheduler has to synchronise the core for the same mm",
                        Area.MEMBARRIER)
                .kernels("none: the code was right, and its reasons were in doubt")
                .bounds("one call of membarrier(), one switch to a kernel thread and back")
                .story(
                        """
                        A switch of the mm writes CR3, which serialises. A switch between threads \
                        of one mm does not, and need not: rq->curr->mm is the mm all the time, so \
                        the interrupt comes. The case between is a kernel thread, which keeps the \
                        mm loaded while rq->curr->mm is NULL: membarrier() skips the CPU, and on \
                        the way back only the scheduler's explicit sync_core(), where current->mm \
                        is rq->prev_mm, is left.\
                        """)
                .history(
                        "Mathieu Desnoyers",
                        "19 September 2019",
                        "sched/membarrier: Call sync_core only before usermode for same mm;"
                                + " 2840cf02fae6, Linux 5.4",
                        "The commit with the test of current->mm against rq->prev_mm.")
                .said(
                        "Andy Lutomirski",
                        "4 December 2020",
                        THREAD,
                        "With the old code, if a CPU is running a membarrier-registered task, goes"
                                + " idle, gets unlazied via a TLB shootdown IPI, and switches back"
                                + " to the membarrier-registered task, it will do an unnecessary"
                                + " core sync.")
                .settled(
                        Outcome.CONFIRMED,
                        "synchronised at every switch",
                        "To synchronise more often than needed is always safe; this variant does"
                                + " so at every switch of threads.")
                .said(
                        "Mathieu Desnoyers",
                        "4 December 2020",
                        THREAD,
                        "If the scheduler switches from one thread to another which both have the"
                                + " same mm, it means cpu_rq(cpu)->curr->mm is invariant, even"
                                + " though ->curr changes. So there is no need to issue a memory"
                                + " barrier or sync core for membarrier in this case, because"
                                + " there is no way the IPI can be missed.")
                .settled(
                        Outcome.CONFIRMED,
                        "fixed",
                        "Today's code switches from thread 1 to thread 2 without either, and"
                                + " holds.")
                .said(
                        "Mathieu Desnoyers",
                        "4 December 2020",
                        THREAD,
                        "I wonder if that membarrier_mm_sync_core_before_usermode is needed at all"
                                + " then or if we have just been too careful and did not consider"
                                + " that all the scenarios which need to be core-sync'd are indeed"
                                + " taken care of ?")
                .settled(
                        Outcome.REFUTED,
                        "never synchronised",
                        "It is needed behind a kernel thread, as he suspects in the next"
                                + " paragraph.")
                .derived(
                        "sync_core() stands before mmdrop() in finish_task_switch(), so after the"
                                + " store to rq->curr and before its barrier. That is right"
                                + " because a serialising instruction drains the store buffer; the"
                                + " variant \"store buffer not drained\" has one that does not,"
                                + " and fails under TSO.")
                .reference(
                        variant("fixed", "Today's code: if current->mm is rq->prev_mm.")
                                .holds(SC, TSO))
                .variant(
                        variant("never synchronised", "No sync_core() there.", Change.NO_LAZY_SYNC)
                                .violated(SC, TSO))
                .variant(
                        variant(
                                        "decided by the task before",
                                        "If current->mm is prev->mm, which is NULL behind a kernel"
                                                + " thread.",
                                        Change.LAZY_BY_PREV)
                                .violated(SC, TSO))
                .variant(
                        variant(
                                        "store buffer not drained",
                                        "sync_core() and IRET leave stores in the buffer.",
                                        Change.NO_DRAIN)
                                .holds(SC)
                                .violated(TSO))
                .variant(
                        variant(
                                        "synchronised at every switch",
                                        "Between threads of one mm too.",
                                        Change.ALWAYS_SYNC)
                                .holds(SC, TSO))
                .variant(reached(CoreSync.SKIPPED))
                .build();
    }

    private static Variant variant(String name, String text, Change... changes) {
        return CoreSync.variant(ID, name, text, Arch.X86, changes);
    }

    private static Variant reached(String step) {
        return CoreSync.reached(ID, Arch.X86, step, SC, TSO);
    }
}
