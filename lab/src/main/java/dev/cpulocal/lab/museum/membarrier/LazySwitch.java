// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.membarrier;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Ipi;
import dev.cpulocal.lab.museum.Never;
import java.util.List;
import java.util.function.Consumer;

/**
 * The switch from a thread to a kernel thread and back, on CPU 1, against {@code
 * membarrier(PRIVATE_EXPEDITED)} on CPU 0.
 */
final class LazySwitch {

    /*
     * Two threads of one process, each on its CPU, and a kernel thread that waits on CPU 1. Of
     * struct rq there is curr of CPU 1, of task_struct there is mm, which is NULL for the kernel
     * thread; both are ordinary memory, so that a store to rq->curr can wait in CPU 1's buffer
     * while later accesses are performed. That is the whole of the bug. rq->lock is left out: that
     * it is taken orders no more than the barriers do that are there, and nobody else wants it.
     *
     * The barriers have the letters of the comment at the top of kernel/sched/membarrier.c:
     *
     *     CPU 0, membarrier()              CPU 1, __schedule()
     *     a: smp_mb()                      d: smp_mb__after_spinlock()
     *        read rq->curr->mm                rq->curr = next
     *        IPI, or skip it               e: mmdrop(), if a kernel thread's mm goes back
     *     c: smp_mb()
     *
     * a pairs with e, c with d.
     */

    /** Steps that a model may say are never taken. */
    static final String SKIPPED = "the IPI is skipped";

    static final String SENT = "the IPI is sent";

    private static final long MM = 1;
    private static final long NULL = 0;

    /** As many events as a CPU here can ever hold back. */
    private static final int WINDOW = 20;

    /** What is between the store to rq->curr and the first access of the thread that runs again. */
    enum AfterSwitch {
        /** {@code mmdrop()}: {@code atomic_dec_and_test()}, which is fully ordered. */
        MMDROP,
        /** {@code smp_mb()}, where kernel threads do not count as users of the mm. */
        SMP_MB,
        /** Nothing. */
        NOTHING
    }

    /**
     * Which barriers there are.
     *
     * @param first (a), at the beginning of membarrier()
     * @param last (c), at its end
     * @param before (d), before the store to rq->curr
     * @param after (e), after it
     */
    record Barriers(boolean first, boolean last, boolean before, AfterSwitch after) {

        /** Those of Linux. */
        static final Barriers ALL = new Barriers(true, true, true, AfterSwitch.MMDROP);

        Barriers withoutFirst() {
            return new Barriers(false, last, before, after);
        }

        Barriers withoutLast() {
            return new Barriers(first, false, before, after);
        }

        Barriers withoutBefore() {
            return new Barriers(first, last, false, after);
        }

        Barriers after(AfterSwitch newAfter) {
            return new Barriers(first, last, before, newAfter);
        }
    }

    private final Barriers barriers;
    private final Never never;
    private final Model.Task caller;
    private final Model.Task user;
    private final Model.Task kthread;
    private final Variable curr;
    private final Variable mm;
    private final Variable mmCount;
    private final Ipi ipi;

    LazySwitch(Model.Builder m, Barriers barriers, Never never) {
        this.barriers = barriers;
        this.never = never;
        caller = m.task("writer", 0);
        user = m.task("reader", 1);
        kthread = m.waitingBackground("kthread");
        kthread.runs(c -> schedule(c, user));
        curr = m.shared("rq->curr", user.number());
        mm = m.shareds("mm", List.of(MM, MM, NULL));
        mmCount = m.shared("mm_count", 1);
        m.window(WINDOW);
        ipi = new Ipi(m, "ipi_mb", 2, Code::mb);
    }

    /** Says what the thread on CPU 0 does. */
    void caller(Consumer<Code> body) {
        caller.runs(body);
    }

    /** Says what the thread on CPU 1 does. */
    void user(Consumer<Code> body) {
        user.runs(body);
    }

    /** {@code membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0)}. */
    void membarrier(Code c) {
        c.call("membarrier_private_expedited", () -> privateExpedited(c));
    }

    private void privateExpedited(Code c) {
        if (barriers.first()) {
            c.as("smp_mb() /* system call entry is not a mb */").mb();
        }
        var p = c.as("p = rcu_dereference(cpu_rq(1)->curr)").load(curr);
        var itsMm = c.as("p->mm").load(mm, p);
        c.as("if (p->mm == mm)");
        c.when(itsMm.eq(MM), () -> interrupt(c), () -> never.here(c, SKIPPED));
        if (barriers.last()) {
            c.as("smp_mb() /* exit from system call is not a mb */").mb();
        }
    }

    private void interrupt(Code c) {
        never.here(c, SENT);
        ipi.callAndWait(c, 1);
    }

    /** Lets the kernel thread run, which then gives the CPU back. */
    void scheduleAndReturn(Code c) {
        schedule(c, kthread);
    }

    private void schedule(Code c, Model.Task next) {
        c.call("__schedule", () -> c.withoutInterrupts(() -> switchTo(c, next)));
    }

    private void switchTo(Code c, Model.Task next) {
        if (barriers.before()) {
            c.as("smp_mb__after_spinlock()").mb();
        }
        c.as("rq->curr = " + next).store(curr, next.id());
        if (next == kthread) {
            c.as("mmgrab_lazy_tlb(active_mm)").add(mmCount, 1);
        }
        c.switchTo(next.id());
        if (next == kthread) {
            c.call("finish_task_switch", () -> finishTaskSwitch(c));
        }
    }

    /** What a thread does first that comes after a kernel thread with its own mm. */
    private void finishTaskSwitch(Code c) {
        switch (barriers.after()) {
            case MMDROP -> c.as("mmdrop(rq->prev_mm)").fetchAdd(mmCount, -1);
            case SMP_MB -> c.as("smp_mb() /* mmdrop_lazy_tlb() */").mb();
            case NOTHING -> {}
        }
    }
}
