// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.membarrier;

import static dev.cpulocal.lab.MemoryModel.ARMV8;
import static dev.cpulocal.lab.MemoryModel.PSO;
import static dev.cpulocal.lab.MemoryModel.RISCV;
import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.membarrier.GlobalExpedited.Change;

/** MB-06: the one CPU that was not told. */
final class Mb06 {

    private static final String ID = "MB-06";

    private Mb06() {}

    static Exhibit exhibit() {
        return Exhibit.of(
                        ID,
                        "Registering does not refresh the run queue of its own CPU",
                        Area.MEMBARRIER)
                .kernels("5.4 to 5.11")
                .bounds("one registration, one call of membarrier(), one switch, one exit")
                .story(
                        """
                        Registering for the global command refreshes the copy of the state in the \
                        run queues of all CPUs that run the process, by an interrupt. \
                        smp_call_function_many() never interrupts the CPU that calls it, so the \
                        run queue of the thread that registers keeps the old copy. Until that CPU \
                        next switches to another mm and back, membarrier(GLOBAL_EXPEDITED) skips \
                        it.\
                        """)
                .history(
                        "Mathieu Desnoyers",
                        "2021",
                        "sched/membarrier: fix missing local execution of ipi_sync_rq_state();"
                                + " ce29ddc47b91, Linux 5.12",
                        "Found by Nadav Amit. The fix is on_each_cpu_mask(). The bug is of"
                                + " 227a4aadc75b.")
                .derived(
                        "synchronize_rcu() may let another process run and come back, which"
                                + " refreshes the copy: \"own CPU skipped, switched between\""
                                + " holds.")
                .derived(
                        "The other half of the invariant is of the scheduler (B6): it refreshes the"
                                + " copy at each switch of the mm, before the barrier that follows"
                                + " rq->curr. Two variants do without, or too late.")
                .reference(
                        GlobalExpedited.variant(ID, "fixed", "Today's code: its own CPU too.")
                                .holds(MemoryModel.values()))
                .variant(
                        GlobalExpedited.variant(
                                        ID,
                                        "own CPU skipped",
                                        "As it was: I1 is broken at once.",
                                        Change.SKIPS_SELF)
                                .violated(MemoryModel.values()))
                .variant(
                        GlobalExpedited.variant(
                                        ID,
                                        "own CPU skipped, as programs see it",
                                        "The same, asking only for what membarrier() promises.",
                                        Change.SKIPS_SELF,
                                        Change.OUTCOME_ONLY)
                                .holds(SC)
                                .violated(TSO, PSO, ARMV8, RISCV))
                .variant(
                        GlobalExpedited.variant(
                                        ID,
                                        "own CPU skipped, switched between",
                                        "Another process runs while the thread waits.",
                                        Change.SKIPS_SELF,
                                        Change.SWITCHED_BETWEEN)
                                .holds(MemoryModel.values()))
                .variant(
                        GlobalExpedited.variant(
                                        ID,
                                        "switch does not refresh",
                                        "The other half, B6: membarrier_switch_mm() is gone.",
                                        Change.NO_REFRESH_AT_SWITCH)
                                .violated(MemoryModel.values()))
                .variant(
                        GlobalExpedited.variant(
                                        ID,
                                        "switch refreshes after its barrier",
                                        "membarrier_switch_mm() behind switch_mm().",
                                        Change.REFRESH_AFTER_BARRIER)
                                .holds(SC)
                                .violated(TSO, PSO, ARMV8, RISCV))
                .variant(
                        GlobalExpedited.variant(
                                        ID,
                                        "switch refreshes after its barrier, as programs see it",
                                        "The same, asking only for what membarrier() promises.",
                                        Change.REFRESH_AFTER_BARRIER,
                                        Change.OUTCOME_ONLY)
                                .holds(SC)
                                .violated(TSO, PSO, ARMV8, RISCV))
                .variant(GlobalExpedited.reached(ID, GlobalExpedited.SENT))
                .build();
    }
}
