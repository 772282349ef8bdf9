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
import dev.cpulocal.lab.museum.rseq.KvmSelftest.Check;
import dev.cpulocal.lab.museum.rseq.KvmSelftest.Setup;

/** RS-06: the test of RS-01 fails on a correct kernel, first version. */
final class Rs06 {

    private static final String THREAD =
            "Re: [PATCH 4/5] KVM: selftests: Add a test for KVM_RUN+rseq to detect task migration"
                    + " bugs, linuxppc-dev";

    private static final Variants<Setup> VARIANTS = new Variants<>("RS-06", KvmSelftest::new);

    private Rs06() {}

    static Exhibit exhibit() {
        return Exhibit.of("RS-06", "A test that asks twice where it is", Area.RSEQ)
                .kernels("none: the test was changed in review")
                .bounds("one call of KVM_RUN, two migrations")
                .story(
                        """
                        The first test for RS-01 compared cpu_id with sched_getcpu(), and took a difference for a failure unless a second \
                        call of sched_getcpu() said something else. A thread that is moved between the first two and moved back between the \
                        last two gets the same answer twice, and the test fails on a correct kernel. A count of the migrations, as the test \
                        that was merged has it, tells; a mutex would too.\
                        """)
                .said(
                        "Sean Christopherson",
                        "17 August 2021",
                        "[PATCH 4/5] KVM: selftests: Add a test for KVM_RUN+rseq to detect task migration bugs, linuxppc-dev; a comment in the test",
                        "This doesn't handle the case where the task is migrated between sched_getcpu() and reading rseq, and again between reading rseq and sched_getcpu(), but in practice no false positives have been observed, while on the other hand blocking migration while this thread reads CPUs messes with the timing and prevents hitting failures on a buggy kernel.")
                .settled(
                        Outcome.DEPENDS,
                        "mutex, stale kernel",
                        "The false positive is there, in \"asks twice\". With a mutex the test can fail on a kernel with the bug as well: that it did not was a matter of time.")
                .said(
                        "Mathieu Desnoyers",
                        "20 August 2021",
                        THREAD,
                        "I still really hate flakiness in tests, because then people stop caring when they fail once in a while. And with the nature of rseq, a once-in-a-while failure is a big deal.")
                .reference(
                        VARIANTS.of("fixed", "The test that was merged.", Setup.MERGED)
                                .holds(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        VARIANTS.of(
                                        "asks twice",
                                        "The first test: moved away and back, it sees no difference.",
                                        Setup.MERGED.with(Check.AGAIN))
                                .violated(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        VARIANTS.of(
                                        "mutex",
                                        "Nobody moves the thread while it reads.",
                                        Setup.MERGED.with(Check.MUTEX))
                                .holds(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        VARIANTS.of(
                                        "mutex, stale kernel",
                                        "The same test finds the bug of RS-01.",
                                        Setup.MERGED.with(Check.MUTEX).onStaleKernel())
                                .violated(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        VARIANTS.of(
                                        "fixed, stale kernel",
                                        "The test that was merged finds the bug of RS-01.",
                                        Setup.MERGED.onStaleKernel())
                                .violated(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        VARIANTS.reached(KvmSelftest.MOVED, Setup.MERGED)
                                .violated(SC, TSO, PSO, ARMV8, RISCV))
                .build();
    }
}
