// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.mmcid;

import static dev.cpulocal.lab.museum.mmcid.MmCid.UNSET;
import static dev.cpulocal.lab.museum.mmcid.MmCid.number;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Never;
import java.util.List;
import java.util.Set;

/** A fork by which an mm goes from per-task to per-CPU mode, while its threads come and go. */
final class ForkModel {

    /*
     * Thread 0 runs on CPU 0 and forks. Thread 1 waits on CPU 1; the idle task there lets it run.
     * It is preempted, the idle task of CPU 2 pulls it over and lets it run there. Thread 2 sleeps;
     * it wakes up on CPU 1 when that is idle again, or never. All three have a cid, and there
     * are no more than these. The new thread has none yet, and is not seen.
     *
     * In the small models there are CPUs 0 and 1 and threads 0 and 1 only. In one, thread 1 stays
     * on its CPU; in the other it sleeps, and thread 0 itself is preempted and pulled over.
     *
     * The lock of a run queue is taken by the task that switches and given back by the one that
     * runs then.
     */

    /** Steps that a model may say are never taken. */
    static final String PREEMPTED = "a thread is preempted during the walk";

    /** As many events as a CPU here can ever hold back. */
    private static final int WINDOW = 12;

    private final MmCid mm;
    private final RunQueues queues;
    private final CidWalk walk;
    private final Never never;
    private final Variable userCid;
    private final Variable forked;
    private final Variable preempted;
    private final int threads;

    private ForkModel(Model.Builder m, Set<Change> changes, int threads, Never never) {
        boolean small = threads == 2;
        this.threads = threads;
        this.never = never;
        mm =
                new MmCid(
                        m,
                        changes,
                        never,
                        0,
                        (1 << threads) - 1,
                        small ? List.of(0L, UNSET) : List.of(0L, UNSET, UNSET),
                        small ? List.of(0L, 1L) : List.of(0L, 1L, 2L));
        queues =
                new RunQueues(
                        m,
                        small
                                ? List.of(0L, RunQueues.IDLE)
                                : List.of(0L, RunQueues.IDLE, RunQueues.IDLE),
                        small ? List.of(0L, 1L) : List.of(0L, 1L, 1L));
        walk = new CidWalk(mm, queues, never);
        userCid = m.ghosts("user's cid", threads, 0);
        m.window(WINDOW);
        forked = m.ghost("forked", 0);
        preempted = m.ghost("preempted", 0);
    }

    /**
     * {@return the model with three CPUs}
     *
     * @param name what messages call it
     * @param wakes whether thread 2 may wake up
     */
    static Model model(String name, Set<Change> changes, boolean wakes, Never never) {
        return Model.build(name, m -> new ForkModel(m, changes, 3, never).migrating(m, wakes));
    }

    /**
     * {@return the model with two CPUs, where thread 1 begins to run once}
     *
     * @param name what messages call it
     */
    static Model small(String name, Set<Change> changes, Never never) {
        return Model.build(name, m -> new ForkModel(m, changes, 2, never).staying(m));
    }

    /**
     * {@return the model with two CPUs, where thread 0 is moved to the other before the walk, and
     * thread 1 sleeps}
     *
     * @param name what messages call it
     */
    static Model moving(String name, Set<Change> changes, Never never) {
        return Model.build(name, m -> new ForkModel(m, changes, 2, never).moving(m));
    }

    private void staying(Model.Builder m) {
        m.task("thread 0", 0, this::fork);
        var idle = m.background("idle", 1);
        var one = m.waitingTask("thread 1");
        idle.runs(c -> switchTo(c, one, 1, 1));
        one.runs(c -> run(c, 1, 1));
        properties(m);
    }

    private void migrating(Model.Builder m, boolean wakes) {
        m.task("thread 0", 0, this::fork);
        var idle1 = m.background("idle 1", 1);
        var idle2 = m.background("idle 2", 2);
        var one = m.waitingTask("thread 1");
        var two = m.waitingBackground("thread 2");
        idle1.runs(c -> {
            switchTo(c, one, 1, 1);
            waits(c, 1);
            if (wakes) {
                var does = c.choose("thread 2 wakes up", 2);
                c.as("if (it does)");
                c.when(does, () -> switchTo(c, two, 2, 1));
            }
        });
        idle2.runs(c -> pull(c, one, 1, 1, 2));
        one.runs(c -> {
            run(c, 1, 1);
            leave(c, idle1, 1, 1);
            run(c, 1, 2);
        });
        two.runs(c -> run(c, 2, 1));
        properties(m);
        m.againAndAgain("C4: nobody waits for a cid for ever", forked.get().and(one.ended()));
    }

    private void moving(Model.Builder m) {
        var zero = m.task("thread 0", 0);
        var idle1 = m.background("idle 1", 1);
        var idle0 = m.waitingBackground("idle 0");
        zero.runs(c -> {
            walk.fork(
                    c,
                    threads,
                    () -> {
                        leave(c, idle0, 0, 0);
                        queues.unlock(c, Expr.of(1));
                    });
            c.as("return").set(forked.get(), 1);
            user(c, 0);
        });
        idle0.runs(c -> waits(c, 0));
        idle1.runs(c -> pull(c, zero, 0, 0, 1));
        properties(m);
        m.againAndAgain("C4: nobody waits for a cid for ever", forked.get());
    }

    private void properties(Model.Builder m) {
        for (int one = 0; one < threads; one++) {
            for (int other = 0; other < one; other++) {
                Expr cid = userCid.get(one);
                m.always(
                        "C2: threads " + other + " and " + one + " do not have the same cid",
                        cid.not().or(cid.ne(userCid.get(other))));
            }
        }
        mm.invariants(m, queues.quiet());
        mm.noneOnTasks(m, queues.quiet());
    }

    private void fork(Code c) {
        walk.fork(c, threads, () -> {});
        c.as("return").set(forked.get(), 1);
        user(c, 0);
    }

    /** What an idle task does to let a thread run. */
    private void switchTo(Code c, Model.Task next, int thread, int cpu) {
        c.call(
                "__schedule",
                () -> {
                    queues.lock(c, Expr.of(cpu));
                    queues.setCurr(c, cpu, thread);
                    mm.schedin(c, thread, cpu);
                    c.switchTo(next.id());
                });
    }

    /** What a thread does that runs. */
    private void run(Code c, int thread, int cpu) {
        queues.unlock(c, Expr.of(cpu));
        user(c, thread);
    }

    private void user(Code c, int thread) {
        var cid = mm.toUser(c, thread);
        c.as("user mode").set(userCid.get(thread), number(cid).plus(1));
    }

    private void leave(Code c, Model.Task idle, int thread, int cpu) {
        c.as("preempted").set(userCid.get(thread), 0);
        never.here(c, PREEMPTED);
        c.call(
                "__schedule",
                () -> {
                    queues.lock(c, Expr.of(cpu));
                    queues.setCurr(c, cpu, RunQueues.IDLE);
                    mm.schedout(c, thread, cpu);
                    c.switchTo(idle.id());
                });
    }

    /** What an idle task does that has taken the place of a thread. */
    private void waits(Code c, int cpu) {
        queues.unlock(c, Expr.of(cpu));
        c.as("the thread waits").set(preempted.get(), 1);
    }

    /** What an idle task does to run a thread that waits on another CPU. */
    private void pull(Code c, Model.Task next, int thread, int from, int to) {
        c.as("pull a thread").await(preempted.get());
        queues.lock(c, Expr.of(from));
        queues.setCpu(c, thread, to);
        queues.unlock(c, Expr.of(from));
        switchTo(c, next, thread, to);
    }
}
