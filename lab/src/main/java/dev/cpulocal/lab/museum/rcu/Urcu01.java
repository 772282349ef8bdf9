// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rcu;

import static dev.cpulocal.lab.MemoryModel.ARMV8;
import static dev.cpulocal.lab.MemoryModel.PSO;
import static dev.cpulocal.lab.MemoryModel.RISCV;
import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Variants;
import dev.cpulocal.lab.museum.rcu.ReadSide.Fences;

/** URCU-01: one half of an asymmetric fence is taken away. */
final class Urcu01 {

    private static final Variants<Fences> VARIANTS = new Variants<>("URCU-01", ReadSide::new);

    private Urcu01() {}

    static Exhibit exhibit() {
        return Exhibit.of(
                        "URCU-01",
                        "The writer stops sending signals, the reader does not notice",
                        Area.RCU)
                .kernels("none: liburcu until 21 August 2023")
                .bounds("one reader, one grace period")
                .story(
                        """
                        Readers of liburcu-signal had no fence in rcu_read_lock(): writers sent a signal, whose handler had it. When the \
                        flavour was given up, writers no longer sent signals, and became ordinary ones; the reader's compiler barrier stayed. \
                        Its store that says that it reads can then wait in the store buffer while it follows the pointer, and the writer frees \
                        what it found.\
                        """)
                .history(
                        "Mathieu Desnoyers",
                        "21 August 2023",
                        "liburcu, c5b26a3e57e3",
                        "cmm_barrier() becomes cmm_smp_mb(). The bug is of 97d13221f8a1.")
                .derived(
                        "An asymmetric fence is one thing: both halves are demoted, or promoted, together. \"reader only\" is the other half of the mistake.")
                .reference(
                        VARIANTS.of("fixed", "A fence on both sides.", Fences.BOTH)
                                .holds(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        VARIANTS.of(
                                        "membarrier",
                                        "No fence in the reader; the writer makes the reader's CPU"
                                                + " execute one.",
                                        Fences.MEMBARRIER)
                                .holds(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        VARIANTS.of(
                                        "writer only",
                                        "The reader's fence is gone, and nobody sends a signal.",
                                        Fences.WRITER_ONLY)
                                .holds(SC)
                                .violated(TSO, PSO, ARMV8, RISCV))
                .variant(
                        VARIANTS.of(
                                        "reader only",
                                        "The writer's fences are gone.",
                                        Fences.READER_ONLY)
                                .holds(SC)
                                .violated(TSO, PSO, ARMV8, RISCV))
                .variant(
                        VARIANTS.reached(ReadSide.FREED, Fences.BOTH)
                                .violated(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        VARIANTS.reached(ReadSide.SEEN, Fences.BOTH)
                                .violated(SC, TSO, PSO, ARMV8, RISCV))
                .build();
    }
}
