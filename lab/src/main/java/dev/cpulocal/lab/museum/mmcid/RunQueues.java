// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.mmcid;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Order;
import java.util.List;

/** What the scheduler knows of CPUs and threads, and the locks of its run queues. */
final class RunQueues {

    /** No thread of the mm. */
    static final long IDLE = 9;

    private final Variable locks;
    private final Variable curr;
    private final Variable cpuOf;

    /**
     * Adds the state to a model.
     *
     * @param curr the thread that each CPU runs
     * @param cpuOf the CPU where each thread runs or waits
     */
    RunQueues(Model.Builder m, List<Long> curr, List<Long> cpuOf) {
        locks = m.shareds("rq->lock", curr.size(), 0);
        this.curr = m.shareds("rq->curr", curr);
        this.cpuOf = m.shareds("task_cpu", cpuOf);
    }

    /** {@return whether nobody holds a lock, for properties} */
    Expr quiet() {
        Expr free = Expr.of(1);
        for (int cpu = 0; cpu < locks.length(); cpu++) {
            free = Expr.all(free, locks.get(cpu).not());
        }
        return free;
    }

    /** Takes the lock of a CPU's run queue. */
    void lock(Code c, Expr cpu) {
        c.until(() -> {
            var taken =
                    c.as("raw_spin_lock(&rq->lock)")
                            .exchange(locks, cpu, Expr.of(1), Order.ACQUIRE);
            c.as("if (it is taken)");
            c.when(taken, () -> c.as("cpu_relax()").await(Expr.of(1)));
            return taken.not();
        });
    }

    /** Gives it back. */
    void unlock(Code c, Expr cpu) {
        c.as("raw_spin_unlock(&rq->lock)").storeRelease(locks, cpu, Expr.of(0));
    }

    /** {@code task_rq_lock()}. {@return the CPU where the thread runs or waits} */
    Local lockOf(Code c, int task) {
        var cpu = c.local("cpu");
        c.call(
                "task_rq_lock",
                () ->
                        c.until(() -> {
                            c.as("rq = task_rq(t)").loadTo(cpu, cpuOf, Expr.of(task));
                            lock(c, cpu);
                            var again = c.as("task_rq(t)").load(cpuOf, Expr.of(task));
                            c.as("if (rq != task_rq(t))");
                            c.when(
                                    again.ne(cpu),
                                    () -> {
                                        unlock(c, cpu);
                                        c.as("again").await(Expr.of(1));
                                    });
                            return again.eq(cpu);
                        }));
        return cpu;
    }

    /** {@return what a CPU runs; with its lock held} */
    Local curr(Code c, Expr cpu) {
        return c.as("rq->curr").load(curr, cpu);
    }

    /** Says what a CPU runs next; with its lock held. */
    void setCurr(Code c, int cpu, long task) {
        c.as("rq->curr = next").store(curr, Expr.of(cpu), Expr.of(task));
    }

    /** Moves a thread that waits to another CPU; with the lock of the old one held. */
    void setCpu(Code c, int task, int cpu) {
        c.as("set_task_cpu(t, " + cpu + ")").store(cpuOf, Expr.of(task), Expr.of(cpu));
    }
}
