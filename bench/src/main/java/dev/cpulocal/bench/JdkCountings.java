// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Counting by what the JDK has. One counter is a field and many are an array, as one would write
 * it.
 */
final class JdkCountings {

    private JdkCountings() {}

    static Counting adders(int counters) {
        return counters == 1
                ? new Adder(new LongAdder())
                : new Adders(
                        Stream.generate(LongAdder::new).limit(counters).toArray(LongAdder[]::new));
    }

    static Counting atomics(int counters) {
        return counters == 1
                ? new Atomic(new AtomicLong())
                : new Atomics(
                        Stream.generate(AtomicLong::new)
                                .limit(counters)
                                .toArray(AtomicLong[]::new));
    }

    private record Adder(LongAdder adder) implements Counting {
        @Override
        public void increment(int counter) {
            adder.increment();
        }

        @Override
        public long sum(int counter) {
            return adder.sum();
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Adders(LongAdder[] adders) implements Counting {
        @Override
        public void increment(int counter) {
            adders[counter].increment();
        }

        @Override
        public long sum(int counter) {
            return adders[counter].sum();
        }
    }

    private record Atomic(AtomicLong atomic) implements Counting {
        @Override
        public void increment(int counter) {
            atomic.getAndIncrement();
        }

        @Override
        public long sum(int counter) {
            return atomic.get();
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Atomics(AtomicLong[] atomics) implements Counting {
        @Override
        public void increment(int counter) {
            atomics[counter].getAndIncrement();
        }

        @Override
        public long sum(int counter) {
            return atomics[counter].get();
        }
    }

    /** Stripes of at least 128 bytes, two lines because processors fetch lines in pairs. */
    static final class Striped implements Counting {

        private static final int LEAST_LONGS = 128 / Long.BYTES;

        private final int stripes =
                Integer.highestOneBit(2 * Runtime.getRuntime().availableProcessors() - 1) << 1;
        private final int strideLongs;
        private final AtomicLongArray words;

        Striped(int counters) {
            strideLongs = (counters + LEAST_LONGS - 1) / LEAST_LONGS * LEAST_LONGS;
            words = new AtomicLongArray(stripes * strideLongs + LEAST_LONGS);
        }

        @Override
        public void increment(int counter) {
            int stripe = (int) Thread.currentThread().threadId() & (stripes - 1);
            words.getAndAdd(at(stripe, counter), 1);
        }

        @Override
        public long sum(int counter) {
            return IntStream.range(0, stripes)
                    .mapToLong(stripe -> words.get(at(stripe, counter)))
                    .sum();
        }

        /** The first stripe keeps its distance from the array's length. */
        private int at(int stripe, int counter) {
            return LEAST_LONGS + stripe * strideLongs + counter;
        }
    }
}
