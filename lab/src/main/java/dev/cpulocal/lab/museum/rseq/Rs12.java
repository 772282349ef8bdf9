// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rseq;

import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Variants;
import dev.cpulocal.lab.museum.rseq.LazyClear.Lines;

/** RS-12: rseq_cs need not be cleared, and where it must be stored. */
final class Rs12 {

    private static final Variants<Lines> VARIANTS = new Variants<>("RS-12", LazyClear::new);

    private Rs12() {}

    static Exhibit exhibit() {
        return Exhibit.of("RS-12", "Who clears rseq_cs, and when it must be stored", Area.RSEQ)
                .kernels("none: a question about the protocol")
                .bounds(
                        "two sections, one after the other; preempted and moved any number of times")
                .story(
                        """
                        A thread stores a descriptor to rseq_cs, enters the section, compares the CPUs, and commits. It need not clear the \
                        field behind the section, because the descriptor says where the section ends. What must be true is that no section is \
                        aborted behind its commit, and that none is committed in which the thread was preempted.\
                        """)
                .said(
                        "Mathieu Desnoyers",
                        "20 August 2021",
                        "Re: [PATCH 1/5] KVM: rseq: Update rseq when processing NOTIFY_RESUME on xfer to KVM guest, linuxppc-dev",
                        "But as a fast-path optimization, [4] is not entirely needed because the rseq_cs descriptor contains information about the instruction pointer range of the critical section. Therefore, userspace can omit [4]")
                .settled(
                        Outcome.CONFIRMED,
                        "lazy",
                        "R2 and R3 hold without [4], also where a second section follows with the first one's rseq_cs still set.")
                .derived(
                        "That rseq_cs is stored before start_ip is not essential: \"stored inside\" holds. It must be stored before the CPUs are compared.")
                .reference(
                        VARIANTS.of("lazy", "[4] is left to the kernel.", Lines.STORE_START_COMPARE)
                                .holds(SC, TSO))
                .variant(
                        VARIANTS.of("cleared", "The thread clears rseq_cs itself.", Lines.CLEARED)
                                .holds(SC, TSO))
                .variant(
                        VARIANTS.of(
                                        "stored inside",
                                        "rseq_cs is stored in the section, before the comparison.",
                                        Lines.START_STORE_COMPARE)
                                .holds(SC, TSO))
                .variant(
                        VARIANTS.of(
                                        "compared first",
                                        "The CPUs are compared before rseq_cs is stored.",
                                        Lines.COMPARE_STORE_START)
                                .violated(SC, TSO))
                .variant(
                        VARIANTS.of(
                                        "end too late",
                                        "post_commit_ip is one instruction behind the commit, which"
                                                + " is done twice.",
                                        Lines.LATE_END)
                                .violated(SC, TSO))
                .variant(
                        VARIANTS.reached(LazyClear.OLD, Lines.STORE_START_COMPARE)
                                .violated(SC, TSO))
                .variant(
                        VARIANTS.reached(NotifyResume.RESTARTED, Lines.STORE_START_COMPARE)
                                .violated(SC, TSO))
                .build();
    }
}
