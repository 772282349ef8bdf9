// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.opv;

import static dev.cpulocal.lab.MemoryModel.SC;

import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Variants;
import dev.cpulocal.lab.museum.opv.SameCpu.Change;

/** OPV-03: why a vector and a section on the same CPU do not disturb each other. */
final class Opv03 {

    private static final Variants<Change> VARIANTS = new Variants<>("OPV-03", SameCpu::new);

    private Opv03() {}

    static Exhibit exhibit() {
        return Exhibit.of("OPV-03", "A vector is atomic for the sections of its CPU", Area.CPU_OPV)
                .kernels("none: cpu_opv was not merged")
                .bounds("one section and one vector on one CPU. One CPU, so one memory model does")
                .story(
                        """
                        A vector is executed with preemption disabled on the CPU whose data it is for, and takes no lock. It does not disturb \
                        a section there, because the section's thread had to be preempted for the caller to run, and starts again. Both halves \
                        are needed: that nobody preempts the vector, and that the kernel restarts who was preempted.\
                        """)
                .said(
                        "Mathieu Desnoyers",
                        "12 April 2018",
                        "[RFC PATCH for 4.18 12/23] cpu_opv: Provide cpu_opv system call (v7), linux-kernel",
                        "Then, preemption is disabled, and the operations are performed atomically with respect to other thread execution on that CPU, without generating any page fault.")
                .settled(
                        Outcome.CONFIRMED, "v7", "No increment is lost, wherever the vector comes.")
                .derived(
                        "With a lost event, as in RS-03, the section goes on with what it had read.")
                .reference(VARIANTS.of("v7", "As it was posted.", Change.NONE).holds(SC))
                .variant(
                        VARIANTS.of(
                                        "preemptible",
                                        "The vector is executed with preemption enabled.",
                                        Change.PREEMPTIBLE)
                                .violated(SC))
                .variant(
                        VARIANTS.of(
                                        "not restarted",
                                        "The section goes on behind the vector.",
                                        Change.NOT_RESTARTED)
                                .violated(SC))
                .variant(VARIANTS.reached(SameCpu.IN_SECTION, Change.NONE).violated(SC))
                .build();
    }
}
