// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.tlb;

import static dev.cpulocal.lab.MemoryModel.ARMV8;
import static dev.cpulocal.lab.MemoryModel.PSO;
import static dev.cpulocal.lab.MemoryModel.RISCV;
import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.tlb.ExecMmap.IrqsOff;

/** TLB-10: exec changes active_mm while the scheduler and a flush look at it. */
final class Tlb10 {

    private static final String FIX =
            "d53c3dfb23c4, mm: fix exec activate_mm vs TLB shootdown and lazy tlb switching race,"
                    + " Linux 5.10";

    private Tlb10() {}

    static Exhibit exhibit() {
        return Exhibit.of("TLB-10", "exec(): active_mm changes in steps", Area.TLB)
                .kernels("until 5.9")
                .bounds("one exec() in a kernel thread, preempted at most once; one flush")
                .story(
                        """
                        A kernel thread that becomes a user process reads active_mm, stores the \
                        new one, switches to it, and drops the reference to the old one. If it is \
                        preempted behind the read, the scheduler drops that reference itself and \
                        later takes one to another mm: the first mm is dropped twice, the other \
                        never. And a flush that comes between the store and the switch takes the \
                        old mm for one that is not loaded, although it is.\
                        """)
                .said(
                        "Nicholas Piggin",
                        "14 September 2020",
                        FIX,
                        "If we switch back to the kernel thread from a different mm, there is a"
                                + " double free of the old active_mm, and a missing free of the new"
                                + " one.")
                .settled(
                        Outcome.CONFIRMED,
                        "5.9, preempted",
                        "The second mmdrop() takes the reference of process 0 itself.")
                .said(
                        "Nicholas Piggin",
                        "14 September 2020",
                        FIX,
                        "Closing this race only requires interrupts to be disabled while ->mm and"
                                + " ->active_mm are being switched, but the TLB problem requires"
                                + " also holding interrupts off over activate_mm.")
                .settled(
                        Outcome.CONFIRMED,
                        "first step, flushed",
                        "With interrupts enabled again before activate_mm(), the references are"
                                + "right (\"first step, preempted\"), and the"
                                + " flush still goes wrong.")
                .derived(
                        "What the flush can do in the model, to leave a freed page table in reach,"
                                + " is ours; the commit says that the problem is like that of"
                                + " kthread_use_mm(), TLB-09.")
                .reference(
                        variant(
                                        IrqsOff.ALL,
                                        "fixed",
                                        "Interrupts are disabled until activate_mm() is done.")
                                .holds(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        preempted(
                                        IrqsOff.NOWHERE,
                                        "5.9, preempted",
                                        "Interrupts are enabled throughout. Nobody flushes.")
                                .violated(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        variant(
                                        IrqsOff.NOWHERE,
                                        "5.9, flushed",
                                        "Interrupts are enabled throughout.")
                                .violated(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        variant(
                                        IrqsOff.UPDATE,
                                        "first step, flushed",
                                        "Where activate_mm() cannot run with interrupts disabled:"
                                                + " not over it.")
                                .violated(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        preempted(
                                        IrqsOff.UPDATE,
                                        "first step, preempted",
                                        "The same, and nobody flushes.")
                                .holds(SC, TSO, PSO, ARMV8, RISCV))
                .variant(reached(ExecMmap.PREEMPTED))
                .variant(reached(ExecMmap.SKIPPED))
                .build();
    }

    private static Variant variant(IrqsOff irqsOff, String name, String text) {
        return Variant.of(
                name, text, ExecMmap.model("TLB-10 " + name, irqsOff, true, Never.NOTHING));
    }

    private static Variant preempted(IrqsOff irqsOff, String name, String text) {
        return Variant.of(
                name, text, ExecMmap.model("TLB-10 " + name, irqsOff, false, Never.NOTHING));
    }

    private static Variant reached(String step) {
        String name = Exhibit.REACHED + step;
        return Variant.of(
                        name,
                        "The fixed code, said never to do this.",
                        ExecMmap.model("TLB-10 " + name, IrqsOff.ALL, true, new Never(step)))
                .violated(SC, TSO, PSO, ARMV8, RISCV);
    }
}
