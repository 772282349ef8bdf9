// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.tlb;

import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.tlb.PmapSwitch.Next;
import dev.cpulocal.lab.museum.tlb.PmapSwitch.Order;

/** TLB-14: page tables that are walked because they are loaded, on s390 and in OpenBSD. */
final class Tlb14 {

    private static final String FLUSHED_FIRST = "[patch 5/5] s390 tlb flush fix., linux-mm";

    private static final String S390 =
            "02a8f3abb708, s390/mm,tlb: safeguard against speculative TLB creation";

    private static final String OPENBSD = "9f1181d59de3, OpenBSD";

    private Tlb14() {}

    static Exhibit exhibit() {
        return Exhibit.of("TLB-14", "What is loaded is walked: s390 and OpenBSD", Area.TLB)
                .kernels("s390 until 02a8f3abb708; OpenBSD/amd64 until 9f1181d59de3")
                .bounds("one page table freed once, one switch or none")
                .story(
                        """
                        As long as a page table is loaded, the CPU may walk it, whatever runs. Two \
                        kernels forgot it in two ways. OpenBSD took a CPU out of the mask of an \
                        address space before it left it, and put it back when the next thread was \
                        of the same process; a shootdown between skips the CPU. s390 flushed a \
                        process that exits once, and then freed its page tables one by one, while \
                        the CPU that did it had them loaded and could cache them again.\
                        """)
                .said(
                        "Martin Schwidefsky",
                        "3 July 2007",
                        FLUSHED_FIRST,
                        "All TLBs for mm_struct are flushed by the tlb_gather_mmu call. No new TLBs"
                                + " can be created while the unmap is in progress.")
                .settled(
                        Outcome.REFUTED,
                        "s390, flushed first",
                        "The walk comes between the flush and the free. No second CPU is needed.")
                .history(
                        "Martin Schwidefsky",
                        "",
                        S390,
                        "A CPU may create TLB entries whenever an ASCE is loaded, also while it"
                                + " runs the kernel; to flush first and then just free can in"
                                + " theory leave stale ones. Page tables are freed in batches also"
                                + " where a process exits.")
                .settled(
                        Outcome.CONFIRMED,
                        "s390",
                        "Unhooked, flushed, freed. The same order is what TLB-04 is about.")
                .history(
                        "Martin Schwidefsky",
                        "",
                        S390,
                        "Where a switch has to wait before it loads the next ASCE, the kernel's own"
                                + " is loaded meanwhile, and not the old one kept.")
                .settled(
                        Outcome.CONFIRMED,
                        "kernel's table between",
                        "With the old one loaded it is \"cleared first, other process\": the CPU"
                                + " is told nothing any more, and walks.")
                .history(
                        "",
                        "",
                        OPENBSD,
                        "Between two threads of a process there was a window in which the CPU's bit"
                                + " was clear and %cr3 unchanged; with more of the memory"
                                + " management unlocked, that led to crashes. Now the old bit is"
                                + " cleared behind %cr3, the new one set before, and neither is"
                                + " touched if %cr3 stays the same.")
                .settled(
                        Outcome.CONFIRMED,
                        "cleared first, no speculation",
                        "The shootdown falls between the two instructions, and the next thread"
                                + " uses the address.")
                .derived(
                        "The window is there with another process, too, for walks on speculation"
                                + " only. The fix closes both. Where the next bit is set behind"
                                + " %cr3 is TLB-01, \"CR3 first\".")
                .derived(
                        "s390 decides otherwise than by an interrupt whom to flush; the model takes"
                                + " from it only that the old page table is loaded and the CPU not"
                                + " counted any more.")
                .unchecked(
                        "The fix of s390 is in Linux 3.15, of 2014. The names of OpenBSD's"
                                + " functions in the trace are from memory.")
                .reference(
                        variant(
                                        Order.FIXED,
                                        Next.SAME_PROCESS,
                                        "fixed",
                                        "Nothing is touched, for %cr3 stays the same.")
                                .holds(SC, TSO))
                .variant(
                        variant(
                                        Order.CLEARED_FIRST,
                                        Next.SAME_PROCESS,
                                        "cleared first",
                                        "The bit is cleared and set again.")
                                .violated(SC, TSO))
                .variant(
                        variant(
                                        Order.CLEARED_FIRST,
                                        Next.SAME_PROCESS_NO_SPECULATION,
                                        "cleared first, no speculation",
                                        "The same, on a CPU that walks for programs only.")
                                .violated(SC, TSO))
                .variant(
                        variant(
                                        Order.FIXED,
                                        Next.OTHER_PROCESS,
                                        "fixed, other process",
                                        "The new bit, %cr3, the old bit.")
                                .holds(SC, TSO))
                .variant(
                        variant(
                                        Order.CLEARED_FIRST,
                                        Next.OTHER_PROCESS,
                                        "cleared first, other process",
                                        "The old bit, %cr3, the new bit.")
                                .violated(SC, TSO))
                .variant(
                        variant(
                                        Order.KERNEL_BETWEEN,
                                        Next.OTHER_PROCESS,
                                        "kernel's table between",
                                        "The kernel's page table is loaded before the old bit is"
                                                + " cleared.")
                                .holds(SC, TSO))
                .variant(
                        exit(ExitMmap.Order.FIXED, "s390", "Unhooked, flushed, freed.")
                                .holds(SC, TSO))
                .variant(
                        exit(
                                        ExitMmap.Order.FLUSHED_FIRST,
                                        "s390, flushed first",
                                        "Flushed, unhooked, freed.")
                                .violated(SC, TSO))
                .variant(
                        exit(
                                        ExitMmap.Order.DETACHED_FLUSHED_FIRST,
                                        "s390, detached",
                                        "The same, and the kernel's ASCE is loaded before.")
                                .holds(SC, TSO))
                .variant(reached(PageWalk.WALKED, Next.SAME_PROCESS))
                .variant(reached(PmapSwitch.SENT, Next.SAME_PROCESS))
                .variant(reached(PmapSwitch.SKIPPED, Next.OTHER_PROCESS))
                .variant(reachedAtExit())
                .build();
    }

    private static Variant variant(Order order, Next next, String name, String text) {
        return Variant.of(
                name, text, PmapSwitch.model("TLB-14 " + name, order, next, Never.NOTHING));
    }

    private static Variant exit(ExitMmap.Order order, String name, String text) {
        return Variant.of(name, text, ExitMmap.model("TLB-14 " + name, order, Never.NOTHING));
    }

    private static Variant reached(String step, Next next) {
        String name = Exhibit.REACHED + step;
        return Variant.of(
                        name,
                        "The fixed code, said never to do this.",
                        PmapSwitch.model("TLB-14 " + name, Order.FIXED, next, new Never(step)))
                .violated(SC, TSO);
    }

    private static Variant reachedAtExit() {
        String name = Exhibit.REACHED + PageWalk.WALKED + ", s390";
        return Variant.of(
                        name,
                        "The fixed code, said never to do this.",
                        ExitMmap.model(
                                "TLB-14 " + name, ExitMmap.Order.FIXED, new Never(PageWalk.WALKED)))
                .violated(SC, TSO);
    }
}
