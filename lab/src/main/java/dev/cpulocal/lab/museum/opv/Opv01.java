// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.opv;

import static dev.cpulocal.lab.MemoryModel.SC;

import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Variants;
import dev.cpulocal.lab.museum.opv.Budget.Gate;

/** OPV-01: what one call can use is bounded, what all use is not. */
final class Opv01 {

    private static final String THREAD =
            "Re: [RFC PATCH for 4.18 12/23] cpu_opv: Provide cpu_opv system call (v7),"
                    + " linux-kernel";

    private static final Variants<Gate> VARIANTS = new Variants<>("OPV-01", Budget::new);

    private Opv01() {}

    static Exhibit exhibit() {
        return Exhibit.of("OPV-01", "A bound for each call is no bound", Area.CPU_OPV)
                .kernels("none: cpu_opv was not merged")
                .bounds(
                        "three callers of two pages each, where three pages can be spared. Nothing but counts is shared, so one memory model does")
                .story(
                        """
                        cpu_opv() maps the pages that a vector touches into the kernel, whose address space is scarce on 32 bits. A call \
                        cannot map more than a limit, but any number of processes can call at once. A mutex, or a budget, makes it a limit for \
                        all. A budget that callers take from page by page has them wait for each other for ever.\
                        """)
                .said(
                        "Mathieu Desnoyers",
                        "13 April 2018",
                        THREAD,
                        "The vmalloc space needed by cpu_opv is bound by the number of pages a cpu_opv call can touch.")
                .settled(
                        Outcome.DEPENDS,
                        "no limit",
                        "Of one call: the first property holds in every variant. Of all calls together it is not true, and \"no limit\" breaks the second.")
                .said(
                        "Linus Torvalds",
                        "13 April 2018",
                        THREAD,
                        "No it's not. You can have a thousand different processes doing cpu_opv at the same time.")
                .settled(
                        Outcome.CONFIRMED,
                        "no limit",
                        "Two calls are enough to map more than can be spared.")
                .said(
                        "Mathieu Desnoyers",
                        "13 April 2018",
                        THREAD,
                        "Beyond a given threshold, further execution of additional cpu_opv instances would block, awaiting to be woken up when vmalloc address space is freed when in-flight cpu_opv complete.")
                .settled(
                        Outcome.DEPENDS,
                        "budget, page by page",
                        "It works if a call waits before it maps its first page (\"budget\"). If it waits in between, all wait.")
                .reference(
                        VARIANTS.of("budget", "A call takes all it needs at once.", Gate.AT_ONCE)
                                .holds(SC))
                .variant(VARIANTS.of("mutex", "One call at a time.", Gate.MUTEX).holds(SC))
                .variant(VARIANTS.of("no limit", "As it was posted.", Gate.NONE).violated(SC))
                .variant(
                        VARIANTS.of(
                                        "budget, page by page",
                                        "Each call holds a page and waits for another.",
                                        Gate.PIECEMEAL)
                                .violated(SC))
                .variant(VARIANTS.reached(Budget.MAPPED, Gate.AT_ONCE).violated(SC))
                .build();
    }
}
