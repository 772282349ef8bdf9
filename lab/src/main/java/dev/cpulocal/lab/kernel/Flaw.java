// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.kernel;

import java.util.Locale;

/** What a kernel can have wrong: each makes a proof fail that holds without it. */
public enum Flaw {
    /** A section goes on after other threads ran on its CPU: arm64 in Linux 6.19 to 7.0.13. */
    PREEMPTION_IGNORED("a section that was preempted goes on if it stays on its CPU"),
    /** A section goes on elsewhere. */
    MIGRATION_IGNORED("a section goes on where its thread was moved to"),
    /** A section goes on after a signal handler. */
    SIGNAL_IGNORED("a section goes on after a signal handler has run"),
    /** membarrier interrupts, and restarts nothing. */
    FENCE_IGNORED("the interrupt of membarrier restarts no section"),
    /** A section is restarted that has committed. */
    RANGE_UNTESTED("a thread is sent to the abort handler wherever it is"),
    /** A section goes on, and is from then on like any other code. */
    SECTION_FORGOTTEN("rseq_cs is cleared, but the section goes on"),
    /** The interrupt entry does not note that user mode was interrupted. */
    USER_INTERRUPT_UNNOTED("interrupt entry does not note that it came from user mode"),
    /** {@code cpu_id} is still that of the CPU a thread ran on before: KVM in Linux 5.9 to 5.14. */
    CPU_ID_STALE("cpu_id is not written when a thread was moved"),
    /** membarrier lacks its first barrier. */
    NO_BARRIER_AT_ENTRY("membarrier has no smp_mb() before its interrupts"),
    /** The interrupted CPU orders nothing. */
    NO_BARRIER_IN_INTERRUPT("ipi_rseq() has no smp_mb()"),
    /** The scheduler lacks its first barrier. */
    NO_BARRIER_BEFORE_CURR("__schedule() has no smp_mb__after_spinlock()"),
    /** The scheduler lacks its second barrier. */
    NO_BARRIER_AFTER_CURR("nothing orders the store to rq->curr before the next user access");

    private final String meaning;

    Flaw(String meaning) {
        this.meaning = meaning;
    }

    /** {@return its name in a few words} */
    public String title() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** {@return what is wrong, in a sentence without its full stop} */
    public String meaning() {
        return meaning;
    }
}
