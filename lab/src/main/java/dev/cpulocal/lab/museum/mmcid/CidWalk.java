// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.mmcid;

import static dev.cpulocal.lab.museum.mmcid.MmCid.ONCPU;
import static dev.cpulocal.lab.museum.mmcid.MmCid.TRANSIT;
import static dev.cpulocal.lab.museum.mmcid.MmCid.UNSET;
import static dev.cpulocal.lab.museum.mmcid.MmCid.onTask;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.museum.Never;

/** What fork() and exit() do that change the mode: the walks over threads and over CPUs. */
final class CidWalk {

    /*
     * The mutex of the mm, by which only one fork or exit changes the mode at a time, is left out:
     * no model has two that could meet. So are the counts that decide about the mode; the models
     * begin where the decision is made.
     */

    /** Steps that a model may say are never taken. */
    static final String FOUND_RUNNING = "the walk finds a thread that runs";

    static final String FOUND_UNSET = "the walk finds a thread without a cid";

    private final MmCid mm;
    private final RunQueues queues;
    private final Never never;

    CidWalk(MmCid mm, RunQueues queues, Never never) {
        this.never = never;
        this.mm = mm;
        this.queues = queues;
    }

    /* ------------------------- To per-CPU mode ------------------------- */

    /**
     * {@code sched_mm_cid_fork()} by thread 0 on CPU 0, with one thread too many.
     *
     * @param threads how many there are, without the new one
     * @param meanwhile what happens to thread 0 before the walk
     */
    void fork(Code c, int threads, Runnable meanwhile) {
        c.call(
                "sched_mm_cid_fork",
                () -> {
                    mm.flip(c, ONCPU);
                    c.call("mm_cid_transit_to_cpu", () -> transitToCpu(c, Expr.of(0), Expr.of(0)));
                    meanwhile.run();
                    int last = mm.has(Change.WALK_ENDS_EARLY) ? threads - 1 : threads;
                    for (int task = 1; task < last; task++) {
                        fixupTask(c, task);
                    }
                    mm.complete(c, ONCPU);
                });
    }

    private void transitToCpu(Code c, Expr task, Expr cpu) {
        var cid = mm.cid(c, task);
        c.as("if (cid_on_task(t->mm_cid.cid))");
        c.when(onTask(cid), () -> hand(c, task, cpu, cid));
    }

    private void handRunning(Code c, int task, Expr cpu, Local cid) {
        never.here(c, FOUND_RUNNING);
        hand(c, Expr.of(task), cpu, cid);
    }

    private void hand(Code c, Expr task, Expr cpu, Local cid) {
        Expr mark = Expr.of(mm.has(Change.DIRECT_TO_CPU) ? ONCPU : TRANSIT);
        mm.setCid(c, task, cid.or(mark));
        mm.setSlot(c, cpu, cid.or(mark));
    }

    private void fixupTask(Code c, int task) {
        c.call(
                "mm_cid_fixup_task_to_cpu",
                () -> {
                    var cpu = queues.lockOf(c, task);
                    var cid = mm.cid(c, Expr.of(task));
                    c.as("if (cid_on_task(t->mm_cid.cid))");
                    c.when(
                            onTask(cid),
                            () -> {
                                var curr = queues.curr(c, cpu);
                                c.as("if (rq->curr == t)");
                                c.when(
                                        curr.eq(task),
                                        () -> handRunning(c, task, cpu, cid),
                                        () -> unset(c, task, cid));
                            });
                    queues.unlock(c, cpu);
                });
    }

    private void unset(Code c, int task, Local cid) {
        mm.setCid(c, Expr.of(task), Expr.of(UNSET));
        mm.pool().drop(c, cid);
    }

    /* ------------------------- To per-task mode ------------------------- */

    /**
     * {@code sched_mm_cid_exit()}, with one CPU that need not own a cid any more.
     *
     * @param task who exits; it has a cid
     * @param cpu where
     * @param others the CPUs to walk over
     */
    void exit(Code c, int task, int cpu, int... others) {
        c.call(
                "sched_mm_cid_exit",
                () -> {
                    removeUser(c, task);
                    mm.flip(c, 0);
                    c.call("mm_drop_cid_on_cpu", () -> dropOnCpu(c, Expr.of(cpu)));
                    for (int other : others) {
                        fixupCpu(c, other);
                    }
                    mm.complete(c, 0);
                });
    }

    private void removeUser(Code c, int task) {
        var cid = mm.cid(c, Expr.of(task));
        c.as("cid = cid_from_transit_cid(cid)").set(cid, cid.and(~TRANSIT));
        mm.setCid(c, Expr.of(task), Expr.of(UNSET));
        c.as("if (cid_on_task(cid))");
        c.when(onTask(cid), () -> mm.pool().drop(c, cid));
    }

    private void dropOnCpu(Code c, Expr cpu) {
        var slot = mm.slot(c, cpu);
        if (mm.has(Change.SLOT_TAKEN_FOR_OWNED)) {
            giveBack(c, cpu, slot);
        } else {
            c.as("if (cid_on_cpu(pcp->cid))");
            c.when(slot.and(ONCPU), () -> giveBack(c, cpu, slot));
        }
    }

    private void giveBack(Code c, Expr cpu, Local slot) {
        Expr cid = slot.and(~ONCPU);
        mm.setSlot(c, cpu, cid);
        mm.pool().drop(c, cid);
    }

    private void fixupCpu(Code c, int cpu) {
        Expr at = Expr.of(cpu);
        c.call(
                "mm_cid_fixup_cpus_to_tasks",
                () -> {
                    queues.lock(c, at);
                    var slot = mm.slot(c, at);
                    var curr = queues.curr(c, at);
                    c.as("if (cid_on_cpu(pcp->cid))");
                    c.when(
                            slot.and(ONCPU),
                            () -> fromCpu(c, at, slot, curr),
                            () -> markRunning(c, at, curr));
                    queues.unlock(c, at);
                });
    }

    private void fromCpu(Code c, Expr cpu, Local slot, Local curr) {
        c.as("if (rq->curr->mm == mm)");
        c.when(
                curr.ne(RunQueues.IDLE),
                () -> {
                    Expr marked = slot.and(~ONCPU).or(Expr.of(TRANSIT));
                    mm.setCid(c, curr, marked);
                    mm.setSlot(c, cpu, marked);
                },
                () -> giveBack(c, cpu, slot));
    }

    private void markRunning(Code c, Expr cpu, Local curr) {
        c.as("else if (rq->curr->mm == mm)");
        c.when(
                curr.ne(RunQueues.IDLE),
                () -> {
                    var cid = mm.cid(c, curr);
                    Expr has = mm.has(Change.UNSET_MARKED) ? Expr.of(1) : cid.ne(UNSET);
                    c.as("if (cid != UNSET && !cid_in_transit(cid))");
                    c.when(
                            has.and(cid.and(TRANSIT).not()),
                            () -> {
                                mm.setCid(c, curr, cid.or(Expr.of(TRANSIT)));
                                mm.setSlot(c, cpu, cid.or(Expr.of(TRANSIT)));
                            },
                            () -> never.here(c, FOUND_UNSET));
                });
    }
}
