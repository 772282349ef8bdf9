// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rseq;

import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Variants;
import dev.cpulocal.lab.museum.rseq.KvmRun.Question;
import dev.cpulocal.lab.museum.rseq.KvmRun.Setting;
import dev.cpulocal.lab.museum.rseq.KvmRun.Transfer;

/** RS-02: what became of the other fixes of RS-01. */
final class Rs02 {

    private static final String THREAD =
            "Re: [PATCH 1/5] KVM: rseq: Update rseq when processing NOTIFY_RESUME on xfer to KVM"
                    + " guest, linuxppc-dev";

    private static final Variants<Setting> VARIANTS = new Variants<>("RS-02", KvmRun::new);

    private Rs02() {}

    static Exhibit exhibit() {
        return Exhibit.of("RS-02", "The first fix for KVM forgets the section", Area.RSEQ)
                .kernels("none: the fix was changed in review")
                .bounds(
                        "one call of ioctl(KVM_RUN), in a section or between two; preempted and moved any number of times")
                .story(
                        """
                        The first fix of RS-01 called the whole handler before a guest is entered, with no user registers, and so cleared \
                        rseq_cs. A thread that wrongly calls ioctl(KVM_RUN) in a section then returns into the section with no rseq_cs: a \
                        debug kernel does not notice and kill it, and no kernel restarts the section any more. The fix that was merged leaves \
                        rseq_cs alone. Two other fixes were thought of.\
                        """)
                .said(
                        "Mathieu Desnoyers",
                        "19 August 2021",
                        THREAD,
                        "If we have a scenario where userspace ends up calling this ioctl(KVM_RUN) from within a rseq c.s., we really want a CONFIG_DEBUG_RSEQ=y kernel to kill this application in the rseq_syscall handler when exiting back to usermode when the ioctl eventually returns. However, clearing the thread's rseq_cs will prevent this from happening.")
                .settled(
                        Outcome.CONFIRMED,
                        "rseq_cs cleared, debug",
                        "With rseq_cs cleared a debug kernel lets the thread go on; with the fix that was merged it kills it.")
                .said(
                        "Sean Christopherson",
                        "19 August 2021",
                        THREAD,
                        "Ah, or is it the case that rseq_cs is non-NULL if and only if userspace is in an rseq critical section, and because syscalls in critical sections are illegal, by definition clearing rseq_cs is a nop unless userspace is misbehaving.")
                .settled(
                        Outcome.DEPENDS,
                        "any rseq_cs",
                        "Not the first half: rseq_cs stays set behind a section, and who takes it for one kills a thread that is in none. The second half, as \"rseq_cs cleared, between\" shows.")
                .said(
                        "Mathieu Desnoyers",
                        "20 August 2021",
                        THREAD,
                        "The error will indeed already be caught on return from ioctl to userspace, so I don't see any added value in duplicating this check.")
                .settled(
                        Outcome.CONFIRMED,
                        "checked twice",
                        "Whoever the additional check finds is killed on return, in all runs.")
                .derived(
                        "The sketch of the additional check, in the mail of 19 August, returns before cpu_id is written, which brings RS-01 back; and if it took any rseq_cs for a section, it would kill threads that are in none, because nobody clears it at the end of one.")
                .derived(
                        "Without CONFIG_DEBUG_RSEQ the fix that was merged does not restart a section that was preempted in the system call either: TIF_NOTIFY_RESUME is gone. Sections make no system calls.")
                .reference(
                        variant(
                                        "fixed",
                                        "A debug kernel, rseq_cs is left alone.",
                                        Transfer.CPU_ID,
                                        Question.DEBUG)
                                .holds(SC, TSO))
                .variant(
                        variant(
                                        "fixed, preempted later",
                                        "No debug kernel: a section that is preempted after the"
                                                + " system call is restarted.",
                                        Transfer.CPU_ID,
                                        Question.PREEMPTED_AFTER_SYSCALL)
                                .holds(SC, TSO))
                .variant(
                        variant(
                                        "fixed, preempted inside",
                                        "No debug kernel: a section that is preempted in the system"
                                                + " call goes on.",
                                        Transfer.CPU_ID,
                                        Question.PREEMPTED_IN_SYSCALL)
                                .violated(SC, TSO))
                .variant(
                        variant(
                                        "rseq_cs cleared, debug",
                                        "The first fix: the debug kernel sees no section.",
                                        Transfer.CLEAR_RSEQ_CS,
                                        Question.DEBUG)
                                .violated(SC, TSO))
                .variant(
                        variant(
                                        "rseq_cs cleared, preempted later",
                                        "The first fix: the section is never restarted again.",
                                        Transfer.CLEAR_RSEQ_CS,
                                        Question.PREEMPTED_AFTER_SYSCALL)
                                .violated(SC, TSO))
                .variant(
                        variant(
                                        "rseq_cs cleared, between",
                                        "The first fix, for a thread that makes no mistake.",
                                        Transfer.CLEAR_RSEQ_CS,
                                        Question.BETWEEN_SECTIONS)
                                .holds(SC, TSO))
                .variant(
                        variant(
                                        "checked twice",
                                        "Who is in a section is found before the guest is entered,"
                                                + " too.",
                                        Transfer.NOTE_SECTION,
                                        Question.DEBUG)
                                .holds(SC, TSO))
                .variant(
                        variant(
                                        "any rseq_cs",
                                        "Who has an rseq_cs is killed before the guest is entered.",
                                        Transfer.KILL_WITH_RSEQ_CS,
                                        Question.BETWEEN_SECTIONS)
                                .violated(SC, TSO))
                .variant(
                        variant(
                                        "the sketch",
                                        "The additional check as it was written: it returns before"
                                                + " cpu_id is written.",
                                        Transfer.RETURN_EARLY,
                                        Question.BETWEEN_SECTIONS)
                                .violated(SC, TSO))
                .variant(
                        VARIANTS.reached(
                                        KvmRun.FOUND,
                                        new Setting(Transfer.NOTE_SECTION, Question.DEBUG))
                                .violated(SC, TSO))
                .variant(reached(KvmRun.KILLED, Question.DEBUG))
                .variant(reached(KvmRun.PREEMPTED, Question.PREEMPTED_AFTER_SYSCALL))
                .build();
    }

    private static Variant variant(String name, String text, Transfer transfer, Question question) {
        return VARIANTS.of(name, text, new Setting(transfer, question));
    }

    private static Variant reached(String step, Question question) {
        return VARIANTS.reached(step, new Setting(Transfer.CPU_ID, question)).violated(SC, TSO);
    }
}
