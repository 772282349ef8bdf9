// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.opv;

import static dev.cpulocal.lab.MemoryModel.SC;

import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Variants;
import dev.cpulocal.lab.museum.opv.Attempts.Setting;

/** OPV-06: sections alone need not make progress. */
final class Opv06 {

    private static final String POSTED =
            "[RFC PATCH for 4.18 12/23] cpu_opv: Provide cpu_opv system call (v7), linux-kernel";

    private static final Variants<Setting> VARIANTS = new Variants<>("OPV-06", Attempts::new);

    private Opv06() {}

    static Exhibit exhibit() {
        return Exhibit.of("OPV-06", "Sections alone need not make progress", Area.CPU_OPV)
                .kernels("4.18 and later: rseq without cpu_opv")
                .bounds(
                        "one thread, one page, updates without an end. Liveness, which is checked under one memory model here")
                .story(
                        """
                        A section that takes a page fault is aborted, and under memory pressure the page can be gone again at the next \
                        attempt. A section that is single-stepped is aborted at its first instruction, always. With cpu_opv() behind the first \
                        failed attempt, both make progress: pages are pinned before, and a debugger steps over a system call.\
                        """)
                .said(
                        "Mathieu Desnoyers",
                        "12 April 2018",
                        POSTED,
                        "For instance, a system with swap enabled which is under high memory pressure could trigger page faults at pretty much every rseq attempt. Although this scenario is extremely unlikely, rseq becomes the weak link of the chain.")
                .settled(
                        Outcome.CONFIRMED,
                        "memory pressure",
                        "There is a way without an end on which each attempt finds the page gone.")
                .said(
                        "Linus Torvalds",
                        "16 April 2018",
                        "Re: [RFC PATCH for 4.18 12/23] cpu_opv: Provide cpu_opv system call (v7), linux-kernel",
                        "I really don't think single-stepping is a valid argument.")
                .derived(
                        "A section that is single-stepped never commits. Whether that is a reason for a system call is no question for a checker.")
                .reference(
                        VARIANTS.of(
                                        "memory pressure, cpu_opv",
                                        "cpu_opv() follows the first attempt that fails.",
                                        Setting.PRESSURE_OPV)
                                .holds(SC))
                .variant(
                        VARIANTS.of(
                                        "memory pressure",
                                        "The section is tried again.",
                                        Setting.PRESSURE)
                                .violated(SC))
                .variant(
                        VARIANTS.of(
                                        "single-stepped, cpu_opv",
                                        "cpu_opv() follows, under a debugger.",
                                        Setting.STEPPED_OPV)
                                .holds(SC))
                .variant(
                        VARIANTS.of(
                                        "single-stepped",
                                        "The section is tried again, under a debugger.",
                                        Setting.STEPPED)
                                .violated(SC))
                .variant(VARIANTS.reached(Attempts.ABORTED, Setting.PRESSURE_OPV).violated(SC))
                .build();
    }
}
