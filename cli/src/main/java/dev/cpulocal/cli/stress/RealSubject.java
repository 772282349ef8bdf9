// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.stress;

import dev.cpulocal.CpuCounters;
import dev.cpulocal.CpuMemory;
import dev.cpulocal.CpuMemory.Statistics;
import dev.cpulocal.IndexMode;
import java.util.stream.IntStream;

/** The library: its counters, its structures, and bound sequences, all in one memory. */
final class RealSubject implements Subject {

    private static final int COUNTERS = 8;

    private final CpuMemory memory;
    private final CpuCounters kept;
    private final CpuCounters reset;

    RealSubject(IndexMode index) {
        memory = CpuMemory.create(index, CpuMemory.DEFAULT_STRIDE_BYTES);
        kept = new CpuCounters(COUNTERS, index);
        reset = new CpuCounters(COUNTERS, index);
    }

    @Override
    public Family family(FamilyName name) {
        return switch (name) {
            case COUNTERS -> new Sums(name, RealSums.counters(kept));
            case RESETS -> new Sums(name, RealSums.resets(reset));
            case TICKETS -> new Sums(name, RealSums.tickets(memory));
            case SPINLOCK -> new Sums(name, RealSums.spinlock(memory));
            case INCREMENT -> new Sums(name, RealSums.increment(memory));
            case MEMBARRIER -> new Sums(name, new ActiveWords(memory));
            case LIST -> new Shuffle(name, RealThings.list(memory));
            case BUFFER -> new Shuffle(name, RealThings.buffer(memory, false));
            case BUFFER_RELEASE -> new Shuffle(name, RealThings.buffer(memory, true));
            case MEMCPY -> new Shuffle(name, RealThings.records(memory, false));
            case MEMCPY_RELEASE -> new Shuffle(name, RealThings.records(memory, true));
        };
    }

    @Override
    public Statistics statistics() {
        return memory.statistics();
    }

    @Override
    public long atomicAdditions() {
        return IntStream.range(0, COUNTERS).mapToLong(kept::atomicSum).sum();
    }
}
