// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rseq;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;

/** One thread on two CPUs: it can be preempted any time, and goes on where a CPU takes it. */
final class MovedThread {

    /*
     * The idle tasks stand for the rest of the system. Whichever comes first takes the thread, and
     * sends it an event if it was on the other CPU before. on_rq stands for the locks of the
     * scheduler too; the full barriers are those of __schedule().
     */

    private final SwitchHooks rseq;
    private final Variable onRq;
    private final Variable taskCpu;
    private final Model.Task thread;

    /**
     * Adds the thread, on CPU 0, and the idle tasks. A model's first tasks.
     *
     * @param rseq what is told of switches
     */
    MovedThread(Model.Builder m, SwitchHooks rseq) {
        this.rseq = rseq;
        onRq = m.hardware("on_rq", 0);
        taskCpu = m.hardware("task_cpu", 0);
        thread = m.task("thread", 0);
        m.waitingBackground("idle 0").runs(this::idle);
        m.background("idle 1", 1).runs(this::idle);
    }

    Model.Task thread() {
        return thread;
    }

    /** Puts the thread on the queue, and goes on where a CPU takes it. Interrupts are disabled. */
    void schedule(Code c) {
        c.call(
                "__schedule",
                () -> {
                    rseq.scheduledOut(c);
                    c.as("smp_mb__after_spinlock()").mb();
                    c.atomically(() -> {
                        c.as("prev->on_rq = 1").set(onRq.get(), 1);
                        c.switchTo(thread.id().plus(1).plus(new Expr.Cpu()));
                    });
                });
    }

    private void idle(Code c) {
        c.forever(() -> {
            c.atomically(() -> {
                c.as("pick_next_task()").await(onRq.get());
                c.as("next->on_rq = 0").set(onRq.get(), 0);
            });
            c.as("if (task_cpu(next) != cpu)");
            c.when(taskCpu.get().ne(new Expr.Cpu()), () -> migrate(c));
            rseq.scheduledIn(c);
            c.as("smp_mb()").mb();
            c.switchTo(thread.id());
        });
    }

    private void migrate(Code c) {
        c.as("set_task_cpu(next, cpu)").set(taskCpu.get(), new Expr.Cpu());
        rseq.moved(c);
    }
}
