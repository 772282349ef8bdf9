// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.stress;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Who has which object of a pool, and how many there are. All methods for any thread. */
final class Ledger {

    /** The owner of an object that is pooled. */
    static final int NOBODY = 0;

    /** The owner of an object that is on its way to the thread that will release it. */
    static final int MESSENGER = -1;

    private static final int FORGOTTEN = -2;
    private static final int DISCARDED = -3;

    private final LongAdder made = new LongAdder();
    private final LongAdder acquired = new LongAdder();
    private final LongAdder forgotten = new LongAdder();
    private final LongAdder discarded = new LongAdder();
    private final LongAdder violations = new LongAdder();

    /** Never more than there are: counted after a release, and no more after an acquire. */
    private final AtomicLong pooled = new AtomicLong();

    private volatile long mostPooled;

    /** An object that knows who has it. */
    static final class Owned {
        private final AtomicInteger owner = new AtomicInteger(NOBODY);

        /** Whether it was released before; its owner's to know. */
        private boolean old;
    }

    /** {@return a new object, whose maker is about to take it} */
    Owned make() {
        made.increment();
        return new Owned();
    }

    /** Changes the owner; {@return whether it was who it must have been}. */
    boolean hand(Owned object, int from, int to) {
        boolean handed = object.owner.compareAndSet(from, to);
        if (!handed) {
            violations.increment();
        }
        return handed;
    }

    /** Notes who acquired an object; {@return whether nobody has it}. */
    boolean take(Owned object, int owner) {
        acquired.increment();
        boolean taken = hand(object, NOBODY, owner);
        if (taken) {
            if (object.old) {
                pooled.getAndDecrement();
            }
            object.old = true;
        }
        return taken;
    }

    /** Notes that so many objects were released, which nobody had from before that on. */
    void released(int count) {
        pooled.getAndAdd(count);
    }

    /** Notes that nobody will release an object. */
    void forget(Owned object, int owner) {
        if (hand(object, owner, FORGOTTEN)) {
            forgotten.increment();
        }
    }

    /** Notes that the pool let an object go. */
    void discard(Owned object) {
        if (hand(object, NOBODY, DISCARDED)) {
            discarded.increment();
            pooled.getAndDecrement();
        }
    }

    /**
     * Looks whether too many are pooled. For one thread, and not while that discards any: the place
     * of an object can be another's before the object is noted here as discarded.
     */
    void look(int mostAllowed) {
        long now = pooled();
        mostPooled = Math.max(mostPooled, now);
        if (now > mostAllowed) {
            violations.increment();
        }
    }

    long made() {
        return made.sum();
    }

    long acquired() {
        return acquired.sum();
    }

    long forgotten() {
        return forgotten.sum();
    }

    long discarded() {
        return discarded.sum();
    }

    /** {@return how many objects are pooled} */
    long pooled() {
        return pooled.get();
    }

    /** {@return the most that {@link #look} has seen} */
    long mostPooled() {
        return mostPooled;
    }

    /** {@return how often an object was somebody else's, or too many were pooled} */
    long violations() {
        return violations.sum();
    }
}
