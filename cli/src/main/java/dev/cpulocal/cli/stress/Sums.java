// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.stress;

import dev.cpulocal.cli.stress.Outcome.Check;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToLongFunction;
import java.util.random.RandomGenerator;

/** Families in which each operation adds 1 to a sum: the sums must be what the workers added. */
final class Sums implements Family {

    /** What is added to. All methods for any thread. */
    interface Adder {
        /** {@return how many sums there are} */
        default int count() {
            return 1;
        }

        /**
         * Adds 1 to a sum.
         *
         * @return whether it did; where it compares first, it may not
         */
        boolean add(int sum, RandomGenerator random);

        /** {@return a sum, when all threads have ended} */
        long sum(int sum);

        /** What is done meanwhile by one other thread. */
        default void manage(RandomGenerator random) {}

        /** {@return how often that thread saw what must not be} */
        default long violations() {
            return 0;
        }
    }

    /** Sums that the other thread takes away, again and again: what it took is part of them. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Drained(Adder adder, IntToLongFunction drain, long[] taken) implements Adder {

        /**
         * Begins to drain.
         *
         * @param adder the sums
         * @param drain takes away what is in one of them, and answers how much it was
         */
        Drained(Adder adder, IntToLongFunction drain) {
            this(adder, drain, new long[adder.count()]);
        }

        @Override
        public int count() {
            return taken.length;
        }

        @Override
        public boolean add(int sum, RandomGenerator random) {
            return adder.add(sum, random);
        }

        @Override
        public void manage(RandomGenerator random) {
            for (int sum = 0; sum < taken.length; sum++) {
                taken[sum] += drain.applyAsLong(sum);
            }
        }

        @Override
        public long sum(int sum) {
            return taken[sum] + adder.sum(sum);
        }
    }

    private final FamilyName name;
    private final Adder adder;
    private final List<Part> parts = new ArrayList<>();

    Sums(FamilyName name, Adder adder) {
        this.name = name;
        this.adder = adder;
    }

    /** Counts what it added. Read by others only after its thread has ended. */
    private final class Part implements Worker {
        private final long[] added = new long[adder.count()];
        private long operations;

        @Override
        public void step(RandomGenerator random) {
            int sum = (int) (operations++ % added.length);
            added[sum] += adder.add(sum, random) ? 1 : 0;
        }
    }

    @Override
    public Worker worker() {
        Part part = new Part();
        parts.add(part);
        return part;
    }

    @Override
    public void manage(RandomGenerator random) {
        adder.manage(random);
    }

    @Override
    public Check check() {
        long operations = parts.stream().mapToLong(part -> part.operations).sum();
        long[] expected = new long[adder.count()];
        long[] actual = new long[adder.count()];
        Arrays.setAll(expected, sum -> parts.stream().mapToLong(part -> part.added[sum]).sum());
        Arrays.setAll(actual, adder::sum);
        return Check.of(name.id(), operations, expected, actual, adder.violations());
    }
}
