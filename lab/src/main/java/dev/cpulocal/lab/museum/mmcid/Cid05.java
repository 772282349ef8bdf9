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

/** CID-05: a thread without a cid is put in transit. */
final class Cid05 {

    private Cid05() {}

    static Exhibit exhibit() {
        return Exhibit.of("CID-05", "No cid, in transit", Area.MM_CID)
                .kernels("6.19 to 7.0")
                .bounds("one exit, one context switch, two cids")
                .story(
                        """
                        In per-CPU mode a thread that has just come to be, by fork or exec, has no \
                        cid until its first context switch. The walk of an exit over the CPUs puts \
                        what the running threads have in transit, and looked only whether it was \
                        so already. The thread then has UNSET in transit, and when it leaves the \
                        CPU, gives back the cid whose number is UNSET: a bit 256 MiB behind the \
                        bitmap is cleared.\
                        """)
                .history(
                        "Rik van Riel",
                        "2026",
                        "de3ab9bd3133, a fix of fbd0e71dc370",
                        "Found by syzkaller. The walk leaves a thread alone whose cid is UNSET.")
                .reference(
                        variant(Set.of(), "today", "A thread without a cid is left alone.")
                                .holds(SC, TSO, PSO))
                .variant(
                        variant(
                                        Set.of(Change.UNSET_MARKED),
                                        "no test for UNSET",
                                        "The walk looks only whether it is in transit already.")
                                .violated(SC, TSO, PSO))
                .variant(reached(CidWalk.FOUND_UNSET))
                .variant(reached(MmCid.MARKED))
                .build();
    }

    private static Variant variant(Set<Change> changes, String name, String text) {
        return Variant.of(
                name, text, ExitModel.withoutCid("CID-05 " + name, changes, Never.NOTHING));
    }

    private static Variant reached(String step) {
        String name = Exhibit.REACHED + step;
        return Variant.of(
                        name,
                        "Today's code, said never to do this.",
                        ExitModel.withoutCid("CID-05 " + name, Set.of(), new Never(step)))
                .violated(SC, TSO, PSO);
    }
}
