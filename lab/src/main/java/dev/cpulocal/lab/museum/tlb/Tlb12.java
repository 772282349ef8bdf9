// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.tlb;

import static dev.cpulocal.lab.MemoryModel.ARMV8;
import static dev.cpulocal.lab.MemoryModel.PSO;
import static dev.cpulocal.lab.MemoryModel.RISCV;
import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Never;

/** TLB-12: an interrupt does what the interrupted code is doing. */
final class Tlb12 {

    private Tlb12() {}

    static Exhibit exhibit() {
        return Exhibit.of("TLB-12", "Leaving a lazy mm twice", Area.TLB)
                .kernels("until 6.3, powerpc")
                .bounds("one kernel thread that leaves, one interrupt")
                .story(
                        """
                        On powerpc a kernel thread that tears down an mm which it has loaded \
                        lazily leaves it first: it takes a reference to init_mm, stores active_mm, \
                        switches, and drops its reference. It had interrupts enabled. The \
                        interrupt of a flush of the same mm does the same; in between, it still \
                        finds the old active_mm, and the reference is dropped twice.\
                        """)
                .history(
                        "Nicholas Piggin",
                        "2023",
                        "dfaed3e1fa70, Linux 6.4",
                        "Reported by Sachin Sant. The caller disables interrupts.")
                .reference(
                        variant(true, "fixed", "Interrupts are disabled.")
                                .holds(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        variant(false, "interrupts enabled", "As it was.")
                                .violated(SC, TSO, PSO, ARMV8, RISCV))
                .variant(reached(LeaveLazy.INTERRUPT_LEAVES))
                .build();
    }

    private static Variant variant(boolean irqsOff, String name, String text) {
        return Variant.of(name, text, LeaveLazy.model("TLB-12 " + name, irqsOff, Never.NOTHING));
    }

    private static Variant reached(String step) {
        String name = Exhibit.REACHED + step;
        return Variant.of(
                        name,
                        "The fixed code, said never to do this.",
                        LeaveLazy.model("TLB-12 " + name, true, new Never(step)))
                .violated(SC, TSO, PSO, ARMV8, RISCV);
    }
}
