// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rseq;

import static dev.cpulocal.lab.MemoryModel.SC;

import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Variants;
import dev.cpulocal.lab.museum.rseq.RegisteredThread.Left;

/** RS-04: an area is registered with what its last owner left in it. */
final class Rs04 {

    private static final Variants<Left> VARIANTS = new Variants<>("RS-04", RegisteredThread::new);

    private Rs04() {}

    static Exhibit exhibit() {
        return Exhibit.of("RS-04", "A new thread has the rseq_cs of an old one", Area.RSEQ)
                .kernels("4.18 to 6.14")
                .bounds(
                        "one thread, one registration; preempted any number of times. Nothing is shared, so one memory model does")
                .story(
                        """
                        The C library gives the area of a thread that has ended to a new thread, which registers it. Its rseq_cs is lazily \
                        cleared, so it may still hold the address of a descriptor that has been unmapped meanwhile. On its way back from the \
                        registration the kernel reads that descriptor, faults, and kills the new thread, which has done nothing wrong. Now \
                        registration clears the field.\
                        """)
                .history(
                        "Michael Jeanson",
                        "2025",
                        "fd881d0a085f, Linux 6.15; CVE-2025-38067",
                        "The kernel clears rseq_cs on registration.")
                .derived(
                        "A descriptor that is still mapped does no harm: the way back from the registration is outside of every section, and clears the field. So a new thread cannot be sent to the abort_ip of an old one's section.")
                .reference(
                        VARIANTS.of("fixed", "Registration clears rseq_cs.", Left.UNMAPPED_CLEARED)
                                .holds(SC))
                .variant(
                        VARIANTS.of(
                                        "kept",
                                        "Registration keeps it; the descriptor is not mapped.",
                                        Left.UNMAPPED_KEPT)
                                .violated(SC))
                .variant(
                        VARIANTS.of(
                                        "kept, mapped",
                                        "Registration keeps it; the descriptor is still there.",
                                        Left.DESCRIPTOR_KEPT)
                                .holds(SC))
                .variant(
                        VARIANTS.reached(NotifyResume.RESTARTED, Left.UNMAPPED_CLEARED)
                                .violated(SC))
                .build();
    }
}
