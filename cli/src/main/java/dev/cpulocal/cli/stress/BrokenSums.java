// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.stress;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Imitations of {@link RealSums} that lose. */
final class BrokenSums {

    private static final int COUNTERS = 8;
    private static final int LOOKS = 500;

    private BrokenSums() {}

    private static boolean increment(CarelessWords words, int cpu, int word) {
        words.set(cpu, word, words.get(cpu, word) + 1);
        return true;
    }

    /** Counters that all CPUs share. */
    static Sums.Adder shared() {
        return shared(new CarelessWords(COUNTERS));
    }

    private static Sums.Adder shared(CarelessWords words) {
        return new Sums.Adder() {
            @Override
            public int count() {
                return COUNTERS;
            }

            @Override
            public boolean add(int sum, RandomGenerator random) {
                return increment(words, 0, sum);
            }

            @Override
            public long sum(int sum) {
                return words.sum(sum);
            }
        };
    }

    /** The same, read and set to 0 meanwhile. */
    static Sums.Adder resets() {
        CarelessWords words = new CarelessWords(COUNTERS);
        return new Sums.Drained(
                shared(words),
                sum -> {
                    long seen = words.get(0, sum);
                    words.set(0, sum, 0);
                    return seen;
                });
    }

    /** A number for each CPU. */
    static Sums.Adder perCpu() {
        CarelessWords words = new CarelessWords(1);
        return new Sums.Adder() {
            @Override
            public boolean add(int sum, RandomGenerator random) {
                return increment(words, CarelessWords.current(), 0);
            }

            @Override
            public long sum(int sum) {
                return words.sum(0);
            }
        };
    }

    /** A lock that is found free, and taken a moment later. */
    static Sums.Adder spinlock() {
        CarelessWords lock = new CarelessWords(1);
        int longsPerLine = 8;
        long[] counts = new long[CarelessWords.cpus() * longsPerLine];
        return new Sums.Adder() {
            @Override
            @SuppressWarnings("ThreadPriorityCheck") // the holder may be on the same carrier
            public boolean add(int sum, RandomGenerator random) {
                int cpu = CarelessWords.current();
                while (lock.get(cpu, 0) != 0) {
                    Thread.yield();
                    cpu = CarelessWords.current();
                }
                long count = counts[cpu * longsPerLine];
                lock.set(cpu, 0, 1);
                counts[cpu * longsPerLine] = count + 1;
                lock.set(cpu, 0, 0);
                return true;
            }

            @Override
            public long sum(int sum) {
                return Arrays.stream(counts).sum();
            }
        };
    }

    /** Without a fence: who has read which word is active may add to it much later. */
    static Sums.Adder activeWords() {
        CarelessWords words = new CarelessWords(2);
        CarelessWords active = new CarelessWords(1);
        return new Sums.Adder() {
            private long changes;

            @Override
            public boolean add(int sum, RandomGenerator random) {
                int word = (int) active.get(0, 0);
                words.addAtomically(CarelessWords.current(), word, 1);
                return true;
            }

            @Override
            public void manage(RandomGenerator random) {
                int inactive = (int) active.get(0, 0);
                active.set(0, 0, 1 - inactive);
                int cpu = random.nextInt(CarelessWords.cpus());
                long expected = words.get(cpu, inactive);
                for (int i = 0; i < LOOKS; i++) {
                    changes += words.get(cpu, inactive) == expected ? 0 : 1;
                }
            }

            @Override
            public long sum(int sum) {
                return words.sum(0) + words.sum(1);
            }

            @Override
            public long violations() {
                return changes;
            }
        };
    }
}
