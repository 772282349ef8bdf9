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

/** CID-04: an exit that clears a bit far behind the bitmap. */
final class Cid04 {

    private static final String FIX =
            "1e83ccd5921a, sched/mmcid: Don't assume CID is CPU owned on mode switch, Linux 6.19.1";

    private Cid04() {}

    static Exhibit exhibit() {
        return Exhibit.of("CID-04", "clear_bit() of a cid in transit", Area.MM_CID)
                .kernels("6.19")
                .bounds("one fork, one exit, two cids")
                .story(
                        """
                        A thread that runs on through the walk of a fork keeps its cid in transit, \
                        in its CPU's slot too, until it leaves the CPU. If it exits before that, \
                        and so brings the mm back to per-task mode, the exit gives back what is in \
                        the slot, as if the CPU owned it: it removes a bit that is not set, leaves \
                        the one that is, and clears a bit 64 MiB behind the bitmap.\
                        """)
                .history(
                        "Thomas Gleixner",
                        "10 February 2026",
                        FIX,
                        "Reported by Shinichiro Kawasaki, found by KASAN. The exit looks at the bit"
                                + " ONCPU first. What it repairs is 007d84287c74, Linux 6.19.")
                .history(
                        "",
                        "February 2026",
                        "answer to a report of a page fault in sched_mm_cid_exit(), linux-kernel",
                        "A register of the trap has the number 0x20000006: cid 6 with the bit"
                                + " TRANSIT.")
                .derived(
                        "Two CPUs and two threads are enough; the scenario of the commit has five"
                                + " threads.")
                .reference(
                        variant(Set.of(), "today", "Only a cid with ONCPU is given back.")
                                .holds(SC, TSO, PSO))
                .variant(
                        variant(
                                        Set.of(Change.SLOT_TAKEN_FOR_OWNED),
                                        "6.19",
                                        "What is in the slot is given back.")
                                .violated(SC, TSO, PSO))
                .variant(reached(CidWalk.FOUND_RUNNING))
                .build();
    }

    private static Variant variant(Set<Change> changes, String name, String text) {
        return Variant.of(
                name, text, ExitModel.afterFork("CID-04 " + name, changes, Never.NOTHING));
    }

    private static Variant reached(String step) {
        String name = Exhibit.REACHED + step;
        return Variant.of(
                        name,
                        "Today's code, said never to do this.",
                        ExitModel.afterFork("CID-04 " + name, Set.of(), new Never(step)))
                .violated(SC, TSO, PSO);
    }
}
