// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.stress;

import dev.cpulocal.CpuCounters;
import dev.cpulocal.CpuMemory;
import dev.cpulocal.CpuMemory.Statistics;
import dev.cpulocal.CpuPool;
import dev.cpulocal.IndexMode;
import dev.cpulocal.Rcu;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The library: its counters, its pool, and in one memory its structures and bound sequences. */
final class RealSubject implements Subject {

    private static final int COUNTERS = 8;

    private final CpuMemory memory;
    private final CpuCounters kept;
    private final CpuCounters reset;
    private final Ledger ledger = new Ledger();
    private final RealPool pool;
    private final IndexMode index;
    private @Nullable Ages ages;

    RealSubject(IndexMode index) {
        this.index = index;
        memory = CpuMemory.create(index, CpuMemory.DEFAULT_STRIDE_BYTES);
        kept = new CpuCounters(COUNTERS, index);
        reset = new CpuCounters(COUNTERS, index);
        pool = new RealPool(index, ledger);
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
            case POOL -> new Lending<>(name, pool, ledger);
            case RCU -> rcu(name);
        };
    }

    private Ages rcu(FamilyName name) {
        Ages made = new Ages(name, domain());
        ages = made;
        return made;
    }

    private Ages.Domain domain() {
        Rcu rcu = Rcu.builder("stress").index(index).build();
        return new Ages.Domain() {
            @Override
            public long begin() {
                return rcu.readLock();
            }

            @Override
            public void end(long token) {
                rcu.readUnlock(token);
            }

            @Override
            public void synchronize() {
                rcu.synchronize();
            }
        };
    }

    @Override
    public List<Long> ages() {
        return ages == null ? List.of() : ages.histogram();
    }

    @Override
    public Statistics statistics() {
        Statistics shared = memory.statistics();
        CpuPool.Statistics own = pool.statistics();
        return new Statistics(
                shared.retries() + own.retries(),
                shared.completions() + own.completions(),
                shared.stops() + own.stops(),
                shared.longestStopNanos());
    }

    @Override
    public long mostPooled() {
        return ledger.mostPooled();
    }

    @Override
    public long atomicAdditions() {
        return IntStream.range(0, COUNTERS).mapToLong(kept::atomicSum).sum();
    }
}
