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
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.membarrier.Kernel.Answer;

/** MB-03: the barrier at the start of membarrier(). */
final class Mb03 {

    private static final String ID = "MB-03";
    private static final Kernel NO_ENTRY = Kernel.TODAY.without(Barrier.ENTRY);

    private Mb03() {}

    static Exhibit exhibit() {
        return Exhibit.of(ID, "No barrier at the start of membarrier()", Area.MEMBARRIER)
                .kernels("none: the barrier was always there")
                .bounds("one call of membarrier(), one interrupt or one switch")
                .story(
                        """
                        What the caller wrote before membarrier() must be visible to a thread \
                        after membarrier() has interrupted it or found its CPU running something \
                        else. The caller's store can wait in its buffer while the interrupt is \
                        sent and handled, unless a barrier comes first: entering the kernel is \
                        none, nor has sending an interrupt to be one.\
                        """)
                .history(
                        "Mathieu Desnoyers",
                        "20 October 2020",
                        "sched: membarrier: document memory ordering scenarios; 25595eb6aaa9,"
                                + " Linux 5.11",
                        "Scenario A of the comment in kernel/sched/membarrier.c, from which the"
                                + " names here are.")
                .derived(
                        "Where the request is queued by a fully ordered atomic instruction, as the"
                                + " kernel does, that instruction is the barrier: \"interrupted,"
                                + " none, IPI queued in memory\" holds under TSO, and not where"
                                + " such an instruction is an acquire and a release.")
                .reference(
                        Play.variant(
                                        ID,
                                        "fixed",
                                        "Today's code: the thread runs and is interrupted.",
                                        Kernel.TODAY,
                                        Scene.A)
                                .holds(MemoryModel.values()))
                .variant(without("interrupted, none", "The thread is interrupted.", Scene.A))
                .variant(
                        without(
                                "skipped, none",
                                "The thread comes back after a kernel thread.",
                                Scene.C_FROM_KTHREAD))
                .variant(
                        Play.variant(
                                        ID,
                                        "interrupted, none, IPI queued in memory",
                                        "The request is queued by an exchange.",
                                        NO_ENTRY.answering(Answer.ORDERED),
                                        Scene.A)
                                .holds(SC, TSO, PSO)
                                .violated(ARMV8, RISCV))
                .variant(
                        Play.variant(
                                        ID,
                                        "none in the interrupt",
                                        "ipi_mb() without smp_mb(): the thread's store waits.",
                                        Kernel.TODAY.without(Barrier.IPI),
                                        Scene.A)
                                .holds(SC)
                                .violated(TSO, PSO, ARMV8, RISCV))
                .variant(Play.reached(ID, Expedited.SENT, Scene.A))
                .build();
    }

    private static Variant without(String name, String text, Scene scene) {
        return Play.variant(ID, name, text, NO_ENTRY, scene)
                .holds(SC)
                .violated(TSO, PSO, ARMV8, RISCV);
    }
}
