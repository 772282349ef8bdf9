// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rseq;

import static dev.cpulocal.lab.MemoryModel.SC;

import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Variants;
import dev.cpulocal.lab.museum.rseq.GenericEntry.Change;

/** RS-13: what the way to user mode owes since 6.19. */
final class Rs13 {

    private static final Variants<Change> VARIANTS = new Variants<>("RS-13", GuestThread::new);

    private Rs13() {}

    static Exhibit exhibit() {
        return Exhibit.of("RS-13", "What the way to user mode owes since 6.19", Area.RSEQ)
                .kernels("none: today's code, and what it must not lose")
                .bounds(
                        "one call of ioctl(KVM_RUN), one section; preempted and moved any number of times. One thread's state on one CPU at a time, so one memory model does")
                .story(
                        """
                        Linux 6.19 does without a mask of events: that user mode was interrupted and the thread was scheduled since takes its \
                        place, and the area is updated on a fast path that resolves no page fault. Four things must not be forgotten: events \
                        are cleared when the area is up to date, the entry notes that it comes from user mode, a fault leads to the slow path, \
                        and every hypervisor raises the flag again behind the guest, because the flag is cleared before it.\
                        """)
                .history(
                        "Thomas Gleixner",
                        "2025",
                        "include/linux/rseq_entry.h, Linux 6.19",
                        "The events, the fast path and the slow path.")
                .history(
                        "",
                        "2025",
                        "rseq, virt: Retrigger RSEQ after vcpu_run(); 83409986f49f, Linux 6.19",
                        "The handler ignores calls without user registers, and run loops call rseq_virt_userspace_exit(). This gives up the fix of RS-01.")
                .derived(
                        "Both ways to deal with guests keep R1: writing before the guest, as from 5.15 to 6.18, and raising the flag behind it. Ignoring the call before and not raising it behind is RS-01 again.")
                .derived(
                        "The source takes for granted that a switch without new ids has interrupted user mode; that is checked here, and holds.")
                .reference(VARIANTS.of("fixed", "Nothing is forgotten.", Change.NONE).holds(SC))
                .variant(
                        VARIANTS.of(
                                        "cleared early",
                                        "sched_switch is cleared before the area is accessed: behind"
                                                + " a fault there is nothing to do any more.",
                                        Change.CLEARED_EARLY)
                                .violated(SC))
                .variant(
                        VARIANTS.of(
                                        "interrupt not noted",
                                        "The entry does not say that it comes from user mode.",
                                        Change.USER_IRQ_UNNOTED)
                                .violated(SC))
                .variant(
                        VARIANTS.of(
                                        "fault dropped",
                                        "A fault on the fast path does not lead to the slow path.",
                                        Change.FAULT_DROPPED)
                                .violated(SC))
                .variant(
                        VARIANTS.of(
                                        "not raised again",
                                        "A hypervisor forgets rseq_virt_userspace_exit().",
                                        Change.NOT_RAISED_AGAIN)
                                .violated(SC))
                .variant(
                        VARIANTS.of(
                                        "written before the guest",
                                        "The ids are written before the guest is entered; the flag is"
                                                + " not raised again.",
                                        Change.WRITTEN_BEFORE_GUEST)
                                .holds(SC))
                .variant(VARIANTS.reached(GenericEntry.RESTARTED, Change.NONE).violated(SC))
                .variant(VARIANTS.reached(GenericEntry.SLOW, Change.NONE).violated(SC))
                .build();
    }
}
