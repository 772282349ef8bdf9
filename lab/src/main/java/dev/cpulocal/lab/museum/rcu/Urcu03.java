// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rcu;

import static dev.cpulocal.lab.MemoryModel.PSO;
import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Variants;
import dev.cpulocal.lab.museum.rcu.SpuriousWakeUp.Woken;

/** URCU-03: a futex counts down for ever. */
final class Urcu03 {

    private static final Variants<Woken> VARIANTS = new Variants<>("URCU-03", SpuriousWakeUp::new);

    private Urcu03() {}

    static Exhibit exhibit() {
        return Exhibit.of(
                        "URCU-03", "A writer is woken by nobody, and never sleeps again", Area.RCU)
                .kernels("none: liburcu until 22 June 2022")
                .bounds(
                        "one reader that ends, one writer that waits, woken by nobody any number of times. The loops look at more than one place, which the models of ARMv8 and RISC-V cut short")
                .story(
                        """
                        A writer decrements the futex to -1 and sleeps while it is -1. FUTEX_WAIT can return 0 although nobody woke the \
                        writer. It then decremented the futex again, to -2, and FUTEX_WAIT with -1 returns at once from then on: the writer \
                        burns its CPU until the number has gone all the way round. Now it looks whether the futex is still -1 and sleeps again.\
                        """)
                .history(
                        "liburcu",
                        "22 June 2022",
                        "liburcu, a18d042, 4974ad5, 7169313, 879a3e1, 98d705d and 80c34c2",
                        "All places that wait for a futex look again when they are woken.")
                .reference(
                        VARIANTS.of("fixed", "The writer looks again.", Woken.LOOKS)
                                .holds(SC, TSO, PSO))
                .variant(
                        VARIANTS.of("goes on", "The writer takes it for the reader.", Woken.GOES_ON)
                                .violated(SC, TSO, PSO))
                .variant(
                        VARIANTS.reached(SpuriousWakeUp.SPURIOUS, Woken.LOOKS)
                                .violated(SC, TSO, PSO))
                .build();
    }
}
