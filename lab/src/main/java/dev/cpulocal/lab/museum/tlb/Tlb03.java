// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.tlb;

import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.tlb.CopyOnWrite.Before;
import java.util.Set;

/** TLB-03: when a flush may skip a CPU that uses the mm lazily. */
final class Tlb03 {

    private Tlb03() {}

    static Exhibit exhibit() {
        return Exhibit.of("TLB-03", "When a lazy CPU need not be interrupted", Area.TLB)
                .kernels("none: mutants of the code since 4.20")
                .bounds("one page moved once, one switch from a kernel thread to the process")
                .story(
                        """
                        While a kernel thread runs, the mm of the thread before stays loaded, \
                        lazily. A flush may skip such a CPU: it will look at tlb_gen before it \
                        runs a thread of the mm again. The condition is exact. The CPU must say \
                        that it is no longer lazy before it looks, with a barrier in between, and \
                        nothing may be skipped when page tables are freed, because a CPU walks \
                        them even if no code asks it to. Each variant takes one part of that away.\
                        """)
                .said(
                        "Rik van Riel",
                        "16 July 2018",
                        "2ff6ddf19c0e, x86/mm/tlb: Leave lazy TLB mode at page table free time",
                        "The first is to always send a TLB shootdown IPI to CPUs in lazy TLB mode,"
                                + " while the second one is to only send the TLB shootdown at page"
                                + " table freeing time.")
                .unchecked("The commit that makes lazy mode lazier is 145f573b89a6, Linux 4.20.")
                .derived(
                        "smp_rmb() in should_flush_tlb() orders loaded_mm before is_lazy. It may be"
                                + " left out, and the two may be read in the other order: the"
                                + " full barriers on both sides already decide between the flush"
                                + " and the interrupt. Were is_lazy read as true from before the"
                                + " switch, its store, and with it the read of tlb_gen, would come"
                                + " after the new generation.")
                .reference(
                        variant(Set.of(), Before.LAZY, "today", "The mm is loaded lazily.")
                                .holds(SC, TSO))
                .variant(
                        variant(
                                        Set.of(),
                                        Before.LAZY_ON_OTHER,
                                        "today, other mm",
                                        "The mm of another process is loaded lazily.")
                                .holds(SC, TSO))
                .variant(
                        freed(Set.of(), "today, tables freed", "All CPUs are interrupted.")
                                .holds(SC, TSO))
                .variant(
                        variant(
                                        Set.of(Change.NO_BARRIER_FROM_LAZY),
                                        Before.LAZY,
                                        "no barrier",
                                        "No smp_mb() between is_lazy and tlb_gen.")
                                .holds(SC)
                                .violated(TSO))
                .variant(
                        freed(
                                        Set.of(Change.LAZY_SKIPPED_WHEN_FREED),
                                        "skipped when freed",
                                        "Lazy CPUs are skipped even if page tables are freed.")
                                .violated(SC, TSO))
                .variant(
                        variant(
                                        Set.of(Change.LAZY_AFTER_GENERATION),
                                        Before.LAZY,
                                        "lazy too long",
                                        "is_lazy becomes false after tlb_gen is read.")
                                .violated(SC, TSO))
                .variant(
                        variant(
                                        Set.of(Change.LAZY_READ_FIRST),
                                        Before.LAZY,
                                        "is_lazy first",
                                        "is_lazy is read before loaded_mm, without smp_rmb().")
                                .holds(SC, TSO))
                .variant(
                        variant(
                                        Set.of(Change.LAZY_READ_FIRST),
                                        Before.LAZY_ON_OTHER,
                                        "is_lazy first, other mm",
                                        "The same with the mm of another process loaded.")
                                .holds(SC, TSO))
                .variant(
                        variant(
                                        Set.of(Change.LAZY_NEVER_SKIPPED),
                                        Before.LAZY,
                                        "never skipped",
                                        "Lazy CPUs are interrupted like others.")
                                .holds(SC, TSO))
                .variant(reached(FlushMm.SKIPPED))
                .variant(reached(SwitchMm.FLUSHES))
                .build();
    }

    private static Variant variant(Set<Change> changes, Before before, String name, String text) {
        return Variant.of(
                name, text, CopyOnWrite.model("TLB-03 " + name, changes, before, Never.NOTHING));
    }

    private static Variant freed(Set<Change> changes, String name, String text) {
        return Variant.of(name, text, FreedTable.model("TLB-03 " + name, changes, Never.NOTHING));
    }

    private static Variant reached(String step) {
        String name = Exhibit.REACHED + step;
        return Variant.of(
                        name,
                        "Today's code, said never to do this.",
                        CopyOnWrite.model("TLB-03 " + name, Set.of(), Before.LAZY, new Never(step)))
                .violated(SC, TSO);
    }
}
