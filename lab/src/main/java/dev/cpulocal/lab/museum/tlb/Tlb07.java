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

/** TLB-07: a flush that a CPU misses which switches to the mm. CVE-2025-40174. */
final class Tlb07 {

    private static final String REPORT =
            "x86/mm: Finishing off the fix for a should_flush_tlb race, linux-kernel";

    private Tlb07() {}

    static Exhibit exhibit() {
        return Exhibit.of(
                        "TLB-07",
                        "A TLB flush and a switch to the mm that miss each other",
                        Area.TLB)
                .kernels("6.15 to 6.17; 6.1, 6.6 and 6.12 with another order (CVE-2025-40174)")
                .bounds("one page moved once, one switch to the mm")
                .story(
                        """
                        A CPU that changes a page table interrupts those CPUs that have the mm \
                        loaded or are about to load it, which they announce by loaded_mm = \
                        LOADED_MM_SWITCHING; a CPU that announces it reads the mm's tlb_gen \
                        afterwards, and flushes if its own is older. In the stable trees 6.1, 6.6 \
                        and 6.12 it was read before the announcement; in mainline, after it, but \
                        with no barrier between the two if the CPU was in mm_cpumask already, so \
                        that on x86 the announcement can still wait in the store buffer. Either \
                        way one CPU skips the interrupt, the other skips the flush, and a process \
                        goes on with translations of pages that it no longer has.\
                        """)
                .history(
                        "Stephen Dolan",
                        "9 October 2025",
                        REPORT,
                        "A program that shows it on the stable trees: it reads B, then"
                                + " A, where A is always incremented first, and traps if A < B."
                                + " The programs of the model do the same.")
                .said(
                        "Stephen Dolan",
                        "9 October 2025",
                        REPORT,
                        "I don't think the extra smp_mb check is needed")
                .settled(
                        Outcome.CONFIRMED,
                        "stable, fixed",
                        "Said of the stable trees, where the bit is set unconditionally:"
                                + " that is a barrier, so the order of the lines is enough.")
                .history(
                        "Peter Zijlstra, Ingo Molnar",
                        "October 2025",
                        "83b0177a6c48, x86/mm: Fix SMP ordering in switch_mm_irqs_off(),"
                                + " Linux 6.18 and 6.17.5",
                        "smp_mb() in the branch that does not set the bit. What it"
                                + " finishes off is fea4e317f9e7 (CVE-2025-37964).")
                .derived(
                        "The way from a lazy kernel thread back to the mm, where is_lazy"
                                + " is in the place of SWITCHING, is not in dispute; the lazy"
                                + " variants are ours.")
                .variant(
                        variant(
                                        Set.of(Change.ALWAYS_SET_BIT, Change.GENERATION_FIRST),
                                        "stable order",
                                        "tlb_gen is read too early.")
                                .violated(SC, TSO))
                .variant(
                        variant(
                                        Set.of(Change.NO_BARRIER_IF_IN_MASK),
                                        "mainline",
                                        "tlb_gen is read behind the announcement in the program,"
                                                + " and not on the CPU.")
                                .holds(SC)
                                .violated(TSO))
                .reference(variant(Set.of(), "fixed", "The barrier is there.").holds(SC, TSO))
                .variant(
                        variant(
                                        Set.of(Change.ALWAYS_SET_BIT),
                                        "stable, fixed",
                                        "The order as it should be; setting the bit is a barrier.")
                                .holds(SC, TSO))
                .variant(
                        lazy(
                                        Set.of(),
                                        "fixed, lazy",
                                        "A kernel thread ran on the mm meanwhile, and nobody"
                                                + " interrupted it.")
                                .holds(SC, TSO))
                .variant(
                        lazy(
                                        Set.of(Change.NO_BARRIER_FROM_LAZY),
                                        "no barrier, lazy",
                                        "The same without smp_mb() between is_lazy and tlb_gen.")
                                .holds(SC)
                                .violated(TSO))
                .variant(reached(FlushMm.SKIPPED))
                .variant(reached(FlushMm.SENT))
                .variant(reached(SwitchMm.FLUSHES))
                .build();
    }

    private static Variant variant(Set<Change> changes, String name, String text) {
        return variant(changes, Before.OTHER_PROCESS, name, text);
    }

    private static Variant lazy(Set<Change> changes, String name, String text) {
        return variant(changes, Before.LAZY, name, text);
    }

    private static Variant variant(Set<Change> changes, Before before, String name, String text) {
        return Variant.of(
                name, text, CopyOnWrite.model("TLB-07 " + name, changes, before, Never.NOTHING));
    }

    private static Variant reached(String step) {
        String name = Exhibit.REACHED + step;
        return Variant.of(
                        name,
                        "The fixed code, said never to do this.",
                        CopyOnWrite.model(
                                "TLB-07 " + name, Set.of(), Before.OTHER_PROCESS, new Never(step)))
                .violated(SC, TSO);
    }
}
