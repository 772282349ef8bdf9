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
import dev.cpulocal.lab.museum.rseq.InitDone.Flag;

/** RS-14: librseq says that it is initialised before it is. */
final class Rs14 {

    private static final Variants<Flag> VARIANTS = new Variants<>("RS-14", InitDone::new);

    private Rs14() {}

    static Exhibit exhibit() {
        return Exhibit.of("RS-14", "librseq is initialised, says a flag", Area.RSEQ)
                .kernels("none: librseq before 28 September 2024")
                .bounds("two threads, each calls rseq_init() once")
                .story(
                        """
                        rseq_init() looks at a flag, and takes a lock only if it is not set. The flag was set before the rest was \
                        initialised, so a second thread could go on with a size of rseq's area that was not there yet. Setting it last is not \
                        enough where stores, or loads, pass each other: it takes a store-release and a load-acquire.\
                        """)
                .history(
                        "Mathieu Desnoyers",
                        "28 September 2024",
                        "librseq, e5dcc435cc1a",
                        "The flag is set last, with a release, and read with an acquire.")
                .derived(
                        "Each half of the pair is needed: with a plain load, ARMv8 and RISC-V can read the size before the flag although the thread branches on the flag in between; with a plain store, PSO can as well, on the other side.")
                .reference(
                        VARIANTS.of(
                                        "fixed",
                                        "Store-release and load-acquire.",
                                        Flag.RELEASE_ACQUIRE)
                                .holds(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        VARIANTS.of("set first", "The flag is set before the rest.", Flag.EARLY)
                                .violated(SC, TSO, PSO, ARMV8, RISCV))
                .variant(
                        VARIANTS.of(
                                        "set last",
                                        "The flag is set last, by a plain store.",
                                        Flag.PLAIN)
                                .holds(SC, TSO)
                                .violated(PSO, ARMV8, RISCV))
                .variant(
                        VARIANTS.of("plain load", "Store-release only.", Flag.RELEASE)
                                .holds(SC, TSO, PSO)
                                .violated(ARMV8, RISCV))
                .variant(
                        VARIANTS.of("plain store", "Load-acquire only.", Flag.ACQUIRE)
                                .holds(SC, TSO)
                                .violated(PSO, ARMV8, RISCV))
                .variant(
                        VARIANTS.reached(InitDone.FAST, Flag.RELEASE_ACQUIRE)
                                .violated(SC, TSO, PSO, ARMV8, RISCV))
                .build();
    }
}
