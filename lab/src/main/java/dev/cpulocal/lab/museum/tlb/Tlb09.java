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
import dev.cpulocal.lab.museum.tlb.UseMm.Order;

/** TLB-09: a flush that comes between active_mm and the switch. */
final class Tlb09 {

    private static final String FIX =
            "38cf307c1f20, mm: fix kthread_use_mm() vs TLB invalidate, Linux 5.9";

    private Tlb09() {}

    static Exhibit exhibit() {
        return Exhibit.of(
                        "TLB-09",
                        "kthread_use_mm(): a flush of the mm that is not loaded yet",
                        Area.TLB)
                .kernels("until 5.8")
                .bounds("one page moved once, one call of kthread_use_mm()")
                .story(
                        """
                        A kernel thread that begins to use an mm stores active_mm and then \
                        switches the hardware context, with interrupts enabled. On some \
                        architectures the interrupt that flushes an mm looks at active_mm. If it \
                        comes in between, it believes that the mm is loaded and flushes what is \
                        loaded: the context of another mm. The request is used up, and the thread \
                        goes on with translations of its mm that are old.\
                        """)
                .said(
                        "Peter Zijlstra",
                        "August 2020",
                        FIX,
                        "Where it is possible the IPI flushed the TLBs for @old_mm, not"
                                + " @mm, because"
                                + " the IPI lands before we actually switched.")
                .settled(
                        Outcome.CONFIRMED,
                        "active_mm first",
                        "The interrupt comes between the two, and the old translation stays.")
                .said(
                        "Peter Zijlstra",
                        "August 2020",
                        FIX,
                        "Avoid this by disabling IRQs across changing ->active_mm and switch_mm().")
                .settled(
                        Outcome.CONFIRMED,
                        "fixed",
                        "With interrupts disabled the handler sees both old or both new.")
                .history(
                        "Andy Lutomirski",
                        "July 2020",
                        FIX,
                        "Reported it. Alpha, IA64 and Xtensa are named as suspects; x86 does not"
                                + " look at active_mm.")
                .derived(
                        "The order is not the point: the other way round, the handler takes the"
                                + " context away from an mm that is loaded.")
                .reference(all(Order.FIXED, "fixed", "Interrupts are disabled over both.", true))
                .variant(
                        all(
                                Order.ACTIVE_MM_FIRST,
                                "active_mm first",
                                "As it was: interrupts are enabled in between.",
                                false))
                .variant(
                        all(
                                Order.CONTEXT_FIRST,
                                "context first",
                                "The other order, with interrupts enabled in between.",
                                false))
                .variant(reached(UseMm.FLUSHED))
                .variant(reached(UseMm.DROPPED))
                .build();
    }

    private static Variant all(Order order, String name, String text, boolean holds) {
        Variant variant =
                Variant.of(name, text, UseMm.model("TLB-09 " + name, order, Never.NOTHING));
        return holds
                ? variant.holds(SC, TSO, PSO, ARMV8, RISCV)
                : variant.violated(SC, TSO, PSO, ARMV8, RISCV);
    }

    private static Variant reached(String step) {
        String name = Exhibit.REACHED + step;
        return Variant.of(
                        name,
                        "The fixed code, said never to do this.",
                        UseMm.model("TLB-09 " + name, Order.FIXED, new Never(step)))
                .violated(SC, TSO, PSO, ARMV8, RISCV);
    }
}
