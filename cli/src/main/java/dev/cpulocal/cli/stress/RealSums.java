// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.stress;

import dev.cpulocal.Cpu;
import dev.cpulocal.CpuCounters;
import dev.cpulocal.CpuLock;
import dev.cpulocal.CpuMemory;
import dev.cpulocal.IndexMode;
import dev.cpulocal.Result;
import dev.cpulocal.Sequences;
import java.lang.invoke.MethodHandles;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** What the library adds by. */
final class RealSums {

    private static final int ELSEWHERE_EVERY = 1024;
    private static final int LONGS_PER_LINE = 8;

    private RealSums() {}

    private static long sum(CpuMemory memory, CpuMemory.Item item) {
        return IntStream.range(0, memory.ranges())
                .mapToLong(range -> memory.getOpaque(item, 0, range))
                .sum();
    }

    /** Counters that nobody resets. */
    static Sums.Adder counters(CpuCounters counters) {
        return new Sums.Adder() {
            @Override
            public int count() {
                return counters.size();
            }

            @Override
            public boolean add(int sum, RandomGenerator random) {
                counters.increment(sum);
                return true;
            }

            @Override
            public long sum(int sum) {
                return counters.sum(sum);
            }
        };
    }

    /** Counters that the manager keeps resetting. */
    static Sums.Adder resets(CpuCounters counters) {
        return new Sums.Drained(counters(counters), counters::sumThenReset);
    }

    /** The bound {@link Sequences#LOAD_CBNE_STORE}. */
    interface CompareAndStore {
        /** {@return the result} */
        long call(CpuMemory.Item item, long expected, long replacement);
    }

    /** The number of a CPU is read, and replaced by the next. */
    static Sums.Adder tickets(CpuMemory memory) {
        CpuMemory.Item item = memory.allocate(Long.BYTES);
        CompareAndStore compareAndStore =
                memory.bind(
                        Sequences.LOAD_CBNE_STORE, CompareAndStore.class, MethodHandles.lookup());
        return new Sums.Adder() {
            @Override
            public boolean add(int sum, RandomGenerator random) {
                return random.nextInt(ELSEWHERE_EVERY) == 0
                        ? takeElsewhere(memory, item, random.nextInt(memory.ranges()))
                        : take(memory, item, compareAndStore);
            }

            @Override
            public long sum(int sum) {
                return RealSums.sum(memory, item);
            }
        };
    }

    /**
     * The read is of the range that the thread is likely to be on, and on the next ones if that was
     * wrong: where the platform does not say, any range may be the one.
     */
    private static boolean take(
            CpuMemory memory, CpuMemory.Item item, CompareAndStore compareAndStore) {
        int ranges = memory.ranges();
        int likely = memory.indexMode() == IndexMode.CPU_ID ? Cpu.current() : Cpu.concurrencyId();
        for (int i = 0; i < ranges; i++) {
            long number = memory.getOpaque(item, 0, Math.floorMod(likely + i, ranges));
            if (Result.isCommitted(compareAndStore.call(item, number, number + 1))) {
                return true;
            }
        }
        return false;
    }

    private static boolean takeElsewhere(CpuMemory memory, CpuMemory.Item item, int range) {
        long number = memory.getOpaque(item, 0, range);
        return Result.isCommitted(
                memory.execute(range, Sequences.LOAD_CBNE_STORE, item, number, number + 1));
    }

    /** Plain additions under the lock of a CPU: two holders at once would lose some. */
    static Sums.Adder spinlock(CpuMemory memory) {
        CpuLock lock = new CpuLock(memory);
        long[] counts = new long[memory.ranges() * LONGS_PER_LINE];
        return new Sums.Adder() {
            @Override
            public boolean add(int sum, RandomGenerator random) {
                int range;
                if (random.nextInt(ELSEWHERE_EVERY) == 0) {
                    range = random.nextInt(memory.ranges());
                    lock.lock(range);
                } else {
                    range = lock.lock();
                }
                counts[range * LONGS_PER_LINE]++;
                lock.unlock(range);
                return true;
            }

            @Override
            public long sum(int sum) {
                return Arrays.stream(counts).sum();
            }
        };
    }

    /** The bound {@link Sequences#LOAD_ADD_STORE}. */
    interface Add {
        /** {@return the result} */
        long call(CpuMemory.Item item, long count);
    }

    /** Additions to the word of a CPU. */
    static Sums.Adder increment(CpuMemory memory) {
        CpuMemory.Item item = memory.allocate(Long.BYTES);
        Add add = memory.bind(Sequences.LOAD_ADD_STORE, Add.class, MethodHandles.lookup());
        return new Sums.Adder() {
            @Override
            public boolean add(int sum, RandomGenerator random) {
                return Result.isCommitted(add.call(item, 1));
            }

            @Override
            public long sum(int sum) {
                return RealSums.sum(memory, item);
            }
        };
    }
}
