// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.stress;

import dev.cpulocal.CpuPool;
import dev.cpulocal.CpuPool.Slot;
import dev.cpulocal.CpuPool.Statistics;
import dev.cpulocal.IndexMode;
import dev.cpulocal.cli.stress.Ledger.Owned;
import java.util.List;
import java.util.function.Consumer;

/**
 * The library's pool, small enough that CPUs exchange batches, and that it is exhausted at times.
 */
final class RealPool implements Lending.Pool<Slot<Owned>> {

    private static final int MAX_PER_CPU = 16;
    private static final int MAX_TOTAL = 96;

    private final Ledger ledger;
    private final CpuPool<Owned> pool;

    RealPool(IndexMode index, Ledger ledger) {
        this.ledger = ledger;
        pool =
                CpuPool.builder(ledger::make)
                        .index(index)
                        .maxPerCpu(MAX_PER_CPU)
                        .maxTotal(MAX_TOTAL)
                        .onDiscard(ledger::discard)
                        .build();
    }

    @Override
    public Slot<Owned> acquire() {
        return pool.acquire();
    }

    @Override
    public Owned get(Slot<Owned> slot) {
        return slot.get();
    }

    @Override
    public void release(Slot<Owned> slot) {
        slot.release();
    }

    @Override
    public void lend(Consumer<Owned> use) {
        try (CpuPool.Lease<Owned> lease = pool.lease()) {
            use.accept(lease.get());
        }
    }

    @Override
    public List<Slot<Owned>> acquireAll(int count) {
        return pool.acquireAll(count);
    }

    @Override
    public void releaseAll(List<Slot<Owned>> slots) {
        pool.releaseAll(slots);
    }

    @Override
    public void clear() {
        int _ = pool.clear();
    }

    @Override
    public void trim() {
        int _ = pool.trim();
    }

    @Override
    public int maxTotal() {
        return MAX_TOTAL;
    }

    @Override
    public long pooledCount() {
        return pool.pooledCount();
    }

    @Override
    public long disagreements() {
        Statistics statistics = statistics();
        return Math.abs(statistics.made() - ledger.made())
                + Math.abs(statistics.discarded() - ledger.discarded())
                + Math.abs(statistics.hits() + statistics.misses() - ledger.acquired())
                + Math.max(0, statistics.lost() - ledger.forgotten());
    }

    Statistics statistics() {
        return pool.statistics();
    }
}
