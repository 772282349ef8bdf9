// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.opv;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Label;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Never;

/** {@code cpu_opv()} for the data of a CPU that goes offline and comes back. */
final class CpuOpv {

    /*
     * Two threads call cpu_opv() for CPU k; each moves itself there, and if k is offline executes
     * its vector where it is, with hotplug blocked and a mutex held. A third thread updates the
     * same data on k. k goes offline and comes back once. A last thread takes the lock of the
     * address space and then that of hotplug, as the kernel does in places.
     *
     * A vector increments two counters. Who executes it on k has the CPU for itself, because
     * preemption is disabled, or because a section that is preempted starts again: "runs on k" is 1
     * meanwhile. When k goes offline, its stopper waits for that, and then moves the callers
     * elsewhere. Whoever waits to write cpu_hotplug_lock keeps new readers out.
     *
     * All this is hardware state: locks and the scheduler order what is done under them. The lines
     * are those of the text and code that were posted as version 7; cpu_opv was never merged.
     */

    /** What is changed. */
    enum Change {
        /** Nothing. */
        NONE,
        /** Whether k is online is not looked at again behind cpus_read_lock(). */
        ONLINE_TESTED_BEFORE,
        /** No mutex. */
        NO_MUTEX,
        /** Where the thread is is not looked at again behind preempt_disable(). */
        CPU_NOT_TESTED,
        /** Pages are faulted in behind cpus_read_lock(). */
        FAULTS_UNDER_LOCK
    }

    /** A step that a model may say is never taken. */
    static final String REMOTE = "a vector is executed elsewhere";

    /** Another such step. */
    static final String MOVED_AWAY = "the thread has been moved away before preempt_disable()";

    private static final int CALLERS = 2;
    private static final long VECTORS = 3;

    private final Change change;
    private final Never never;
    private final Variable online;
    private final Variable onK;
    private final Variable busy;
    private final Variable readers;
    private final Variable writer;
    private final Variable mutex;
    private final Variable mmapLock;
    private final Variable first;
    private final Variable second;

    CpuOpv(Model.Builder m, Change change, Never never) {
        this.change = change;
        this.never = never;
        online = m.hardware("cpu_online(k)", 1);
        onK = m.hardwares("caller is on k", CALLERS, 0);
        busy = m.hardware("runs on k", 0);
        readers = m.hardware("readers of cpu_hotplug_lock", 0);
        writer = m.hardware("writer of cpu_hotplug_lock", 0);
        mutex = m.hardware("cpu_opv_offline_lock", 0);
        mmapLock = m.hardware("mmap_lock", 0);
        first = m.hardware("first", 0);
        second = m.hardware("second", 0);
        for (int caller = 0; caller < CALLERS; caller++) {
            Expr me = onK.get(caller);
            m.task("caller " + caller, caller, c -> c.call("cpu_opv", () -> cpuOpv(c, me)));
        }
        m.task("user of k", CALLERS, this::userOfK);
        m.task("hotplug", CALLERS + 1, this::hotplug);
        m.task("mmap", CALLERS + 2, this::mmap);
        m.atEnd(
                "every vector is executed, and once",
                first.get().eq(VECTORS).and(second.get().eq(VECTORS)));
    }

    /* ------------------------- The vector ------------------------- */

    private void vector(Code c) {
        var one = c.as("read the first").let("first", first.get());
        c.as("increment the first").set(first.get(), one.plus(1));
        var two = c.as("read the second").let("second", second.get());
        c.as("increment the second").set(second.get(), two.plus(1));
        c.check("nobody sees a vector that is half executed", one.eq(two));
    }

    private void userOfK(Code c) {
        takeK(c, online.get());
        vector(c);
        c.as("other threads run on k").set(busy.get(), 0);
    }

    private void takeK(Code c, Expr can) {
        c.atomically(() -> {
            c.as("runs on k").await(can.and(busy.get().not()));
            c.set(busy.get(), 1);
        });
    }

    /* ------------------------- cpu_opv ------------------------- */

    private void cpuOpv(Code c, Expr me) {
        var retry = c.label("retry");
        var checkOnline = c.label("check_online");
        var done = c.label("done");
        if (change != Change.FAULTS_UNDER_LOCK) {
            faultIn(c);
        }
        c.place(retry);
        c.as("push_task_to_cpu(current, k)").set(me, online.get());
        c.as("if (it cannot) goto check_online").jumpIf(me.not(), checkOnline);
        onTarget(c, me, retry);
        c.jump(done);
        c.place(checkOnline);
        elsewhere(c, retry);
        c.place(done);
    }

    private void faultIn(Code c) {
        c.as("get_user_pages(): down_read(&mmap_lock)").await(mmapLock.get().not());
    }

    private void onTarget(Code c, Expr me, Label retry) {
        c.atomically(() -> {
            c.as("preempt_disable()").await(me.not().or(busy.get().not()));
            c.set(busy.get(), busy.get().or(me));
        });
        var here = c.as("smp_processor_id() == k").let("here", me);
        if (never.step().equals(MOVED_AWAY)) {
            c.check("never: " + MOVED_AWAY, here);
        }
        if (change != Change.CPU_NOT_TESTED) {
            c.as("if (it is not) goto retry").jumpIf(here.not(), retry);
        }
        vector(c);
        c.as("preempt_enable()").set(busy.get(), busy.get().and(here.not()));
    }

    private void elsewhere(Code c, Label retry) {
        cpusReadLock(c);
        if (change != Change.ONLINE_TESTED_BEFORE) {
            var now = c.as("cpu_online(k)").let("now", online.get());
            c.as("if (it is)");
            c.when(
                    now,
                    () -> {
                        cpusReadUnlock(c);
                        c.as("goto retry").jump(retry);
                    });
        }
        if (change == Change.FAULTS_UNDER_LOCK) {
            faultIn(c);
        }
        if (change != Change.NO_MUTEX) {
            lock(c, mutex, "mutex_lock(&cpu_opv_offline_lock)");
        }
        never.here(c, REMOTE);
        vector(c);
        if (change != Change.NO_MUTEX) {
            c.as("mutex_unlock(&cpu_opv_offline_lock)").set(mutex.get(), 0);
        }
        cpusReadUnlock(c);
    }

    private static void lock(Code c, Variable lock, String text) {
        c.atomically(() -> {
            c.as(text).await(lock.get().not());
            c.set(lock.get(), 1);
        });
    }

    /* ------------------------- Hotplug ------------------------- */

    private void cpusReadLock(Code c) {
        c.atomically(() -> {
            c.as("cpus_read_lock()").await(writer.get().not());
            c.as("one reader more").set(readers.get(), readers.get().plus(1));
        });
    }

    private void cpusReadUnlock(Code c) {
        c.as("cpus_read_unlock()").set(readers.get(), readers.get().minus(1));
    }

    private void hotplug(Code c) {
        cpusWriteLock(c);
        c.atomically(() -> {
            c.as("take_cpu_down(k)").await(busy.get().not());
            c.set(online.get(), 0);
            for (int caller = 0; caller < CALLERS; caller++) {
                c.as("move caller " + caller + " elsewhere").set(onK.get(caller), 0);
            }
        });
        cpusWriteUnlock(c);
        cpusWriteLock(c);
        c.as("set_cpu_online(k, true)").set(online.get(), 1);
        cpusWriteUnlock(c);
    }

    private void cpusWriteLock(Code c) {
        c.as("cpus_write_lock()").set(writer.get(), 1);
        c.as("wait for readers").await(readers.get().not());
    }

    private void cpusWriteUnlock(Code c) {
        c.as("cpus_write_unlock()").set(writer.get(), 0);
    }

    private void mmap(Code c) {
        lock(c, mmapLock, "down_write(&mmap_lock)");
        cpusReadLock(c);
        cpusReadUnlock(c);
        c.as("up_write(&mmap_lock)").set(mmapLock.get(), 0);
    }
}
