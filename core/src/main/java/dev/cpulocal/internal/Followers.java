// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import java.util.Iterator;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;

/** Threads that wait for a number of which another thread sees to it that it is reached. */
final class Followers {

    /*
     * When a number is reached, all who wait for it are woken at once, by the thread that reached it.
     * A lock would wake them one after the other, each of which would have to get a CPU first.
     *
     * Of those who wait for a later number, the first is woken too: it is the next that sees to it. If
     * it leaves instead, since its time is up, it must wake again.
     *
     * A thread enters, looks once more whether it has to wait, and only then parks. Whoever reaches a
     * number, or makes room for another who sees to it, wakes after that. So no wake-up is lost.
     */

    private record Follower(Thread thread, long number) {}

    private final ConcurrentLinkedQueue<Follower> queue = new ConcurrentLinkedQueue<>();

    /** Enters the caller; {@return what takes it out again}. */
    Runnable enter(long number) {
        Follower follower = new Follower(Thread.currentThread(), number);
        queue.add(follower);
        return () -> queue.remove(follower);
    }

    /** Wakes all whose number is reached, and the first of the others. */
    void wake(LongPredicate isReached) {
        boolean next = false;
        for (Iterator<Follower> all = queue.iterator(); all.hasNext(); ) {
            Follower follower = all.next();
            if (isReached.test(follower.number)) {
                all.remove();
                LockSupport.unpark(follower.thread);
            } else if (!next) {
                next = true;
                LockSupport.unpark(follower.thread);
            }
        }
    }
}
