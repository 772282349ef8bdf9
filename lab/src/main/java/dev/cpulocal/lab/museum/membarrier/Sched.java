// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.membarrier;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import java.util.List;

/** What CPU 1 runs, and the ways in which that changes: the scheduler and its like. */
final class Sched {

    /*
     * Of struct rq there is curr of CPU 1; of task_struct there is mm, which is NULL for a kernel
     * thread. Both are ordinary memory, so that a store to them can wait in CPU 1's buffer while
     * later accesses are performed, and later stores can overtake it: that is what all the barriers
     * are about. rq->lock and task_lock() are left out: that they are taken orders no more than the
     * barriers do that are there, and nobody else wants them.
     *
     *     CPU 0, membarrier()              CPU 1
     *     a: smp_mb()                      B1, B3, B4, B5: smp_mb()
     *        read rq->curr, curr->mm          rq->curr = next, or current->mm = ...
     *        IPI, or skip it               B2, B4: smp_mb()
     *     c: smp_mb()
     *
     * a pairs with what comes after the store, c with what comes before it. A thread that follows
     * another one of the same mm needs neither: curr->mm is the mm all the time, and the IPI comes.
     */

    /** The mm of the process that calls membarrier(). */
    static final long MM = 1;

    /** That of another process. */
    static final long OTHER_MM = 2;

    static final long NULL = 0;

    private final Kernel kernel;
    private final Variable curr;
    private final Variable mm;
    private final Variable mmCount;

    /**
     * Adds the state to a model.
     *
     * @param first the task that CPU 1 runs at first
     * @param mms the mm of each task at first
     */
    Sched(Model.Builder m, Kernel kernel, Model.Task first, List<Long> mms) {
        this.kernel = kernel;
        curr = m.shared("rq->curr", first.number());
        mm = m.shareds("mm", mms);
        mmCount = m.shared("mm_count", 1);
    }

    /** Does something if CPU 1 is seen to run the process of the caller, else another thing. */
    void ifRunsProcess(Code c, Runnable then, Runnable otherwise) {
        var p = c.as("p = rcu_dereference(cpu_rq(1)->curr)").load(curr);
        var itsMm = c.as("p->mm").load(mm, p);
        c.as("if (p->mm == mm)").when(itsMm.eq(MM), then, otherwise);
    }

    /** The same for a caller that looks for user threads. */
    void ifRunsThread(Code c, Model.Task kthread, Runnable then, Runnable otherwise) {
        var p = c.as("p = rcu_dereference(cpu_rq(1)->curr)").load(curr);
        c.as("if (!(p->flags & PF_KTHREAD))").when(p.ne(kthread.id()), then, otherwise);
    }

    /** Switches from a thread to a kernel thread, which leaves the mm where it is. */
    void toKthread(Code c, Model.Task kthread) {
        schedule(
                c,
                kthread,
                () -> {
                    if (kernel.counts()) {
                        c.as("mmgrab_lazy_tlb(active_mm)").add(mmCount, 1);
                    }
                });
    }

    /** Switches to a thread whose mm is loaded. */
    void toThread(Code c, Model.Task thread) {
        schedule(c, thread, () -> {});
    }

    /** Switches to a thread of another process than the one whose mm is loaded. */
    void toProcess(Code c, Model.Task thread) {
        toProcess(c, thread, () -> kernel.barrier(c, Barrier.SWITCH_MM));
    }

    /** The same with what {@code switch_mm()} does. */
    void toProcess(Code c, Model.Task thread, Runnable switchMm) {
        schedule(c, thread, () -> c.call("switch_mm", switchMm));
    }

    /** What is of no interest, and can be interrupted. */
    static void work(Code c) {
        c.as("anything else").choose("work", 1);
    }

    private void schedule(Code c, Model.Task next, Runnable contextSwitch) {
        c.call(
                "__schedule",
                () ->
                        section(
                                c,
                                Barrier.BEFORE_CURR,
                                () -> c.as("rq->curr = " + next).store(curr, next.id()),
                                () -> {
                                    contextSwitch.run();
                                    kernel.barrier(c, Barrier.SWITCH_TO);
                                    c.switchTo(next.id());
                                }));
    }

    /** A barrier, a store and the rest, with interrupts before the first of them at the latest. */
    private void section(Code c, Barrier before, Runnable store, Runnable rest) {
        if (kernel.has(before)) {
            kernel.barrier(c, before);
            c.withoutInterrupts(store);
        } else {
            store.run();
        }
        c.withoutInterrupts(rest);
    }

    /** What a thread does first after a switch from another one. */
    void finishSwitch(Code c) {
        if (kernel.has(Barrier.UNLOCK)) {
            finish(c, () -> kernel.barrier(c, Barrier.UNLOCK));
        }
    }

    /** What a thread does first after a switch from a kernel thread with its mm. */
    void finishSwitchFromKthread(Code c) {
        finish(
                c,
                () -> {
                    kernel.barrier(c, Barrier.UNLOCK);
                    if (kernel.has(Barrier.MMDROP)) {
                        c.as(Barrier.MMDROP.text()).fetchAdd(mmCount, -1);
                    }
                    kernel.barrier(c, Barrier.MMDROP_LAZY);
                });
    }

    private static void finish(Code c, Runnable body) {
        c.call("__schedule", () -> c.call("finish_task_switch", () -> c.withoutInterrupts(body)));
    }

    /** A thread gives up its mm, to end. */
    void exitMm(Code c) {
        giveUp(c, "exit_mm", Barrier.EXIT_MM, "current->mm = NULL", NULL);
    }

    /** A thread gets another mm, for another program. */
    void execMmap(Code c) {
        giveUp(c, "exec_mmap", Barrier.EXEC, "tsk->mm = new mm", OTHER_MM);
    }

    /** A kernel thread gives back the process's mm. */
    void kthreadUnuseMm(Code c) {
        giveUp(c, "kthread_unuse_mm", Barrier.UNUSE_MM, "current->mm = NULL", NULL);
    }

    private void giveUp(Code c, String function, Barrier before, String text, long newMm) {
        Runnable store = () -> c.as(text).store(mm, c.task().id(), Expr.of(newMm));
        c.call(function, () -> section(c, before, store, () -> {}));
    }

    /** A kernel thread takes the process's mm. */
    void kthreadUseMm(Code c) {
        c.call(
                "kthread_use_mm",
                () -> {
                    c.as("current->mm = mm").store(mm, c.task().id(), Expr.of(MM));
                    c.withoutInterrupts(() -> kernel.barrier(c, Barrier.USE_MM));
                });
    }
}
