// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Readers look at an item again and again while a writer replaces it, and note how old it became
 * before their eyes: 0 if it is the current one, 1 if it was replaced, 2 if the grace period after
 * that is over. Age 2 is what freed memory would be.
 */
public final class RcuTorture {

    /** How many ages are told apart. */
    public static final int AGES = 3;

    private static final int LOOKS = 8;

    private final GracePeriods periods;
    private final AtomicLongArray histogram = new AtomicLongArray(AGES);
    private final AtomicReference<Item> current = new AtomicReference<>(new Item());

    private static final class Item {
        volatile int age;
    }

    /** Tortures a domain. */
    public RcuTorture(GracePeriods periods) {
        this.periods = periods;
    }

    /** Reads once; in every step that is a multiple of {@code waits}, the section waits. */
    public void read(int step, int waits) {
        long token = periods.enter();
        int age = 0;
        try {
            Item item = current.getPlain();
            for (int look = 0; look < LOOKS; look++) {
                age = Math.max(age, item.age);
            }
            if (step % waits == 0) {
                LockSupport.parkNanos(1);
                age = Math.max(age, item.age);
            }
        } finally {
            boolean _ = periods.exit(token);
        }
        histogram.incrementAndGet(age);
    }

    /** Replaces the item once. */
    public void write() {
        Item old = current.getAndSet(new Item());
        old.age = 1;
        periods.await(periods.next(), Wait.forEver());
        old.age = 2;
    }

    /** {@return how often an item of this age was the oldest that a section saw} */
    public long count(int age) {
        return histogram.get(age);
    }

    @Override
    public String toString() {
        return "ages seen: " + histogram;
    }
}
