// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rcu;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Never;

/**
 * Somebody frees a queue of callbacks of liburcu while somebody else calls {@code rcu_barrier()}.
 */
final class CallRcuData {

    /*
     * There is the default queue, whose thread executes what is in it, and another queue, whose
     * thread has been stopped. Freeing it moves what is left in it to the default queue, and takes
     * it from the list of queues. rcu_barrier() puts a callback into every queue of the list, and
     * waits until all have been executed. The mutex orders everything, so queues are counts, and
     * hardware state.
     */

    /** Where call_rcu_mutex is held while a queue is freed. */
    enum Held {
        /** From before the move until it is off the list. */
        THROUGHOUT,
        /** Only while it is taken off the list. */
        UNLINK_ONLY
    }

    /** A step that a model may say is never taken. */
    static final String BOTH = "rcu_barrier() finds both queues";

    /** Another such step. */
    static final String MOVES = "callbacks are moved";

    private final Held held;
    private final Never never;
    private final Variable mutex;
    private final Variable listed;
    private final Variable queue;
    private final Variable defaultQueue;
    private final Variable executed;

    CallRcuData(Model.Builder m, Held held, Never never) {
        this.held = held;
        this.never = never;
        mutex = m.hardware("call_rcu_mutex", 0);
        listed = m.hardware("the queue is listed", 1);
        queue = m.hardware("queue", 0);
        defaultQueue = m.hardware("default queue", 0);
        executed = m.hardware("executed", 0);
        m.task("free", 0, c -> c.call("call_rcu_data_free", () -> free(c)));
        m.task("barrier", 1, c -> c.call("rcu_barrier", () -> barrier(c)));
        m.background("default thread", 2).runs(this::execute);
        m.atEnd("no callback is left behind", queue.get().not());
    }

    private void free(Code c) {
        if (held == Held.THROUGHOUT) {
            lock(c);
            move(c);
        } else {
            move(c);
            lock(c);
        }
        c.as("cds_list_del(&crdp->list)").set(listed.get(), 0);
        unlock(c);
    }

    private void move(Code c) {
        c.atomically(() -> {
            c.as("__cds_wfcq_splice_blocking(default, crdp)");
            c.set(defaultQueue.get(), defaultQueue.get().plus(queue.get()));
            if (never.step().equals(MOVES)) {
                c.check("never: " + MOVES, queue.get().not());
            }
            c.set(queue.get(), 0);
        });
    }

    private void barrier(Code c) {
        lock(c);
        var count = c.as("count the queues").let("count", listed.get().plus(1));
        c.as("_call_rcu(default)").set(defaultQueue.get(), defaultQueue.get().plus(1));
        c.as("if (the queue is listed)");
        c.when(
                count.eq(2),
                () -> {
                    never.here(c, BOTH);
                    c.as("_call_rcu(crdp)").set(queue.get(), queue.get().plus(1));
                });
        unlock(c);
        c.as("wait until all are executed").await(executed.get().eq(count));
    }

    private void execute(Code c) {
        c.forever(() -> {
            c.as("wait for a callback").await(defaultQueue.get());
            c.atomically(() -> {
                c.as("execute it").set(executed.get(), executed.get().plus(1));
                c.set(defaultQueue.get(), defaultQueue.get().minus(1));
            });
        });
    }

    private void lock(Code c) {
        c.atomically(() -> {
            c.as("call_rcu_lock(&call_rcu_mutex)").await(mutex.get().not());
            c.set(mutex.get(), 1);
        });
    }

    private void unlock(Code c) {
        c.as("call_rcu_unlock(&call_rcu_mutex)").set(mutex.get(), 0);
    }
}
