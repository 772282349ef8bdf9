// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rseq;

import static dev.cpulocal.lab.MemoryModel.SC;

import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Variants;
import dev.cpulocal.lab.museum.rseq.ReclaimedCode.Reclaim;

/** RS-11: new code where a section was. */
final class Rs11 {

    private static final Variants<Reclaim> VARIANTS = new Variants<>("RS-11", ReclaimedCode::new);

    private Rs11() {}

    static Exhibit exhibit() {
        return Exhibit.of("RS-11", "New code is taken for the section that was there", Area.RSEQ)
                .kernels("all: it is for user space to avoid")
                .bounds(
                        "one section, replaced once; preempted any number of times. Nothing is shared, so one memory model does")
                .story(
                        """
                        A section leaves its descriptor in rseq_cs, and the kernel clears the field when it finds the thread elsewhere. Who \
                        uses the memory of the section's code for other code meanwhile, and keeps the descriptor, has the kernel take the new \
                        code for the section: preempted there, the thread goes to the old abort_ip. Documented was only that rseq_cs must be \
                        cleared before the descriptor's memory is used again.\
                        """)
                .said(
                        "Commit message",
                        "undated in the copy that was read",
                        "the change to the comment on rseq_cs in include/uapi/linux/rseq.h; c72f3422aa71",
                        "nothing would theoretically prevent a JIT from reclaiming the code without reclaiming the struct rseq_cs, which would erroneously allow the kernel to consider new code which is not a rseq critical section as a rseq critical section following a code reclaim.")
                .settled(
                        Outcome.CONFIRMED,
                        "kept",
                        "The thread is preempted in the new code and goes to the abort_ip of the old.")
                .reference(
                        VARIANTS.of(
                                        "cleared",
                                        "rseq_cs is cleared before there is new code.",
                                        Reclaim.CLEARED)
                                .holds(SC))
                .variant(
                        VARIANTS.of("kept", "rseq_cs is left to the kernel to clear.", Reclaim.KEPT)
                                .violated(SC))
                .variant(VARIANTS.reached(ReclaimedCode.PREEMPTED, Reclaim.CLEARED).violated(SC))
                .build();
    }
}
