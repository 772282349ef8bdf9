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
import dev.cpulocal.lab.museum.mmcid.Compaction.Draw;

/** CID-08: concurrency ids that do not become small again. */
final class Cid08 {

    private static final String LOCALITY =
            "7e019dcc470f, sched: Improve cache locality of RSEQ concurrency IDs for intermittent"
                    + " workloads, Linux 6.13";

    private static final String FIX =
            "02d954c0fdf9, sched: Compact RSEQ concurrency IDs with reduced threads and affinity,"
                    + " Linux 6.14";

    private Cid08() {}

    static Exhibit exhibit() {
        return Exhibit.of("CID-08", "A cid that is taken again and again", Area.MM_CID)
                .kernels("6.13; 6.4 to 6.12 in a race")
                .bounds("two threads; one exits, or one cid is taken away once")
                .story(
                        """
                        A process has as many cids in use as it has threads that run, and they are \
                        to be the smallest ones: programs size their arrays by that. When threads \
                        have exited, a scan takes large cids away from the CPUs, and the next \
                        context switch draws another. Since Linux 6.13 it drew the one that the \
                        CPU had last, for the sake of its caches. So a thread whose cid is taken \
                        away because it is too large takes the same one again, for ever.\
                        """)
                .said(
                        "Mathieu Desnoyers",
                        "9 October 2024",
                        LOCALITY,
                        "Spreading allocation to use all the cid values within the range […]"
                                + " improves cache locality while preserving mm_cid compactness"
                                + " within the expected user limits,")
                .settled(
                        Outcome.REFUTED,
                        "6.13",
                        "It is preserved while threads come. When one goes, the other keeps a cid"
                                + " above the limit.")
                .said(
                        "Mathieu Desnoyers",
                        "9 October 2024",
                        LOCALITY,
                        "This prevents allocating cids above the number of allowed cpus in rare"
                                + " scenarios where cid allocation races with a concurrent"
                                + " remote-clear of the per-mm/cpu cid.")
                .settled(
                        Outcome.CONFIRMED,
                        "6.12, race",
                        "The slot is UNSET and the bit not yet clear: all cids seem taken, and the"
                                + " thread gets the one behind them. \"6.13, race\" waits instead.")
                .said(
                        "Mathieu Desnoyers",
                        "10 February 2025",
                        FIX,
                        "When a process reduces its number of threads or clears bits in its CPU"
                                + " affinity mask, the mm_cid allocation should eventually converge"
                                + " towards smaller values.")
                .settled(
                        Outcome.CONFIRMED,
                        "6.14",
                        "It does. One context switch behind the scan is enough.")
                .derived(
                        "The fix has two parts, a limit that is lowered and a test against it."
                                + " Neither does anything without the other.")
                .history(
                        "Thomas Gleixner",
                        "November 2025",
                        "77d7dc8bef48, sched/mmcid: Revert the complex CID management, Linux 6.19",
                        "All of this is gone: the scan took time from threads on their way to user"
                                + " mode. Since then CID-02 is how cids are managed.")
                .reference(
                        shrinking(
                                        Draw.COMPACT,
                                        "6.14",
                                        "The limit is lowered, and the recent cid must be below"
                                                + " it.")
                                .holds(SC, TSO, PSO))
                .variant(
                        shrinking(Draw.FIRST_FREE, "6.12", "The first cid that is free.")
                                .holds(SC, TSO, PSO))
                .variant(
                        shrinking(Draw.RECENT, "6.13", "The recent cid, if it is free.")
                                .violated(SC, TSO, PSO))
                .variant(
                        shrinking(
                                        Draw.RECENT_BELOW_MAX,
                                        "test alone",
                                        "It must be below a limit, which only ever grows.")
                                .violated(SC, TSO, PSO))
                .variant(
                        shrinking(
                                        Draw.MAX_LOWERED,
                                        "lowered alone",
                                        "The limit is lowered, and the recent cid not tested.")
                                .violated(SC, TSO, PSO))
                .variant(
                        racing(Draw.COMPACT, "6.14, race", "A cid is taken away meanwhile.")
                                .holds(SC, TSO, PSO))
                .variant(racing(Draw.RECENT, "6.13, race", "The same.").holds(SC, TSO, PSO))
                .variant(
                        racing(
                                        Draw.FIRST_FREE,
                                        "6.12, race",
                                        "The same, and any cid below the number of all CPUs will"
                                                + " do.")
                                .violated(SC, TSO, PSO))
                .variant(reached(PcpuCids.LEFT, true))
                .variant(reached(PcpuCids.SEEN, true))
                .variant(reached(Compaction.LOWERED, true))
                .variant(reached(Compaction.WAITS, false))
                .build();
    }

    private static Variant shrinking(Draw draw, String name, String text) {
        return Variant.of(name, text, Compaction.shrinking("CID-08 " + name, draw, Never.NOTHING));
    }

    private static Variant racing(Draw draw, String name, String text) {
        return Variant.of(name, text, Compaction.racing("CID-08 " + name, draw, Never.NOTHING));
    }

    private static Variant reached(String step, boolean shrinking) {
        String name = Exhibit.REACHED + step;
        String model = "CID-08 " + name;
        var never = new Never(step);
        return Variant.of(
                        name,
                        "The code of 6.14, said never to do this.",
                        shrinking
                                ? Compaction.shrinking(model, Draw.COMPACT, never)
                                : Compaction.racing(model, Draw.COMPACT, never))
                .violated(SC, TSO, PSO);
    }
}
