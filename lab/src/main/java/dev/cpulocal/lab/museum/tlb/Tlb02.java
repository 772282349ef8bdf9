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

/** TLB-02: a lazy CPU walks a page table that is freed. */
final class Tlb02 {

    private static final String LEAVE =
            "2ff6ddf19c0e, x86/mm/tlb: Leave lazy TLB mode at page table free time";

    private Tlb02() {}

    static Exhibit exhibit() {
        return Exhibit.of("TLB-02", "A page walk through a page table that is freed", Area.TLB)
                .kernels("none: release candidates of 4.14")
                .bounds("one page table freed once, one switch back to the process")
                .story(
                        """
                        A CPU that runs a kernel thread keeps the CR3 of the process before. No \
                        code uses its addresses, so it seemed that such a lazy CPU need not be \
                        told about changes. But the CPU walks the page table on speculation. When \
                        a page table is freed, and its page used for something else, the walk \
                        takes whatever is there for page table entries: wild accesses and machine \
                        checks.\
                        """)
                .said(
                        "Rik van Riel",
                        "16 July 2018",
                        LEAVE,
                        "Andy discovered that speculative memory accesses while in lazy TLB mode"
                                + " can crash a system, when a CPU tries to dereference a"
                                + " speculative access using memory contents that used to be valid"
                                + " page table memory, but have since been reused for something"
                                + " else and point into la-la land.")
                .settled(
                        Outcome.CONFIRMED,
                        "lazy CPUs skipped",
                        "The walk begins after the page table is freed.")
                .said(
                        "Rik van Riel",
                        "16 July 2018",
                        LEAVE,
                        "The latter problem can be prevented in two ways.")
                .settled(
                        Outcome.CONFIRMED,
                        "never skipped",
                        "Interrupting lazy CPUs at every flush holds, and so does doing it when"
                                + " page tables are freed only, which is today's code.")
                .unchecked(
                        "Brought in by 94b1b03b519b in 4.14-rc1, found by machine checks on AMD"
                                + " CPUs, fixed by b956575bed91 before 4.14.")
                .reference(
                        variant(
                                        Set.of(),
                                        "today",
                                        "All CPUs are interrupted; a lazy one goes to init_mm.")
                                .holds(SC, TSO))
                .variant(
                        variant(
                                        Set.of(Change.LAZY_SKIPPED_WHEN_FREED),
                                        "lazy CPUs skipped",
                                        "Lazy CPUs are not told.")
                                .violated(SC, TSO))
                .variant(
                        variant(
                                        Set.of(
                                                Change.LAZY_SKIPPED_WHEN_FREED,
                                                Change.LAZY_NEVER_SKIPPED),
                                        "never skipped",
                                        "Lazy CPUs are told of every flush.")
                                .holds(SC, TSO))
                .variant(reached(FlushMm.LEFT_LAZY))
                .variant(reached(PageWalk.WALKED))
                .variant(reached(SwitchMm.FLUSHES))
                .build();
    }

    private static Variant variant(Set<Change> changes, String name, String text) {
        return Variant.of(name, text, FreedTable.model("TLB-02 " + name, changes, Never.NOTHING));
    }

    private static Variant reached(String step) {
        String name = Exhibit.REACHED + step;
        return Variant.of(
                        name,
                        "Today's code, said never to do this.",
                        FreedTable.model("TLB-02 " + name, Set.of(), new Never(step)))
                .violated(SC, TSO);
    }
}
