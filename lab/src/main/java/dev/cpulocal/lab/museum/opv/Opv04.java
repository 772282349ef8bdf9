// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.opv;

import static dev.cpulocal.lab.MemoryModel.SC;

import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Variants;
import dev.cpulocal.lab.museum.opv.PinnedPage.Keep;

/** OPV-04: a page that is pinned need not be the one that is mapped. */
final class Opv04 {

    private static final Variants<Keep> VARIANTS = new Variants<>("OPV-04", PinnedPage::new);

    private Opv04() {}

    static Exhibit exhibit() {
        return Exhibit.of("OPV-04", "The pinned page is no longer the mapped page", Area.CPU_OPV)
                .kernels("none: cpu_opv was not merged")
                .bounds(
                        "one vector of one store, one fork(), one page. Locks order everything, so one memory model does")
                .story(
                        """
                        cpu_opv() pins the pages of a vector and then stores to them by another mapping. If the process forks in between and \
                        another thread writes to the same page, that thread gets a copy, which is mapped from then on; the vector stores to \
                        the page that the child keeps. The call succeeds, and what it stored is not there.\
                        """)
                .said(
                        "Mathieu Desnoyers",
                        "13 April 2018",
                        "Re: [RFC PATCH for 4.18 12/23] cpu_opv: Provide cpu_opv system call (v7), linux-kernel",
                        "Page pinning and aliasing user-space pages in the kernel linear mapping ensure that we don't end up in trouble in page fault scenarios, such as having the pages we need to touch swapped out under our feet.")
                .derived(
                        "That the page can be another one's by then is our conclusion; nobody is known to have said it. It is the known trouble of get_user_pages() and fork().")
                .unchecked(
                        "fork() copies pages for the child that may be pinned since 2020, if they were pinned by pin_user_pages().")
                .reference(
                        VARIANTS.of(
                                        "locked",
                                        "mmap_lock is held until the vector has been executed.",
                                        Keep.LOCK)
                                .holds(SC))
                .variant(
                        VARIANTS.of("copied at fork", "The child gets the copy.", Keep.COPY_AT_FORK)
                                .holds(SC))
                .variant(VARIANTS.of("pinned", "As it was posted.", Keep.PIN).violated(SC))
                .variant(VARIANTS.reached(PinnedPage.FORKED, Keep.LOCK).violated(SC))
                .build();
    }
}
