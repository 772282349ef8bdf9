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
import dev.cpulocal.lab.museum.rcu.WakeUp.Store;

/** URCU-02: a sequentially consistent store orders nothing before a later load. */
final class Urcu02 {

    private static final Variants<Store> VARIANTS = new Variants<>("URCU-02", WakeUp::new);

    private Urcu02() {}

    static Exhibit exhibit() {
        return Exhibit.of(
                        "URCU-02", "A sequentially consistent store is taken for a fence", Area.RCU)
                .kernels("none: liburcu until 7 January 2026")
                .bounds("one reader that ends, one writer that waits, one sleep")
                .story(
                        """
                        A reader that ends stores so and then looks whether a writer waits. liburcu took a sequentially consistent store for \
                        enough. Such a store is ordered before later accesses that are sequentially consistent too, and the look at the futex \
                        is not. On Arm it is a store-release, and the load behind it can be performed first: the reader sees no writer, the \
                        writer sees the reader, and sleeps for ever. On x86 the store is an xchg, which hides it.\
                        """)
                .history(
                        "liburcu",
                        "7 January 2026",
                        "liburcu, 9e6448da9b92, 96ef712, 527a44a and 7a2c7fc",
                        "A sequentially consistent fence is put between store and load.")
                .derived(
                        "The writer needs its own fence as well; it had it. The C model of memory is not among the ones here: the variants are what compilers make of the store.")
                .reference(
                        VARIANTS.of("fixed", "A fence between store and load.", Store.FENCE)
                                .holds(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        VARIANTS.of(
                                        "seq_cst on Arm",
                                        "The store is a store-release: the load overtakes it.",
                                        Store.SEQ_CST_RELEASE)
                                .holds(SC)
                                .violated(ARMV8, RISCV))
                .variant(
                        VARIANTS.of(
                                        "seq_cst on x86",
                                        "The store is an atomic exchange, which is a fence there.",
                                        Store.SEQ_CST_XCHG)
                                .holds(SC, TSO))
                .variant(
                        VARIANTS.of("plain", "No order is asked for.", Store.PLAIN)
                                .holds(SC)
                                .violated(TSO, PSO, ARMV8, RISCV))
                .variant(
                        VARIANTS.reached(WakeUp.SLEEPS, Store.FENCE)
                                .violated(SC, TSO, PSO, ARMV8, RISCV))
                .build();
    }
}
