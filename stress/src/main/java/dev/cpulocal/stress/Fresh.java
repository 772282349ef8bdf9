// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.stress;

import dev.cpulocal.CpuCounter;
import dev.cpulocal.CpuCounters;
import dev.cpulocal.CpuMemory;
import dev.cpulocal.IndexMode;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Counters and items of 0 for the states of tests.
 *
 * <p>The harness makes millions of states and keeps some ten thousand of them at a time, so they
 * take turns with a larger number of counters and items, which are cleared when taken.
 */
final class Fresh {

    static final CpuMemory MEMORY = CpuMemory.create(IndexMode.CPU_ID, 1 << 20);

    private static final int SIZE = 1 << 16;
    private static final AtomicInteger NEXT = new AtomicInteger();
    private static final CpuCounters COUNTERS = new CpuCounters(SIZE);
    private static final CpuMemory.Item[] ITEMS =
            IntStream.range(0, SIZE)
                    .mapToObj(_ -> MEMORY.allocate(Long.BYTES))
                    .toArray(CpuMemory.Item[]::new);

    private Fresh() {}

    private static int next() {
        return NEXT.getAndIncrement() & (SIZE - 1);
    }

    /** {@return a counter of 0} */
    static CpuCounter counter() {
        CpuCounter counter = COUNTERS.counter(next());
        counter.reset();
        return counter;
    }

    /** {@return an item that is 0 on every range} */
    static CpuMemory.Item item() {
        CpuMemory.Item item = ITEMS[next()];
        IntStream.range(0, MEMORY.ranges()).forEach(range -> MEMORY.setOpaque(item, 0, range, 0));
        return item;
    }

    /** {@return what an item holds on all ranges together} */
    static long sum(CpuMemory.Item item) {
        return IntStream.range(0, MEMORY.ranges())
                .mapToLong(range -> MEMORY.getOpaque(item, 0, range))
                .sum();
    }
}
