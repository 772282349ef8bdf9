// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rseq;

import static dev.cpulocal.lab.MemoryModel.ARMV8;
import static dev.cpulocal.lab.MemoryModel.PSO;
import static dev.cpulocal.lab.MemoryModel.RISCV;
import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Variants;
import dev.cpulocal.lab.museum.rseq.EndlessMoves.Pause;
import dev.cpulocal.lab.museum.rseq.KvmSelftest.Check;
import dev.cpulocal.lab.museum.rseq.KvmSelftest.Increment;
import dev.cpulocal.lab.museum.rseq.KvmSelftest.Setup;

/** RS-07: the barriers of the test's count, and a reader that never gets through. */
final class Rs07 {

    private static final String THREAD =
            "Re: [PATCH v2 4/5] KVM: selftests: Add a test for KVM_RUN+rseq to detect task migration"
                    + " bugs, linuxppc-dev";

    static final Variants<Setup> SAFETY = new Variants<>("RS-07", KvmSelftest::new);
    static final Variants<Pause> LIVENESS = new Variants<>("RS-07", EndlessMoves::new);

    private Rs07() {}

    static Exhibit exhibit() {
        return Exhibit.of("RS-07", "A test whose count of migrations orders nothing", Area.RSEQ)
                .kernels("none: the test was changed in review")
                .bounds(
                        "one call of KVM_RUN, two migrations; for the live lock, any number of both")
                .story(
                        """
                        The second version of the test counts migrations as a seqcount does. The increments must be visible before and \
                        after the move, which the atomic_inc() of the tests happens to guarantee, and the kernel's does not. An odd count \
                        must make the reader try again. And a worker that goes from one move to the next at once leaves the reader no time: \
                        it can try again for ever.\
                        """)
                .said(
                        "Mathieu Desnoyers",
                        "23 August 2021",
                        THREAD,
                        "the kernel implementation of atomic_inc guarantees no memory barriers, but this one happens to provide full barriers pretty much by accident")
                .settled(
                        Outcome.CONFIRMED,
                        "unordered count",
                        "With an atomic_inc() that orders nothing the test can fail on a correct kernel under ARMv8 and RISC-V. x86 orders it anyway.")
                .said(
                        "Mathieu Desnoyers",
                        "23 August 2021",
                        THREAD,
                        "Otherwise, the delay between the two back-to-back atomic_inc is so small that the seqlock read-side may never have time to complete the reading the rseq cpu id and the sched_getcpu() call, and can retry forever.")
                .settled(
                        Outcome.CONFIRMED,
                        "no pause",
                        "There is a way without an end on which the reader tries again for ever although both go on; with the pause there is none.")
                .said(
                        "Mathieu Desnoyers",
                        "20 August 2021",
                        "Re: [PATCH 4/5] KVM: selftests: Add a test for KVM_RUN+rseq to detect task migration bugs, linuxppc-dev",
                        "snapshot = atomic_load() & ~1; /* force retry if odd */")
                .settled(
                        Outcome.CONFIRMED,
                        "odd count accepted",
                        "A reader that takes an odd count for stable reads two CPUs in the middle of a move.")
                .derived(
                        "usleep() is modelled as a wait for one whole attempt of the reader; nothing guarantees that of a time. That the count is ordered by the locks in sched_setaffinity() is not relied on.")
                .reference(
                        SAFETY.of(
                                        "fixed",
                                        "The test that was merged: smp_wmb() around the move.",
                                        Setup.MERGED)
                                .holds(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        SAFETY.of(
                                        "ordered count",
                                        "The second version: atomic_inc() is a full barrier.",
                                        Setup.MERGED.with(Increment.ORDERED))
                                .holds(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        SAFETY.of(
                                        "unordered count",
                                        "atomic_inc() as the kernel has it.",
                                        Setup.MERGED.with(Increment.RELAXED))
                                .holds(SC, TSO, PSO)
                                .violated(ARMV8, RISCV))
                .variant(
                        SAFETY.of(
                                        "odd count accepted",
                                        "The lowest bit of the snapshot is not dropped.",
                                        Setup.MERGED.with(Check.SAME_COUNT))
                                .violated(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        LIVENESS.of("pause", "The worker sleeps between two moves.", Pause.USLEEP)
                                .holds(SC, TSO, PSO))
                .variant(
                        LIVENESS.of("no pause", "The worker goes on at once.", Pause.NONE)
                                .violated(SC, TSO, PSO))
                .variant(
                        SAFETY.reached(KvmSelftest.MOVED, Setup.MERGED)
                                .violated(SC, TSO, PSO, ARMV8, RISCV))
                .variant(LIVENESS.reached(EndlessMoves.RETRY, Pause.USLEEP).violated(SC, TSO, PSO))
                .build();
    }
}
