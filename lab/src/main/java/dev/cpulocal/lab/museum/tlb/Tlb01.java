// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.tlb;

import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.tlb.EarlySwitch.Order;

/** TLB-01: the page table, mm_cpumask, and no barrier between them. CVE-2016-2069. */
final class Tlb01 {

    private static final String FIX =
            "71b3c126e611, x86/mm: Add barriers and document switch_mm()-vs-flush"
                    + " synchronization, Linux 4.5";

    private Tlb01() {}

    static Exhibit exhibit() {
        return Exhibit.of(
                        "TLB-01",
                        "A flush that looks at mm_cpumask before the page table is changed",
                        Area.TLB)
                .kernels("until 4.4 (CVE-2016-2069)")
                .bounds("one page unmapped once, one switch to the mm")
                .story(
                        """
                        A CPU that switches to an mm sets its bit in mm_cpumask, loads CR3, and \
                        fills its TLB. A CPU that changes the page table looks at mm_cpumask to \
                        know whom to interrupt. If it has not loaded that mm itself, nothing made \
                        it wait for its store to the page table: it can read mm_cpumask first, see \
                        no bit, and interrupt nobody, while the other CPU still finds the old \
                        entry.\
                        """)
                .said(
                        "Andy Lutomirski",
                        "January 2016",
                        FIX,
                        "In order for that to work correctly, the bit needs to be visible prior to"
                                + " loading the PGD and therefore starting to fill the local TLB.")
                .settled(
                        Outcome.CONFIRMED,
                        "CR3 first",
                        "With CR3 loaded first, no memory model is needed to break it.")
                .said(
                        "Andy Lutomirski",
                        "January 2016",
                        FIX,
                        "Document all the barriers that make this work correctly and add a couple"
                                + " that were missing.")
                .derived(
                        "Setting the bit is an atomic instruction, and loading CR3 is serialising:"
                                + " on the side of the switch the barrier was always there. The"
                                + " one that is missing in the model is on the other side. The"
                                + " variant \"plain bit\" is ours: it shows that both are needed.")
                .reference(
                        variant(Order.FIXED, "fixed", "The barriers are on both sides.")
                                .holds(SC, TSO))
                .variant(
                        variant(
                                        Order.NO_BARRIER_IN_FLUSH,
                                        "no barrier in the flush",
                                        "The store to the page table waits while mm_cpumask is"
                                                + " read.")
                                .holds(SC)
                                .violated(TSO))
                .variant(
                        variant(
                                        Order.NO_BARRIER_IN_SWITCH,
                                        "plain bit",
                                        "The store of the bit waits while the page table is"
                                                + " walked.")
                                .holds(SC)
                                .violated(TSO))
                .variant(
                        variant(
                                        Order.CR3_FIRST,
                                        "CR3 first",
                                        "The page table is walked before the bit is set.")
                                .violated(SC, TSO))
                .variant(reached(EarlySwitch.SKIPPED))
                .variant(reached(EarlySwitch.SENT))
                .build();
    }

    private static Variant variant(Order order, String name, String text) {
        return Variant.of(name, text, EarlySwitch.model("TLB-01 " + name, order, Never.NOTHING));
    }

    private static Variant reached(String step) {
        String name = Exhibit.REACHED + step;
        return Variant.of(
                        name,
                        "The fixed code, said never to do this.",
                        EarlySwitch.model("TLB-01 " + name, Order.FIXED, new Never(step)))
                .violated(SC, TSO);
    }
}
