// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.tlb;

import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.tlb.CopyOnWrite.Before;
import java.util.Set;

/** TLB-06: a flush that skips a CPU which is about to load the mm. CVE-2025-37964. */
final class Tlb06 {

    private static final String FIX =
            "fea4e317f9e7, x86/mm: Eliminate window where TLB flushes may be inadvertently"
                    + " skipped, Linux 6.15";

    private Tlb06() {}

    static Exhibit exhibit() {
        return Exhibit.of(
                        "TLB-06",
                        "A TLB flush that takes a CPU which loads the mm for one that does not",
                        Area.TLB)
                .kernels("6.14, and 6.1, 6.6 and 6.12 by backports (CVE-2025-37964)")
                .bounds("one page moved once, one switch to the mm")
                .story(
                        """
                        To save interrupts, a flush skips the CPUs in mm_cpumask that have another \
                        mm loaded, by their loaded_mm. A CPU that switches to the mm first \
                        decides, by the generation that it reads, that its translations are fresh, \
                        loads CR3, and only then stores loaded_mm. A flush in between sees another \
                        mm and skips the CPU, which goes on with translations of pages that are \
                        gone. loaded_mm said SWITCHING all that time; nobody looked.\
                        """)
                .said(
                        "Dave Hansen",
                        "May 2025",
                        FIX,
                        "should_flush_tlb() will suppress TLB flushes between load_new_mm_cr3() and"
                                + " writing to 'loaded_mm', which is a window where they should"
                                + " not be suppressed. Whoops.")
                .settled(
                        Outcome.CONFIRMED,
                        "6.14",
                        "The flush is skipped while loaded_mm is SWITCHING, with tlb_gen read"
                                + " before it.")
                .said(
                        "Dave Hansen",
                        "May 2025",
                        FIX,
                        "Simply checking for that state in should_flush_tlb() is sufficient to"
                                + " ensure that the CPU is targeted with an IPI.")
                .settled(
                        Outcome.DEPENDS,
                        "6.14 with the check",
                        "It is, if SWITCHING is visible before tlb_gen is read. In the order of"
                                + " 6.14 it was stored behind, and the window remained: TLB-07.")
                .history(
                        "Rik van Riel",
                        "November 2024",
                        "209954cbc7d0, x86/mm/tlb: Update mm_cpumask lazily",
                        "A CPU's bit is cleared by the first flush that reaches it when another mm"
                                + " is loaded, no longer by the switch; which CPUs to skip was"
                                + " decided by loaded_mm afterwards.")
                .reference(variant(Set.of(), "today", "SWITCHING counts as the mm.").holds(SC, TSO))
                .variant(
                        variant(
                                        Set.of(
                                                Change.SWITCHING_UNKNOWN,
                                                Change.ALWAYS_SET_BIT,
                                                Change.GENERATION_FIRST),
                                        "6.14",
                                        "The order of the time, and no check for SWITCHING.")
                                .violated(SC, TSO))
                .variant(
                        variant(
                                        Set.of(Change.SWITCHING_UNKNOWN),
                                        "today, no check",
                                        "Today's order, without the check for SWITCHING.")
                                .violated(SC, TSO))
                .variant(
                        variant(
                                        Set.of(Change.ALWAYS_SET_BIT, Change.GENERATION_FIRST),
                                        "6.14 with the check",
                                        "The order of the time, with the check for SWITCHING.")
                                .violated(SC, TSO))
                .variant(reached(FlushMm.SENT))
                .variant(reached(FlushMm.SKIPPED))
                .build();
    }

    private static Variant variant(Set<Change> changes, String name, String text) {
        return Variant.of(
                name,
                text,
                CopyOnWrite.model("TLB-06 " + name, changes, Before.OTHER_PROCESS, Never.NOTHING));
    }

    private static Variant reached(String step) {
        String name = Exhibit.REACHED + step;
        return Variant.of(
                        name,
                        "Today's code, said never to do this.",
                        CopyOnWrite.model(
                                "TLB-06 " + name, Set.of(), Before.OTHER_PROCESS, new Never(step)))
                .violated(SC, TSO);
    }
}
