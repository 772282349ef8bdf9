// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.mmcid;

import static dev.cpulocal.lab.MemoryModel.PSO;
import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Never;
import java.util.Set;

/** CID-02: a live lock between a context switch that wants a cid and the walk that frees them. */
final class Cid02 {

    private static final String FIX =
            "4327fb13fa47, sched/mmcid: Prevent live lock on task to CPU mode transition, Linux"
                    + " 6.19";

    private Cid02() {}

    static Exhibit exhibit() {
        return Exhibit.of(
                        "CID-02",
                        "A context switch waits for a cid, and the walk that frees them for its"
                                + " lock",
                        Area.MM_CID)
                .kernels("none: release candidates of 6.19")
                .bounds("one fork, three cids, two context switches")
                .story(
                        """
                        With more threads than cids, a fork makes the CPUs the owners of the cids \
                        and walks over all threads to take theirs away. A thread that begins to \
                        run meanwhile gives its cid to its CPU. If it is moved to another CPU \
                        before the walk has freed any, it finds no cid, and looks for one again \
                        and again with the lock of the run queue held. The walk comes to that \
                        thread and wants the same lock. Nobody gets any further.\
                        """)
                .said(
                        "Thomas Gleixner",
                        "2 February 2026",
                        FIX,
                        "So it has to allocate one with CPU2 runqueue lock held, but the pool is"
                                + " empty, so it keeps looping in mm_get_cid().")
                .said(
                        "Thomas Gleixner",
                        "2 February 2026",
                        FIX,
                        "Now T0 reaches T1 in the thread walk and tries to lock the corresponding"
                                + " runqueue lock, which is held causing a full live lock.")
                .settled(
                        Outcome.CONFIRMED, "direct transfer", "The loop of the trace is these two.")
                .said(
                        "Thomas Gleixner",
                        "2 February 2026",
                        FIX,
                        "Going through all possible permutations with a python script revealed a"
                                + " few problematic cases.")
                .history(
                        "Ihor Solodrai",
                        "January 2026",
                        FIX,
                        "Reported it, from a test run of BPF, with four CPUs and five threads."
                                + " Three CPUs, and three threads beside the new one, are enough.")
                .derived(
                        "Two CPUs and two threads beside the new one are enough if the thread that"
                                + " forks is itself moved to another CPU before the walk, while the"
                                + " other one sleeps. Then a single CPU loops, with nobody to free"
                                + " a cid. The scenario of the commit does not come about with two"
                                + " CPUs: whoever begins to run finds a cid there, or brings one.")
                .derived(
                        "The bit TRANSIT bounds what can be held during the walk: a cid with it"
                                + " goes back when its thread leaves the CPU.")
                .reference(
                        variant(Set.of(), "today", "Cids are in transit during the walk.")
                                .holds(SC, TSO, PSO))
                .variant(
                        Variant.of(
                                        "today, thread 2 wakes",
                                        "The thread that sleeps may wake up meanwhile.",
                                        ForkModel.model(
                                                "CID-02 today, thread 2 wakes",
                                                Set.of(),
                                                true,
                                                Never.NOTHING))
                                .holds(SC))
                .variant(
                        variant(
                                        Set.of(Change.DIRECT_TO_CPU),
                                        "direct transfer",
                                        "Cids go to the CPUs at once.")
                                .violated(SC, TSO, PSO))
                .variant(
                        moving(
                                        Set.of(),
                                        "today, two CPUs",
                                        "The thread that forks is moved before the walk.")
                                .holds(SC, TSO, PSO))
                .variant(
                        moving(
                                        Set.of(Change.DIRECT_TO_CPU),
                                        "direct transfer, two CPUs",
                                        "The same. It waits for itself: the walk is to come after"
                                                + " the context switch that wants a cid.")
                                .violated(SC, TSO, PSO))
                .variant(reached(ForkModel.PREEMPTED))
                .build();
    }

    private static Variant variant(Set<Change> changes, String name, String text) {
        return Variant.of(
                name, text, ForkModel.model("CID-02 " + name, changes, false, Never.NOTHING));
    }

    private static Variant moving(Set<Change> changes, String name, String text) {
        return Variant.of(name, text, ForkModel.moving("CID-02 " + name, changes, Never.NOTHING));
    }

    private static Variant reached(String step) {
        String name = Exhibit.REACHED + step;
        return Variant.of(
                        name,
                        "Today's code, said never to do this.",
                        ForkModel.model("CID-02 " + name, Set.of(), false, new Never(step)))
                .violated(SC, TSO, PSO);
    }
}
