// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rseq;

import static dev.cpulocal.lab.MemoryModel.SC;

import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Variants;
import dev.cpulocal.lab.museum.rseq.Progress.Kernel;

/** RS-15: cpu_id does not tell whether there is a slow path. */
final class Rs15 {

    private static final Variants<Kernel> VARIANTS = new Variants<>("RS-15", Progress::new);

    private Rs15() {}

    static Exhibit exhibit() {
        return Exhibit.of("RS-15", "cpu_id tells of rseq, and not of its slow path", Area.RSEQ)
                .kernels("4.18 and later: rseq without cpu_opv")
                .bounds("one thread on one CPU, updates and preemptions without an end")
                .story(
                        """
                        A library was to use sections where cpu_id is not negative, and atomic instructions elsewhere; a section that is \
                        aborted was to be followed by cpu_opv(). With rseq merged and cpu_opv not, cpu_id says that there is rseq, and the \
                        slow path is not there. If every attempt is preempted, nothing is ever committed.\
                        """)
                .said(
                        "Mathieu Desnoyers",
                        "4 May 2018",
                        "Re: [RFC PATCH for 4.18 12/23] cpu_opv: Provide cpu_opv system call (v7), linux-kernel",
                        "If kernels are released with rseq but without cpu_opv, then I cannot use this @cpu_id field to detect whether *both* rseq and cpu_opv are available.")
                .settled(
                        Outcome.CONFIRMED,
                        "rseq only",
                        "The same test of cpu_id leads to a way on which nothing is committed; with both, or neither, there is none.")
                .derived(
                        "In practice preemption is rare and the way without an end is not met. What is lost is the guarantee, not the progress.")
                .reference(
                        VARIANTS.of("rseq and cpu_opv", "As it was posted.", Kernel.RSEQ_AND_OPV)
                                .holds(SC))
                .variant(
                        VARIANTS.of(
                                        "rseq only",
                                        "As it was merged: the section is tried again, and again.",
                                        Kernel.RSEQ_ONLY)
                                .violated(SC))
                .variant(
                        VARIANTS.of("neither", "Atomic instructions; cpu_id tells.", Kernel.NEITHER)
                                .holds(SC))
                .variant(
                        VARIANTS.of(
                                        "rseq only, at rest",
                                        "As it was merged, and preemption comes twice at most.",
                                        Kernel.RSEQ_AT_REST)
                                .holds(SC))
                .variant(VARIANTS.reached(Progress.SLOW_PATH, Kernel.RSEQ_AND_OPV).violated(SC))
                .build();
    }
}
