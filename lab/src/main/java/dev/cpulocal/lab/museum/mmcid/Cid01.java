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
import dev.cpulocal.lab.museum.mmcid.LazyPut.Barrier;

/** CID-01: the barrier of membarrier is too late for concurrency ids. */
final class Cid01 {

    private static final String FIX =
            "fe90f3967bdb, sched: Add missing memory barrier in switch_mm_cid, Linux 6.9";

    private Cid01() {}

    static Exhibit exhibit() {
        return Exhibit.of("CID-01", "A full barrier behind the read of the cid", Area.MM_CID)
                .kernels("6.4 to 6.8, where switch_mm() is no full barrier")
                .bounds("one cid taken away, one context switch")
                .story(
                        """
                        A CPU keeps a cid for an mm. Another CPU that wants it marks it LAZY_PUT \
                        and looks whether the first runs a thread of the mm; if not, the cid is \
                        free. The first stores rq->curr and then reads the cid. There is a full \
                        barrier behind rq->curr, because membarrier needs one before the return to \
                        user mode, but on many architectures it comes only after that read. Then \
                        neither sees the other, and two threads run with the same cid.\
                        """)
                .said(
                        "Mathieu Desnoyers",
                        "2024",
                        FIX,
                        "There *is* a memory barrier between storing to rq->curr and _return to"
                                + " userspace_ (as required by membarrier), but the rseq mm_cid has"
                                + " stricter requirements: the barrier needs to be issued between"
                                + " store to rq->curr and switch_mm_cid()")
                .settled(
                        Outcome.CONFIRMED,
                        "barrier too late",
                        "The barrier is there, and both threads get cid 0.")
                .history(
                        "levi.yun",
                        "2024",
                        FIX,
                        "Reported it, for arm64. On x86 writing CR3 is the barrier.")
                .reference(
                        all(Barrier.BEFORE_CID, "6.9", "smp_mb__after_switch_mm().")
                                .holds(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        all(
                                        Barrier.BEFORE_USER_MODE,
                                        "barrier too late",
                                        "The full barrier is in switch_to(), behind"
                                                + " switch_mm_cid().")
                                .holds(SC)
                                .violated(TSO, PSO, ARMV8, RISCV))
                .variant(reached(PcpuCids.TAKEN))
                .variant(reached(PcpuCids.LEFT))
                .variant(reached(PcpuCids.SEEN))
                .build();
    }

    private static Variant all(Barrier barrier, String name, String text) {
        return Variant.of(name, text, LazyPut.model("CID-01 " + name, barrier, Never.NOTHING));
    }

    private static Variant reached(String step) {
        String name = Exhibit.REACHED + step;
        return Variant.of(
                        name,
                        "The fixed code, said never to do this.",
                        LazyPut.model("CID-01 " + name, Barrier.BEFORE_CID, new Never(step)))
                .violated(SC, TSO, PSO, ARMV8, RISCV);
    }
}
