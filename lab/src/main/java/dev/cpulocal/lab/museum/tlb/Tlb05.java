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
import dev.cpulocal.lab.museum.tlb.MovedPage.Flush;

/** TLB-05: mremap() releases the page table before the flush. CVE-2018-18281. */
final class Tlb05 {

    private static final String FIX =
            "eb66ae030829, mremap: properly flush TLB before releasing the page, Linux 4.19";

    private Tlb05() {}

    static Exhibit exhibit() {
        return Exhibit.of("TLB-05", "mremap(): a page with two addresses", Area.TLB)
                .kernels("until 4.18 (CVE-2018-18281)")
                .bounds("one page moved, freed once, used once")
                .story(
                        """
                        mremap() moves a page to another address, and the translation of the old \
                        one may be cached until it is flushed. It released the lock of the page \
                        table before the flush. Another thread could then find the page at the new \
                        address, take it out, flush that address, and free the page, while a third \
                        still wrote to it by the old address.\
                        """)
                .said(
                        "Linus Torvalds",
                        "October 2018",
                        FIX,
                        "As a result, we need to flush the TLB not just before releasing the lock"
                                + " for the source location (to avoid any concurrent accesses to"
                                + " the entry), but also before we release the destination page"
                                + " table lock (to avoid the TLB being flushed after somebody else"
                                + " has already done something to that page).")
                .settled(
                        Outcome.CONFIRMED,
                        "flush behind unlock",
                        "The page is freed between the unlock and the flush.")
                .history("Jann Horn", "October 2018", FIX, "Found it.")
                .reference(
                        variant(Flush.BEFORE_UNLOCK, "fixed", "Flushed with the lock held.")
                                .holds(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        variant(
                                        Flush.BEHIND_UNLOCK,
                                        "flush behind unlock",
                                        "As it was: unlocked, then flushed.")
                                .violated(SC, TSO, PSO, ARMV8, RISCV))
                .variant(reached(MovedPage.FREED))
                .build();
    }

    private static Variant variant(Flush flush, String name, String text) {
        return Variant.of(name, text, MovedPage.model("TLB-05 " + name, flush, Never.NOTHING));
    }

    private static Variant reached(String step) {
        String name = Exhibit.REACHED + step;
        return Variant.of(
                        name,
                        "The fixed code, said never to do this.",
                        MovedPage.model("TLB-05 " + name, Flush.BEFORE_UNLOCK, new Never(step)))
                .violated(SC, TSO, PSO, ARMV8, RISCV);
    }
}
