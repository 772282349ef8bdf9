// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.membarrier;

/**
 * The full barriers that membarrier() rests on: its own, and those that the rest of the kernel owes
 * it. The letters are those of {@code kernel/sched/membarrier.c}; B1 to B5 are the museum's.
 */
enum Barrier {
    /** Before membarrier() looks at other CPUs. */
    ENTRY("a", "membarrier()", "smp_mb() /* system call entry is not a mb */"),
    /** After all were interrupted or skipped. */
    EXIT("c", "membarrier()", "smp_mb() /* exit from system call is not a mb */"),
    /** On the CPU that is interrupted. */
    IPI("b", "ipi_mb()", "smp_mb()"),
    /** After what the thread did, before rq-&gt;curr is stored to. */
    BEFORE_CURR("B1", "__schedule()", "smp_mb__after_spinlock()"),
    /**
     * After rq-&gt;curr, where a thread follows a kernel thread that had its mm: a fully ordered
     * atomic.
     */
    MMDROP("B2", "finish_task_switch()", "mmdrop(rq->prev_mm)"),
    /** The same where kernel threads hold no reference to the mm. */
    MMDROP_LAZY("B2", "finish_task_switch()", "smp_mb() /* mmdrop_lazy_tlb() */"),
    /** After rq-&gt;curr, where the mm changes. */
    SWITCH_MM("B2", "switch_mm()", "smp_mb() /* switch_mm() */"),
    /** After rq-&gt;curr, at each switch: arm64. */
    SWITCH_TO("B2", "__switch_to()", "dsb(ish) /* __switch_to() */"),
    /** After rq-&gt;curr, at each switch: alpha, arc, arm, hexagon, mips. */
    UNLOCK("B2", "finish_lock_switch()", "spin_unlock(&rq->lock) /* with a full barrier */"),
    /** After what the thread did, before its mm is NULL. */
    EXIT_MM("B3", "exit_mm()", "smp_mb__after_spinlock()"),
    /** After a kernel thread has taken an mm, before it uses it. */
    USE_MM("B4", "kthread_use_mm()", "smp_mb() /* after current->mm = mm */"),
    /** After it has used it, before it gives it back. */
    UNUSE_MM("B4", "kthread_unuse_mm()", "smp_mb__after_spinlock()"),
    /** After what the old program did, before it has another mm. */
    EXEC("B5", "membarrier_exec_mmap()", "smp_mb()");

    private final String letter;
    private final String function;
    private final String text;

    Barrier(String letter, String function, String text) {
        this.letter = letter;
        this.function = function;
        this.text = text;
    }

    /** {@return what comments and the table call it} */
    String letter() {
        return letter;
    }

    /** {@return letter and function} */
    String title() {
        return letter + ", " + function;
    }

    /** {@return where it is} */
    String function() {
        return function;
    }

    /** {@return the line} */
    String text() {
        return text;
    }
}
