// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rseq;

import static dev.cpulocal.lab.MemoryModel.ARMV8;
import static dev.cpulocal.lab.MemoryModel.PSO;
import static dev.cpulocal.lab.MemoryModel.RISCV;
import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Variants;
import dev.cpulocal.lab.museum.rseq.NotifyResume.ReadAndClear;

/** RS-03: an event that comes between reading and clearing the mask of events. */
final class Rs03 {

    private static final Variants<ReadAndClear> VARIANTS =
            new Variants<>("RS-03", FencedThread::new);

    private Rs03() {}

    static Exhibit exhibit() {
        return Exhibit.of(
                        "RS-03",
                        "membarrier() fences a sequence while its events are cleared",
                        Area.RSEQ)
                .kernels("5.10 to 6.17")
                .bounds("one call of membarrier(), one other interrupt, any number of restarts")
                .story(
                        """
                        On the way to user mode the kernel read a thread's mask of events and then cleared it, with preemption disabled and \
                        interrupts enabled. membarrier(PRIVATE_EXPEDITED_RSEQ) sets a bit of the mask from an interrupt. If that comes \
                        between the two lines, the bit is lost: membarrier() returns, the section that it should have restarted goes on, \
                        and uses what the caller takes for unused.\
                        """)
                .history(
                        "Thomas Gleixner",
                        "2025",
                        "rseq: Protect event mask against membarrier IPI; 6eb350a22331, Linux 6.18 and stable",
                        "Interrupts are disabled while the mask is read and cleared. The bug is of 2a36ab717e8f, Linux 5.10, which added the command.")
                .derived(
                        "The event is lost where the mask is read as 0: the way to user mode was taken for another reason than an event."
                                + " Where it is read as something else, the section is restarted anyway.")
                .reference(
                        VARIANTS.of(
                                        "fixed",
                                        "Interrupts are disabled while the mask is read and"
                                                + " cleared.",
                                        ReadAndClear.IRQS_OFF)
                                .holds(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        VARIANTS.of(
                                        "interrupts enabled",
                                        "Only preemption is disabled: the interrupt can come"
                                                + " between.",
                                        ReadAndClear.PREEMPT_OFF)
                                .violated(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        VARIANTS.of(
                                        "read bits cleared",
                                        "Not all bits are cleared, but those that were read; this"
                                                + " takes another read, and a write.",
                                        ReadAndClear.AND_NOT)
                                .violated(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        VARIANTS.of(
                                        "exchanged",
                                        "An atomic instruction reads and clears.",
                                        ReadAndClear.EXCHANGE)
                                .holds(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        VARIANTS.reached(NotifyResume.RESTARTED, ReadAndClear.IRQS_OFF)
                                .violated(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        VARIANTS.reached(FencedThread.IN_KERNEL, ReadAndClear.IRQS_OFF)
                                .violated(SC, TSO, PSO, ARMV8, RISCV))
                .build();
    }
}
