// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.tlb;

import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Never;
import java.util.Set;

/** TLB-04: page tables that are freed before the flush. */
final class Tlb04 {

    private static final String S390 = "cd94154cc6a2, [S390] fix tlb flushing for page table pages";

    private static final String ARM =
            "Re: [RFC][PATCH 4/6] arm, mm: Convert arm to generic tlb, linux-mm";

    private static final String CONDITION =
            "Re: [PATCH 2/4] mm/tlb: Remove tlb_remove_table() non-concurrent condition, linux-mm";

    private static final String INVALIDATE =
            "[PATCH 3/4] mm/tlb, x86/mm: Support invalidating TLB caches for RCU_TABLE_FREE,"
                    + " linux-mm; d86564a2f085, Linux 4.19";

    private static final String MERGE = "706a1ea65e6f, Merge branch 'tlb-fixes', Linux 4.19";

    private Tlb04() {}

    static Exhibit exhibit() {
        return Exhibit.of("TLB-04", "Page tables that are freed before the flush", Area.TLB)
                .kernels("until 4.18 on x86")
                .bounds("one page table freed once, one switch back to the process")
                .story(
                        """
                        What frees page tables collects them, flushes, and frees them then. It was \
                        made for powerpc, whose hardware walks no page tables, and had two short \
                        cuts without a flush. If there is no memory to collect them in, a table \
                        is freed behind an interrupt of all CPUs, which waits for software that \
                        walks page tables, and leaves alone what hardware has cached. And if the \
                        process has one thread only, it is freed at once. The flush came later. \
                        s390, arm64 and x86 found it one after the other.\
                        """)
                .said(
                        "Martin Schwidefsky",
                        "11 April 2012",
                        S390,
                        "In short: the generic RCU page-table freeing code is incorrect for the"
                                + " CRST entries, in particular the check for mm_users < 2 is"
                                + " troublesome.")
                .settled(
                        Outcome.CONFIRMED,
                        "freed at once",
                        "Six years before the same check was removed for all. CRST entries are"
                                + " what is cached of the upper levels.")
                .said(
                        "Peter Zijlstra",
                        "17 May 2012",
                        ARM,
                        "Also I suspect the mm_users < 2 test will be incorrect for ARM since even"
                                + " the one user can be concurrent with your speculation engine.")
                .settled(
                        Outcome.CONFIRMED,
                        "freed at once",
                        "The model has the walks of another CPU, which is lazy. Those of the CPU"
                                + " that unmaps are left out.")
                .history(
                        "Catalin Marinas",
                        "",
                        "285994a62c80, arm64: Invalidate the TLB corresponding to intermediate page"
                                + " table levels",
                        "arm64 flushes by itself before it hands over a page table. Reported by Jon"
                                + " Masters.")
                .said(
                        "Peter Zijlstra",
                        "22 August 2018",
                        INVALIDATE,
                        "Jann reported that x86 was missing required TLB invalidates when he hit"
                                + " the !*batch slow path in tlb_remove_table().")
                .settled(
                        Outcome.CONFIRMED,
                        "no flush without memory",
                        "The interrupt of all CPUs is sent and answered, and the walk goes on.")
                .said(
                        "Nicholas Piggin",
                        "23 August 2018",
                        CONDITION,
                        "So that leaves speculative operations. I don't see where the problem is"
                                + " with those either -- this shortcut needs to ensure there are no"
                                + " other *non speculative* operations. mm_users is correct for"
                                + " that.")
                .settled(
                        Outcome.REFUTED,
                        "freed at once",
                        "A speculative walk through the freed table is all that happens there.")
                .said(
                        "Linus Torvalds",
                        "23 August 2018",
                        CONDITION,
                        "And yes, those lazy tlbs are all kernel threads, but they can still"
                                + " speculatively load user addresses.")
                .settled(
                        Outcome.CONFIRMED,
                        "freed at once",
                        "CPU 1 runs nothing but a kernel thread.")
                .said(
                        "Linus Torvalds",
                        "23 August 2018",
                        CONDITION,
                        "So the whole \"free immediately\" shortcut was bogus. You *always* need"
                                + " to queue, then flush the tlb, and then free.")
                .settled(
                        Outcome.CONFIRMED,
                        "today",
                        "In that order it holds; queueing is not needed for the flush.")
                .said(
                        "Linus Torvalds",
                        "August 2018",
                        MERGE,
                        "The missing TLB flush was only delayed, and the wrong ordering only"
                                + " happened under memory pressure (and in theory under a couple of"
                                + " other fairly theoretical situations), so this may have been all"
                                + " very unlikely to have hit people in practice.")
                .derived(
                        "A patch of 28 June 2012, \"mm: Add missing TLB invalidate to RCU"
                                + " page-table freeing\", flushes batches and removes the test of"
                                + " mm_users for CPUs that walk page tables. It leaves the path"
                                + " without memory as it is.")
                .unchecked("x86 uses this code since Linux 4.14.")
                .reference(
                        variant(Set.of(), "today", "Flushed before anything is freed.")
                                .holds(SC, TSO))
                .variant(
                        variant(
                                        Set.of(Change.FREED_WITHOUT_FLUSH),
                                        "no flush without memory",
                                        "Where there is no memory for a batch, CPUs are interrupted"
                                                + " and do nothing.")
                                .violated(SC, TSO))
                .variant(
                        alone(Set.of(), "today, one thread", "CPU 1 is lazy all the time.")
                                .holds(SC, TSO))
                .variant(
                        alone(
                                        Set.of(Change.FREED_AT_ONCE),
                                        "freed at once",
                                        "mm_users is 1, and the lazy CPU is no user.")
                                .violated(SC, TSO))
                .variant(reached(RemoveTable.NO_BATCH))
                .variant(reached(PageWalk.WALKED))
                .variant(reached(FlushMm.LEFT_LAZY))
                .build();
    }

    private static Variant variant(Set<Change> changes, String name, String text) {
        return Variant.of(name, text, RemoveTable.model("TLB-04 " + name, changes, Never.NOTHING));
    }

    private static Variant alone(Set<Change> changes, String name, String text) {
        return Variant.of(name, text, RemoveTable.alone("TLB-04 " + name, changes, Never.NOTHING));
    }

    private static Variant reached(String step) {
        String name = Exhibit.REACHED + step;
        return Variant.of(
                        name,
                        "Today's code, said never to do this.",
                        RemoveTable.model("TLB-04 " + name, Set.of(), new Never(step)))
                .violated(SC, TSO);
    }
}
