// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.mmcid;

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
import java.util.Set;

/** CID-03: the mode in two words, which a context switch sees in the wrong order. */
final class Cid03 {

    private static final String FIX =
            "47ee94efccf6, sched/mmcid: Protect transition on weakly ordered systems, Linux 6.19";

    private static final String REWRITE =
            "[patch 00/19] sched: Rewrite MM CID management, linux-kernel";

    private Cid03() {}

    static Exhibit exhibit() {
        return Exhibit.of("CID-03", "A mode in two words", Area.MM_CID)
                .kernels("none: release candidates of 6.19, on weakly ordered CPUs")
                .bounds("one fork, two cids, one context switch")
                .story(
                        """
                        The mode was in two words: transit is set, then percpu. A context switch \
                        reads percpu, then transit. On a weakly ordered CPU either pair can be the \
                        other way round, and the switch sees the new percpu with the old transit: \
                        it takes a cid and does not mark it. Such a cid does not go back when the \
                        thread leaves the CPU, the cids can run out before the walk ends, and that \
                        is the live lock of CID-02. It was seen once, on POWER.\
                        """)
                .said(
                        "Thomas Gleixner",
                        "15 October 2025",
                        REWRITE,
                        "Due to that it does not matter whether mm_cid_schedin() observes the"
                                + " correct state of mm::mm_cid::per_cpu or not, which means none"
                                + " of this is subject to (memory) ordering constraints outside of"
                                + " those provided by rq::lock.")
                .settled(
                        Outcome.REFUTED,
                        "two words",
                        "It matters which state of the two words together is observed.")
                .said(
                        "Thomas Gleixner",
                        "2 February 2026",
                        FIX,
                        "so weakly ordered systems can observe percpu == false and transit == 0"
                                + " even if the fixup function has not yet completed.")
                .settled(
                        Outcome.CONFIRMED,
                        "two words",
                        "The model has the other direction, percpu == true, from PSO on.")
                .said(
                        "Thomas Gleixner",
                        "2 February 2026",
                        FIX,
                        "This could obviously be solved by using: smp_store_release(&mm->mm_cid"
                                + ".percpu, true); and smp_load_acquire(&mm->mm_cid.percpu); but"
                                + " that brings a memory barrier back into the scheduler hotpath")
                .settled(
                        Outcome.CONFIRMED,
                        "two words, ordered",
                        "Release and acquire hold; release alone is enough for PSO only.")
                .derived(
                        "The whole model, with walk, pool and locks, is checked as far"
                                + " as PSO; under"
                                + " ARMv8 and RISC-V it has too many states, and the variants are"
                                + " about the two words alone.")
                .reference(
                        variant(Set.of(), "today", "One word, stored once.")
                                .holds(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        whole(Set.of(), "today, whole", "The same with all that is around it.")
                                .holds(SC, TSO, PSO))
                .variant(
                        variant(
                                        Set.of(Change.TWO_WORDS),
                                        "two words",
                                        "transit and percpu, with no order.")
                                .holds(SC, TSO)
                                .violated(PSO, ARMV8, RISCV))
                .variant(
                        whole(
                                        Set.of(Change.TWO_WORDS),
                                        "two words, whole",
                                        "The same with all that is around it.")
                                .holds(SC, TSO)
                                .violated(PSO))
                .variant(
                        variant(
                                        Set.of(Change.TWO_WORDS, Change.RELEASE),
                                        "two words, release",
                                        "The stores are in order, the loads are not.")
                                .holds(SC, TSO, PSO)
                                .violated(ARMV8, RISCV))
                .variant(
                        variant(
                                        Set.of(Change.TWO_WORDS, Change.RELEASE, Change.ACQUIRE),
                                        "two words, ordered",
                                        "smp_store_release() and smp_load_acquire() of percpu.")
                                .holds(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        whole(
                                        Set.of(Change.TWO_WORDS, Change.RELEASE, Change.ACQUIRE),
                                        "two words, ordered, whole",
                                        "The same with all that is around it.")
                                .holds(SC, TSO, PSO))
                .variant(reached(MmCid.MARKED))
                .build();
    }

    private static Variant variant(Set<Change> changes, String name, String text) {
        return Variant.of(name, text, ModeWords.model("CID-03 " + name, changes, Never.NOTHING));
    }

    private static Variant whole(Set<Change> changes, String name, String text) {
        return Variant.of(name, text, ForkModel.small("CID-03 " + name, changes, Never.NOTHING));
    }

    private static Variant reached(String step) {
        String name = Exhibit.REACHED + step;
        return Variant.of(
                        name,
                        "Today's code, said never to do this.",
                        ModeWords.model("CID-03 " + name, Set.of(), new Never(step)))
                .violated(SC, TSO, PSO, ARMV8, RISCV);
    }
}
