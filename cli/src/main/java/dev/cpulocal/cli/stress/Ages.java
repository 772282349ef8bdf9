// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.stress;

import dev.cpulocal.cli.stress.Outcome.Check;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;

/**
 * The family in which an item is read in sections while it is replaced again and again. An item has
 * age 0 while it is the current one, 1 when it was replaced, and 2 after the grace period that
 * follows: that no section may see.
 */
final class Ages implements Family {

    private static final int AGES = 3;
    private static final int FREED = 2;
    private static final int LOOKS = 4;
    private static final int YIELD_ONE_OF = 8;
    private static final int REPLACEMENTS = 8;

    /** What protects sections. All methods for any thread. */
    interface Domain {
        /** Begins a section; {@return its token}. */
        long begin();

        /** Ends a section. */
        void end(long token);

        /** Waits for those that have begun. */
        void synchronize();
    }

    private static final class Item {
        volatile int age;
    }

    private final FamilyName name;
    private final Domain domain;
    private final AtomicReference<Item> current = new AtomicReference<>(new Item());
    private final AtomicLongArray histogram = new AtomicLongArray(AGES);
    private final List<Reader> readers = new ArrayList<>();

    Ages(FamilyName name, Domain domain) {
        this.name = name;
        this.domain = domain;
    }

    /** Counts by itself, so that readers do not order each other. */
    private final class Reader implements Worker {
        private final long[] seen = new long[AGES];

        @Override
        public void step(RandomGenerator random) {
            long token = domain.begin();
            int oldest = 0;
            try {
                oldest = look(random.nextInt(YIELD_ONE_OF) == 0);
            } finally {
                domain.end(token);
            }
            seen[oldest]++;
        }

        @SuppressWarnings("ThreadPriorityCheck") // so that a virtual one is moved meanwhile
        private int look(boolean yields) {
            Item item = current.getAcquire();
            int oldest = 0;
            for (int i = 0; i < LOOKS; i++) {
                oldest = Math.max(oldest, item.age);
                if (yields) {
                    Thread.yield();
                }
            }
            return oldest;
        }

        @Override
        public void end() {
            for (int age = 0; age < AGES; age++) {
                histogram.addAndGet(age, seen[age]);
            }
        }
    }

    @Override
    public Worker worker() {
        Reader reader = new Reader();
        readers.add(reader);
        return reader;
    }

    @Override
    public void manage(RandomGenerator random) {
        for (int i = 0; i < REPLACEMENTS; i++) {
            Item old = current.getAndSet(new Item());
            old.age = 1;
            domain.synchronize();
            old.age = FREED;
        }
    }

    /** {@return how many sections saw an item of each age as the oldest} */
    List<Long> histogram() {
        return Arrays.stream(new int[] {0, 1, FREED}).mapToObj(histogram::get).toList();
    }

    @Override
    public Check check() {
        long sections =
                readers.stream().mapToLong(reader -> Arrays.stream(reader.seen).sum()).sum();
        long freed = histogram.get(FREED);
        return Check.of(
                name.id(), sections, new long[] {sections}, new long[] {sections - freed}, 0);
    }
}
