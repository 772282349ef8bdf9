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
import dev.cpulocal.lab.museum.membarrier.Kernel.Answer;

/** MB-02: the barrier at the end of membarrier(), and its partner. */
final class Mb02 {

    private static final String ID = "MB-02";
    private static final String THREAD =
            "RFC PATCH 4/7, x86: use exit_lazy_tlb rather than"
                    + " membarrier_mm_sync_core_before_usermode, linuxppc-dev";
    private static final Kernel NO_EXIT = Kernel.TODAY.without(Barrier.EXIT);

    private Mb02() {}

    static Exhibit exhibit() {
        return Exhibit.of(
                        ID,
                        "No barrier at the end of membarrier(), or none at the start of"
                                + " __schedule()",
                        Area.MEMBARRIER)
                .kernels("none: both barriers were always there")
                .bounds("one call of membarrier(), one switch or one interrupt")
                .story(
                        """
                        What a thread wrote before membarrier() interrupted or skipped its CPU \
                        must be visible once membarrier() has returned. The thread's CPU makes it \
                        visible before it stores rq->curr = kthread, by the barrier at the start \
                        of __schedule(); the caller that sees the kernel thread must not have read \
                        it before, which takes a barrier after. Without either one the caller sees \
                        the thread's second write and misses its first.\
                        """)
                .said(
                        "Mathieu Desnoyers",
                        "17 July 2020",
                        THREAD,
                        "I'm still trying to wrap my head around why the memory barrier at the end"
                                + " of membarrier() needs to be paired with a scheduler barrier"
                                + " though.")
                .settled(
                        Outcome.CONFIRMED,
                        "none in __schedule()",
                        "It needs to be: where the CPU is skipped, the barrier before rq->curr is"
                                + " stored is the only one that can stand on the other side.")
                .said(
                        "Alan Stern",
                        "17 July 2020",
                        THREAD,
                        "Once again, it is possible that x = 1 doesn't become visible to CPU0"
                                + " until shortly before b.  But if c is omitted then \"r1 = x\""
                                + " can be reordered before b (to any time after a), so we can"
                                + " have r1 = 0.")
                .settled(
                        Outcome.CONFIRMED,
                        "none at the end",
                        "Where loads are reordered: under ARMv8 and RISC-V, not under TSO or PSO.")
                .said(
                        "Alan Stern",
                        "17 July 2020",
                        THREAD,
                        "If the memory barrier at c is omitted then \"r1 = x\" can be reordered"
                                + " before b (although not before a), so we get r1 = 0.")
                .settled(
                        Outcome.DEPENDS,
                        "none at the end, IPI answered by a plain store",
                        "This is of a CPU that is interrupted. It is right if the answer is"
                                + " awaited by plain loads, and wrong if the answer is a release"
                                + " and awaited by an acquire: \"none at the end, IPI answered in"
                                + " order\" holds.")
                .derived(
                        "So behind an interrupt the barrier at the end adds nothing to"
                                + " csd_lock_wait(), if that acquires; it is the CPUs that are"
                                + " skipped for which it is needed.")
                .reference(
                        variant(
                                        "fixed",
                                        "Today's code: the thread makes way for a kernel thread.",
                                        Kernel.TODAY,
                                        Scene.C_TO_KTHREAD)
                                .holds(MemoryModel.values()))
                .variant(
                        variant(
                                        "none at the end",
                                        "membarrier() without its last barrier.",
                                        NO_EXIT,
                                        Scene.C_TO_KTHREAD)
                                .holds(SC, TSO, PSO)
                                .violated(ARMV8, RISCV))
                .variant(
                        variant(
                                        "none in __schedule()",
                                        "__schedule() without smp_mb__after_spinlock(): the"
                                                + " thread's stores leave in any order.",
                                        Kernel.TODAY.without(Barrier.BEFORE_CURR),
                                        Scene.C_TO_KTHREAD)
                                .holds(SC, TSO)
                                .violated(PSO, ARMV8, RISCV))
                .variant(
                        interrupted(
                                        "fixed, IPI answered by a plain store",
                                        Kernel.TODAY,
                                        Answer.PLAIN)
                                .holds(MemoryModel.values()))
                .variant(
                        interrupted(
                                        "none at the end, IPI answered by a plain store",
                                        NO_EXIT,
                                        Answer.PLAIN)
                                .holds(SC, TSO, PSO)
                                .violated(ARMV8, RISCV))
                .variant(
                        interrupted(
                                        "none at the end, IPI answered in order",
                                        NO_EXIT,
                                        Answer.ORDERED)
                                .holds(MemoryModel.values()))
                .variant(Play.reached(ID, Expedited.SKIPPED, Scene.C_TO_KTHREAD))
                .variant(Play.reached(ID, Expedited.SENT, Scene.C_TO_KTHREAD))
                .build();
    }

    private static Variant variant(String name, String text, Kernel kernel, Scene scene) {
        return Play.variant(ID, name, text, kernel, scene);
    }

    private static Variant interrupted(String name, Kernel kernel, Answer answer) {
        return variant(
                name,
                "The thread runs all the time and is interrupted.",
                kernel.answering(answer),
                Scene.B);
    }
}
