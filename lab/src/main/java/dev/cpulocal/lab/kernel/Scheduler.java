// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.kernel;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Which task runs where: any that waits can be the next one, any time, on any CPU. */
final class Scheduler {

    /*
     * There is no policy. The timer may interrupt a thread before any line of user code as long as
     * another task waits, and schedule() picks any that waits, wherever it ran before. So every
     * preemption and every migration can happen, and nothing is assumed about fairness.
     *
     * What __schedule() does with the run queue locked is one step: nobody sees the tasks in between.
     * rq->curr is the exception, because membarrier reads it without the lock. It matters where there
     * are tasks of others than the one process: then it is in memory, and the kernel's barriers on
     * both sides of the store are lines of their own. Where all tasks are threads of one process,
     * membarrier finds that process whatever it reads, and rq->curr is left out.
     *
     * A thread that ends gives its CPU to one that waits. If none does, none will any more, and the
     * CPU is idle for good. It still takes interrupts.
     */

    private final Rseq rseq;
    private final Kernel.Config config;
    private final Variable waits;
    private final @Nullable Variable curr;

    Scheduler(Model.Builder m, Kernel.Config config, Rseq rseq) {
        this.rseq = rseq;
        this.config = config;
        waits =
                m.hardwares(
                        "waits",
                        IntStream.range(0, config.tasks())
                                .mapToObj(task -> task < config.cpus() ? 0L : 1L)
                                .toList());
        curr =
                config.kthreads() == 0
                        ? null
                        : m.shareds(
                                "rq->curr", LongStream.range(0, config.cpus()).boxed().toList());
    }

    /** {@return whether a task waits for a CPU} */
    Expr anyWaits() {
        return Expr.any(
                IntStream.range(0, config.tasks()).mapToObj(waits::get).toArray(Expr[]::new));
    }

    /** {@return whether a CPU is seen to run a thread of the process; null if it always is} */
    @Nullable Expr runsProcess(Code c, Expr cpu) {
        return curr == null
                ? null
                : c.as("p = rcu_dereference(cpu_rq(cpu)->curr)")
                        .load(curr, cpu)
                        .lt(config.threads());
    }

    /**
     * Lets another task run, if one waits, until this one is picked again. Interrupts are disabled.
     *
     * @param entry what belongs to the same step before it
     * @param exit what belongs to the same step after it
     */
    void schedule(Code c, Runnable entry, Runnable exit) {
        c.call("__schedule", () -> barrierBefore(c));
        if (curr == null) {
            c.atomically(() -> {
                entry.run();
                Local next = pickNext(c);
                c.when(next.ne(c.task().id()), () -> switchTo(c, next));
                exit.run();
            });
        } else {
            entry.run();
            Local next = pickNextInMemory(c);
            c.when(next.ne(c.task().id()), () -> c.atomically(() -> switchTo(c, next)));
            if (!rseq.has(Flaw.NO_BARRIER_AFTER_CURR)) {
                c.as("smp_mb() /* mmdrop() of who comes after another process */").mb();
            }
            c.atomically(exit);
        }
    }

    /** Gives the CPU away for good, if anybody wants it; the last thing a thread does. */
    void exit(Code c) {
        c.call(
                "do_exit",
                () ->
                        c.disablingInterrupts(() -> {
                            barrierBefore(c);
                            Local next = c.local("next");
                            if (curr == null) {
                                c.atomically(() -> c.set(next, pickNext(c)));
                            } else {
                                c.set(next, pickNextInMemory(c));
                            }
                            c.when(
                                    next.ne(c.task().id()),
                                    () -> c.as("switch_to(prev, next)").switchTo(next));
                        }));
    }

    private void barrierBefore(Code c) {
        if (!rseq.has(Flaw.NO_BARRIER_BEFORE_CURR)) {
            c.as("smp_mb__after_spinlock()").mb();
        }
    }

    private Local pickNextInMemory(Code c) {
        Local next = c.local("next");
        c.atomically(() -> c.set(next, pickNext(c)));
        c.as("rq->curr = next").store(Objects.requireNonNull(curr), new Expr.Cpu(), next);
        return next;
    }

    /** {@return any that waits; this task itself if none does} */
    private Local pickNext(Code c) {
        Expr self = c.task().id();
        Local next =
                c.as("next = pick_next_task()")
                        .choose(
                                "next",
                                config.tasks(),
                                task -> waits.get(task).or(anyWaits().not().and(task.eq(self))));
        c.as("if (next != prev)")
                .when(
                        next.ne(self),
                        () -> {
                            c.as("next is not on the queue").set(waits.get(next), 0);
                            rseq.scheduleOut(c);
                            rseq.scheduleIn(c, next);
                        });
        return next;
    }

    private void switchTo(Code c, Local next) {
        c.as("prev is on the queue").set(waits.get(c.task().id()), 1);
        c.as("switch_to(prev, next)").switchTo(next);
    }
}
