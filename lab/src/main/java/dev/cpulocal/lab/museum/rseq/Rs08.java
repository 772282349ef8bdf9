// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rseq;

import static dev.cpulocal.lab.MemoryModel.ARMV8;
import static dev.cpulocal.lab.MemoryModel.PSO;
import static dev.cpulocal.lab.MemoryModel.RISCV;
import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Variants;
import dev.cpulocal.lab.museum.rseq.KvmSelftest.Setup;
import dev.cpulocal.lab.museum.rseq.KvmSelftest.Target;

/** RS-08: the test of RS-01 moves the wrong thread. */
final class Rs08 {

    private static final Variants<Setup> VARIANTS = new Variants<>("RS-08", KvmSelftest::new);

    private Rs08() {}

    static Exhibit exhibit() {
        return Exhibit.of("RS-08", "A test that moves its worker instead of its subject", Area.RSEQ)
                .kernels("none: the test of 5.15, until 2022")
                .bounds(
                        "one call of KVM_RUN, two calls of sched_setaffinity(), two moves by the load balancer")
                .story(
                        """
                        The test that was merged calls sched_setaffinity(0, ...) in its worker thread, and 0 is the caller: the worker moves \
                        itself. The vCPU thread is moved by nobody but the load balancer, which changes no count, so the test can fail on a \
                        correct kernel. Passing the vCPU thread's id makes its affinity one CPU at a time, and the load balancer keeps off.\
                        """)
                .history(
                        "Gavin Shan",
                        "2022",
                        "KVM: selftests: Fix target thread to be migrated in rseq_test; e923b0537d28",
                        "The worker is given the id of the vCPU thread.")
                .history(
                        "Sean Christopherson",
                        "1 September 2021",
                        "[PATCH v3 4/5] KVM: selftests: Add a test for KVM_RUN+rseq to detect task migration bugs, linuxppc-dev; rseq_test.c",
                        "The call as it was merged, with 0.")
                .derived(
                        "Until the worker's first call the vCPU thread has the affinity that the test was started with, and the load balancer can still move it between its two reads: \"right thread\" can fail, too, at the start of the test. The reference sets the affinity before the worker starts.")
                .reference(
                        VARIANTS.of(
                                        "right thread, pinned",
                                        "The vCPU thread is moved, and is on one CPU from the start.",
                                        Setup.MERGED)
                                .holds(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        VARIANTS.of(
                                        "wrong thread",
                                        "The worker moves itself; the load balancer moves the vCPU"
                                                + " thread, and counts nothing.",
                                        Setup.MERGED.with(Target.WORKER))
                                .violated(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        VARIANTS.of(
                                        "right thread",
                                        "The vCPU thread is moved; before the first move the load"
                                                + " balancer can come.",
                                        Setup.MERGED.with(Target.VCPU))
                                .violated(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        VARIANTS.of(
                                        "wrong thread, stale kernel",
                                        "The bug of RS-01 can be found all the same, if the load"
                                                + " balancer comes in KVM_RUN.",
                                        Setup.MERGED.with(Target.WORKER).onStaleKernel())
                                .violated(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        VARIANTS.reached(KvmSelftest.MOVED, Setup.MERGED)
                                .violated(SC, TSO, PSO, ARMV8, RISCV))
                .build();
    }
}
