// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rseq;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Never;

/** Two threads that initialise librseq, whichever comes first. */
final class InitDone {

    /*
     * Who finds init_done set does not take the lock. The lock is hardware state, whose taking and
     * giving back order all accesses of the others that take it.
     */

    /** When and how init_done is set and read. */
    enum Flag {
        /** Store-release behind the initialisation, load-acquire. */
        RELEASE_ACQUIRE,
        /** Store-release, plain load. */
        RELEASE,
        /** Plain store, load-acquire. */
        ACQUIRE,
        /** Plain store and load, behind the initialisation. */
        PLAIN,
        /** Plain store before the initialisation. */
        EARLY
    }

    /** A step that a model may say is never taken. */
    static final String FAST = "init_done is found set without the lock";

    private static final long SIZE = 32;

    private final Flag flag;
    private final Never never;
    private final Variable initDone;
    private final Variable size;
    private final Variable lock;

    InitDone(Model.Builder m, Flag flag, Never never) {
        this.flag = flag;
        this.never = never;
        initDone = m.shared("init_done", 0);
        size = m.shared("rseq_size", 0);
        lock = m.hardware("init_lock", 0);
        m.task("thread 0", 0, this::thread);
        m.task("thread 1", 1, this::thread);
    }

    private void thread(Code c) {
        c.call("rseq_init", () -> init(c));
        var found = c.as("rseq_size").load(size);
        c.check("who goes on behind rseq_init() finds the size", found.eq(SIZE));
    }

    private void init(Code c) {
        var done = c.label("done");
        var found =
                switch (flag) {
                    case RELEASE_ACQUIRE, ACQUIRE ->
                            c.as("load_acquire(&init_done)").loadAcquire(initDone);
                    case RELEASE, PLAIN, EARLY -> c.as("init_done").load(initDone);
                };
        c.as("if (it is set)");
        c.when(
                found,
                () -> {
                    never.here(c, FAST);
                    c.jump(done);
                });
        c.atomically(() -> {
            c.as("pthread_mutex_lock()").await(lock.get().not());
            c.set(lock.get(), 1);
        });
        c.mb();
        c.as("if (!init_done)").when(c.load(initDone).not(), () -> initLocked(c));
        c.mb();
        c.as("pthread_mutex_unlock()").set(lock.get(), 0);
        c.place(done);
    }

    private void initLocked(Code c) {
        if (flag == Flag.EARLY) {
            c.as("init_done = 1").store(initDone, 1);
        }
        c.as("rseq_size = …").store(size, SIZE);
        switch (flag) {
            case RELEASE_ACQUIRE, RELEASE ->
                    c.as("store_release(&init_done, 1)").storeRelease(initDone, 1);
            case ACQUIRE, PLAIN -> c.as("init_done = 1").store(initDone, 1);
            case EARLY -> {}
        }
    }
}
