// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rcu;

import static dev.cpulocal.lab.MemoryModel.ARMV8;
import static dev.cpulocal.lab.MemoryModel.PSO;
import static dev.cpulocal.lab.MemoryModel.RISCV;
import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Variants;
import dev.cpulocal.lab.museum.rcu.SplitCounters.Counting;

/** SR-01: SRCU readers in NMIs. */
final class Sr01 {

    private static final Variants<Counting> VARIANTS = new Variants<>("SR-01", SplitCounters::new);

    private Sr01() {}

    static Exhibit exhibit() {
        return Exhibit.of(
                        "SR-01",
                        "An SRCU reader in an NMI is counted twice or not at all",
                        Area.RCU)
                .kernels("all with srcu_read_lock(), which is not for NMIs")
                .bounds("one reader in a task, one in an NMI of the same CPU, one grace period")
                .story(
                        """
                        SRCU readers count themselves per CPU. Where incrementing is load, add and store, an NMI that comes in between and is \
                        a reader too has its count overwritten. The sums of those who began and those who ended are then the same while the \
                        task still reads, and the grace period ends too early. Counting atomically helps; so do two counters, one for tasks \
                        and one for NMIs, of which the grace period sums both.\
                        """)
                .said(
                        "Mathieu Desnoyers",
                        "11 November 2022",
                        "Re: [PATCH printk v3 00/40] reduce console_lock scope, linuxppc-dev",
                        "Then in the grace period sum the percpu-ops and the atomic values whenever each counter value is read. This would allow SRCU to be NMI-safe without requiring the callers to explicitly state whether they need to be nmi-safe or not, and would only take the overhead of the atomics in the NMI handlers rather than for all users which happen to use SRCU read locks shared with nmi handlers.")
                .settled(
                        Outcome.CONFIRMED,
                        "split",
                        "It holds if both sums of those who ended are read before both of those who began, with a full barrier between.")
                .said(
                        "Mathieu Desnoyers",
                        "11 November 2022",
                        "the same mail, about libside",
                        "The \"rseq\" counter is the fast-path, but if rseq fails, the abort handler uses the atomic counter instead.")
                .settled(
                        Outcome.CONFIRMED,
                        "rseq",
                        "It holds, if the abort handler is never reached behind the commit: \"rseq, counted twice\".")
                .unchecked(
                        "The kernel took the other way: srcu_read_lock_nmisafe() counts atomically, for those who ask for it.")
                .derived(
                        "It makes no difference whether the two counters are summed or each is compared for itself (\"halves\"), because a reader begins and ends in the same context. That is not so in a scheme where an aborted increment falls back to the atomic counter.")
                .reference(
                        VARIANTS.of("atomic", "All count by atomic instructions.", Counting.ATOMIC)
                                .holds(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        VARIANTS.of(
                                        "plain",
                                        "The NMI comes between load and store.",
                                        Counting.PLAIN)
                                .violated(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        VARIANTS.of("split", "One counter for tasks, one for NMIs.", Counting.SPLIT)
                                .holds(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        VARIANTS.of(
                                        "halves",
                                        "Tasks and NMIs are compared one after the other.",
                                        Counting.SPLIT_HALVES)
                                .holds(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        VARIANTS.of(
                                        "locks first",
                                        "The NMI begins and ends between the sums, and stands for"
                                                + " the end of the task.",
                                        Counting.SPLIT_LOCKS_FIRST)
                                .violated(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        VARIANTS.of(
                                        "no barrier",
                                        "Nothing orders the two sums: those who began can be read"
                                                + " first.",
                                        Counting.SPLIT_NO_BARRIER)
                                .holds(SC, TSO, PSO)
                                .violated(ARMV8, RISCV))
                .variant(
                        VARIANTS.of(
                                        "rseq",
                                        "Sections, and an atomic instruction for those that are"
                                                + " aborted, in user space.",
                                        Counting.RSEQ)
                                .holds(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        VARIANTS.of(
                                        "rseq, counted twice",
                                        "The abort handler counts although the section has"
                                                + " committed.",
                                        Counting.RSEQ_TWICE)
                                .violated(SC, TSO, PSO))
                .variant(
                        VARIANTS.reached(SplitCounters.FREED, Counting.ATOMIC)
                                .violated(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        VARIANTS.reached(SplitCounters.IN_BETWEEN, Counting.SPLIT)
                                .violated(SC, TSO, PSO, ARMV8, RISCV))
                .build();
    }
}
