// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.membarrier;

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

/** MB-15: kernel threads that use the mm of a process. */
final class Mb15 {

    private static final String ID = "MB-15";
    private static final String THREAD =
            "RFC PATCH 4/7, x86: use exit_lazy_tlb rather than"
                    + " membarrier_mm_sync_core_before_usermode, linuxppc-dev";

    private Mb15() {}

    static Exhibit exhibit() {
        return Exhibit.of(
                        ID,
                        "Kernel threads that use a process's mm are not covered",
                        Area.MEMBARRIER)
                .kernels("5.4 to 5.10, for the global command; 4.14 to 5.10 without the barriers")
                .bounds("one call of membarrier(), one kthread_use_mm() or kthread_unuse_mm()")
                .story(
                        """
                        A kernel thread can take a process's mm by kthread_use_mm(), and read and \
                        write its memory. The global expedited command skipped every kernel \
                        thread, by PF_KTHREAD; the private one looked at its mm, but \
                        kthread_use_mm() and kthread_unuse_mm() had no barriers between the store \
                        to mm and what the kernel thread does with it. In either case membarrier() \
                        returns while accesses of the kernel thread are not ordered.\
                        """)
                .said(
                        "Mathieu Desnoyers",
                        "20 July 2020",
                        THREAD,
                        "So as far as membarrier memory ordering dependencies are concerned, it"
                                + " relies on the store-release/load-acquire dependency chain in"
                                + " the completion queue to order against anything that was done"
                                + " prior to the completed requests.")
                .settled(
                        Outcome.DEPENDS,
                        "PF_KTHREAD, giving back, release and acquire",
                        "A writer that releases and a reader that acquires need no membarrier():"
                                + " this holds although the kernel thread is skipped. Without"
                                + " them, as in \"PF_KTHREAD, giving back\", it does not.")
                .said(
                        "Nicholas Piggin",
                        "21 July 2020",
                        THREAD,
                        "I think the concern Andy raised with io_uring was less a specific problem"
                                + " he saw and more a general concern that we have these memory"
                                + " accesses which are not synchronized with membarrier.")
                .settled(
                        Outcome.CONFIRMED,
                        "PF_KTHREAD, taking",
                        "A kernel thread that is skipped while it uses the mm is not ordered, from"
                                + " TSO on.")
                .said(
                        "Peter Zijlstra",
                        "21 July 2020",
                        THREAD,
                        "But I've been unable to find the reason the 'p->mm' test changed into"
                                + " '!(p->flags & PF_KTHREAD)'.")
                .history(
                        "Mathieu Desnoyers",
                        "20 October 2020",
                        "sched: membarrier: cover kthread_use_mm (v4); 618758ed3a4f, Linux 5.11",
                        "Adds the barriers, and goes back to the test of mm. Scenario E of the"
                                + " comment in membarrier.c.")
                .reference(
                        taking("fixed", "Today's code: it takes the mm.", Kernel.TODAY)
                                .holds(MemoryModel.values()))
                .variant(
                        taking(
                                        "PF_KTHREAD, taking",
                                        "Kernel threads are skipped whatever their mm.",
                                        Kernel.TODAY.skippingKthreads())
                                .holds(SC)
                                .violated(TSO, PSO, ARMV8, RISCV))
                .variant(
                        taking(
                                        "no barrier, taking",
                                        "kthread_use_mm() as it was: the store to mm waits.",
                                        Kernel.TODAY.without(Barrier.USE_MM))
                                .holds(SC)
                                .violated(TSO, PSO, ARMV8, RISCV))
                .variant(
                        giving(
                                        "fixed, giving back",
                                        "Today's code: it gives it back.",
                                        Kernel.TODAY)
                                .holds(MemoryModel.values()))
                .variant(
                        giving(
                                        "no barrier, giving back",
                                        "kthread_unuse_mm() as it was.",
                                        Kernel.TODAY.without(Barrier.UNUSE_MM))
                                .holds(SC, TSO)
                                .violated(PSO, ARMV8, RISCV))
                .variant(
                        giving(
                                        "PF_KTHREAD, giving back",
                                        "Kernel threads are skipped whatever their mm.",
                                        Kernel.TODAY.skippingKthreads())
                                .holds(SC, TSO)
                                .violated(PSO, ARMV8, RISCV))
                .variant(
                        Play.variant(
                                        ID,
                                        "PF_KTHREAD, giving back, release and acquire",
                                        "The same, with y the tail of a completion queue.",
                                        Kernel.TODAY.skippingKthreads(),
                                        Scene.RING)
                                .holds(MemoryModel.values()))
                .variant(Play.reached(ID, Expedited.SENT, Scene.E_USE))
                .variant(Play.reached(ID, Expedited.SKIPPED, Scene.E_UNUSE))
                .build();
    }

    private static Variant taking(String name, String text, Kernel kernel) {
        return Play.variant(ID, name, text, kernel, Scene.E_USE);
    }

    private static Variant giving(String name, String text, Kernel kernel) {
        return Play.variant(ID, name, text, kernel, Scene.E_UNUSE);
    }
}
