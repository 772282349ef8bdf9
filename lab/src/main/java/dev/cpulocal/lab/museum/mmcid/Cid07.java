// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.mmcid;

import static dev.cpulocal.lab.MemoryModel.PSO;
import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Never;
import java.util.Set;

/** CID-07: a walk that does not come to all threads. */
final class Cid07 {

    private Cid07() {}

    static Exhibit exhibit() {
        return Exhibit.of("CID-07", "A walk over the threads that ends too early", Area.MM_CID)
                .kernels("6.19 to 7.0")
                .bounds("one fork, three cids, two context switches; the last thread sleeps")
                .story(
                        """
                        The walk of a fork takes the cids from all threads that share the mm, \
                        those of other processes too, which vfork() and CLONE_VM make. It counted \
                        threads twice, and ended before it came to all. A thread that is left out \
                        keeps its cid for as long as it sleeps, in a mode in which there are only \
                        as many cids as CPUs: a CPU waits for one for ever.\
                        """)
                .history(
                        "Thomas Gleixner",
                        "March 2026",
                        "28b5a1395036, sched/mmcid: Handle vfork()/CLONE_VM correctly",
                        "The fix.")
                .unchecked("What exactly was counted twice.")
                .derived(
                        "The model leaves out the last thread, whatever the reason. Here the cids"
                                + " suffice all the same; what is broken is that no thread owns a"
                                + " cid behind the walk.")
                .reference(
                        variant(Set.of(), "today", "The walk comes to all threads.")
                                .holds(SC, TSO, PSO))
                .variant(
                        variant(
                                        Set.of(Change.WALK_ENDS_EARLY),
                                        "last thread left out",
                                        "It does not come to the thread that sleeps.")
                                .violated(SC, TSO, PSO))
                .variant(reached(MmCid.MARKED))
                .build();
    }

    private static Variant variant(Set<Change> changes, String name, String text) {
        return Variant.of(
                name, text, ForkModel.model("CID-07 " + name, changes, false, Never.NOTHING));
    }

    private static Variant reached(String step) {
        String name = Exhibit.REACHED + step;
        return Variant.of(
                        name,
                        "Today's code, said never to do this.",
                        ForkModel.model("CID-07 " + name, Set.of(), false, new Never(step)))
                .violated(SC, TSO, PSO);
    }
}
