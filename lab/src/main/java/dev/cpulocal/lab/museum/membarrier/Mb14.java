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

/** MB-14: a thread that gives up its mm. */
final class Mb14 {

    private static final String ID = "MB-14";

    private Mb14() {}

    static Exhibit exhibit() {
        return Exhibit.of(ID, "exit_mm() makes a thread invisible too early", Area.MEMBARRIER)
                .kernels("4.14 to 5.10")
                .bounds("one call of membarrier(), one exit or exec()")
                .story(
                        """
                        A thread of another thread group that shares the mm writes, exits, and \
                        sets its mm to NULL. membarrier() sees NULL and skips its CPU. Nothing \
                        ordered the writes before the store of NULL, so the caller could return \
                        and still miss them, where a CPU lets stores overtake each other.\
                        """)
                .history(
                        "Mathieu Desnoyers",
                        "20 October 2020",
                        "sched: fix exit_mm vs membarrier (v4); 5bc78502322a, Linux 5.11",
                        "Adds the barrier. Peter Zijlstra, Alan Stern and Boqun Feng reviewed it."
                                + " Scenario D of the comment in membarrier.c.")
                .derived(
                        "exec() gives up the mm too. Its barrier is older, of 227a4aadc75b, and"
                                + " needed for the same reason; the variant \"exec, no barrier\""
                                + " removes it.")
                .reference(
                        Play.variant(
                                        ID,
                                        "fixed",
                                        "Today's code: the thread exits.",
                                        Kernel.TODAY,
                                        Scene.D_EXIT)
                                .holds(MemoryModel.values()))
                .variant(
                        Play.variant(
                                        ID,
                                        "no barrier",
                                        "exit_mm() as it was.",
                                        Kernel.TODAY.without(Barrier.EXIT_MM),
                                        Scene.D_EXIT)
                                .holds(SC, TSO)
                                .violated(PSO, ARMV8, RISCV))
                .variant(
                        Play.variant(
                                        ID,
                                        "none at the end of membarrier()",
                                        "Its partner is missing.",
                                        Kernel.TODAY.without(Barrier.EXIT),
                                        Scene.D_EXIT)
                                .holds(SC, TSO, PSO)
                                .violated(ARMV8, RISCV))
                .variant(
                        Play.variant(
                                        ID,
                                        "exec, fixed",
                                        "Today's code: the thread calls exec().",
                                        Kernel.TODAY,
                                        Scene.D_EXEC)
                                .holds(MemoryModel.values()))
                .variant(
                        Play.variant(
                                        ID,
                                        "exec, no barrier",
                                        "membarrier_exec_mmap() without its barrier.",
                                        Kernel.TODAY.without(Barrier.EXEC),
                                        Scene.D_EXEC)
                                .holds(SC, TSO)
                                .violated(PSO, ARMV8, RISCV))
                .variant(Play.reached(ID, Expedited.SKIPPED, Scene.D_EXIT))
                .build();
    }
}
