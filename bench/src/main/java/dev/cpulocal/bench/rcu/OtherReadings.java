// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.rcu;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.concurrent.locks.StampedLock;

/** Reading by what one would use today. */
final class OtherReadings {

    private OtherReadings() {}

    static final class Volatile implements Reading {
        private volatile long value = 1;

        @Override
        public long read() {
            return value;
        }
    }

    static final class ReadWriteLock implements Reading {
        private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
        private long value = 1;

        @Override
        public long read() {
            lock.readLock().lock();
            try {
                return value;
            } finally {
                lock.readLock().unlock();
            }
        }
    }

    static final class StampedRead implements Reading {
        private final StampedLock lock = new StampedLock();
        private long value = 1;

        @Override
        public long read() {
            long stamp = lock.readLock();
            try {
                return value;
            } finally {
                lock.unlockRead(stamp);
            }
        }
    }

    static final class StampedOptimistic implements Reading {
        private final StampedLock lock = new StampedLock();
        private long value = 1;

        @Override
        public long read() {
            while (true) {
                long stamp = lock.tryOptimisticRead();
                long seen = value;
                if (lock.validate(stamp)) {
                    return seen;
                }
            }
        }
    }

    /**
     * A reader takes a share of the object; who replaces it gives up one, and the last frees it.
     */
    static final class ReferenceCount implements Reading {

        private static final class Counted {
            final AtomicInteger shares = new AtomicInteger(1);
            final long value = 1;

            boolean tryTake() {
                int now = shares.get();
                while (now > 0) {
                    if (shares.compareAndSet(now, now + 1)) {
                        return true;
                    }
                    now = shares.get();
                }
                return false;
            }
        }

        private final AtomicReference<Counted> current = new AtomicReference<>(new Counted());

        @Override
        public long read() {
            while (true) {
                Counted counted = Objects.requireNonNull(current.get());
                if (counted.tryTake()) {
                    try {
                        return counted.value;
                    } finally {
                        counted.shares.decrementAndGet();
                    }
                }
            }
        }
    }

    /**
     * As crossbeam-epoch does it: announce the epoch in a slot of the thread, with a full fence.
     */
    static final class Epoch implements Reading {
        private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);
        private static final int PADDED = 16;

        private final ThreadLocal<long[]> slots =
                ThreadLocal.withInitial(() -> new long[2 * PADDED]);
        private volatile long epoch = 1;
        private volatile long value = 1;

        @Override
        public long read() {
            long[] slot = slots.get();
            SLOT.setOpaque(slot, PADDED, epoch);
            VarHandle.fullFence();
            try {
                return value;
            } finally {
                SLOT.setRelease(slot, PADDED, 0L);
            }
        }
    }
}
