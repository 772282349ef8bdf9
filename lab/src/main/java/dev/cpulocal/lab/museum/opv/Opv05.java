// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.opv;

import static dev.cpulocal.lab.MemoryModel.SC;

import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Variants;
import dev.cpulocal.lab.museum.opv.Comparison.Vector;

/** OPV-05: what came before a comparison that fails has been done. */
final class Opv05 {

    private static final Variants<Vector> VARIANTS = new Variants<>("OPV-05", Comparison::new);

    private Opv05() {}

    static Exhibit exhibit() {
        return Exhibit.of("OPV-05", "A vector that fails has been executed in part", Area.CPU_OPV)
                .kernels("none: cpu_opv was not merged")
                .bounds(
                        "one vector of two operations. It is executed atomically, so one memory model does")
                .story(
                        """
                        Operations of a vector are executed in order, and the first comparison that fails ends it. What came before has been \
                        done, and the caller is told that the vector failed: who tries again does it twice. A vector that has all its \
                        comparisons first is done as a whole or not at all.\
                        """)
                .said(
                        "Mathieu Desnoyers",
                        "12 April 2018",
                        "[RFC PATCH for 4.18 12/23] cpu_opv: Provide cpu_opv system call (v7), linux-kernel",
                        "The \"comparison\" operation can be used to check that the data used in the preparation step did not change between preparation of system call inputs and operation execution within the preempt-off critical section.")
                .settled(
                        Outcome.DEPENDS,
                        "add first",
                        "It can, if it comes before the operations that rely on it.")
                .derived(
                        "That nothing is undone is our reading of the text, which does not mention it.")
                .reference(
                        VARIANTS.of(
                                        "compare first",
                                        "All comparisons come first.",
                                        Vector.COMPARE_FIRST)
                                .holds(SC))
                .variant(
                        VARIANTS.of("add first", "The addition is done.", Vector.ADD_FIRST)
                                .violated(SC))
                .variant(VARIANTS.reached(Comparison.FAILS, Vector.COMPARE_FIRST).violated(SC))
                .build();
    }
}
