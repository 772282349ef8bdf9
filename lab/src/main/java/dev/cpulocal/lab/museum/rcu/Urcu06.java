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
import dev.cpulocal.lab.museum.rcu.Enqueue.Barriers;

/** URCU-06: an exchange that publishes, and orders nothing before. */
final class Urcu06 {

    private static final Variants<Barriers> VARIANTS = new Variants<>("URCU-06", Enqueue::new);

    private Urcu06() {}

    static Exhibit exhibit() {
        return Exhibit.of("URCU-06", "uatomic_xchg() on arm32 publishes too early", Area.RCU)
                .kernels("none: liburcu until 2016")
                .bounds("one node pushed, one popped")
                .story(
                        """
                        uatomic_xchg() is to order what comes before it and what comes behind it. On arm32 it had a barrier behind only. Who \
                        initialises a node and then exchanges it in publishes it before its data: who takes the node finds what was there \
                        before.\
                        """)
                .history(
                        "liburcu",
                        "2016",
                        "liburcu, c278ffc",
                        "A barrier is put before the exchange.")
                .derived(
                        "The barrier behind is needed as well, by who takes the node: with only the one before, RISC-V and ARMv8 let it read the data before it has the node, where nothing depends on the node's address.")
                .reference(
                        VARIANTS.of("fixed", "A barrier on both sides.", Barriers.BOTH)
                                .holds(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        VARIANTS.of(
                                        "behind only",
                                        "What comes before is not ordered.",
                                        Barriers.BEHIND)
                                .holds(SC, TSO)
                                .violated(PSO, ARMV8, RISCV))
                .variant(
                        VARIANTS.of(
                                        "before only",
                                        "What comes behind is not ordered.",
                                        Barriers.BEFORE)
                                .holds(SC, TSO, PSO)
                                .violated(ARMV8, RISCV))
                .variant(
                        VARIANTS.reached(Enqueue.TAKEN, Barriers.BOTH)
                                .violated(SC, TSO, PSO, ARMV8, RISCV))
                .build();
    }
}
