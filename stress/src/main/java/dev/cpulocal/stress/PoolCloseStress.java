// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.cpulocal.CpuPool;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** One thread releases while another closes the pool: one of them discards the object. */
@JCStressTest
@Outcome(
        id = "0, 1, 0",
        expect = ACCEPTABLE,
        desc = "release -> close: who closes finds the object pooled and discards it.")
@Outcome(
        id = "1, 0, 0",
        expect = ACCEPTABLE,
        desc = "close -> release: who releases finds the pool closed and discards the object.")
@Outcome(
        id = {"1, 1, 0", "0, 2, 0", "2, 0, 0"},
        expect = FORBIDDEN,
        desc = "close drains the object -> release discards it too.")
@Outcome(
        id = "0, 0, 1",
        expect = FORBIDDEN,
        desc = "close drains -> release pools the object, where nobody will find it.")
@Outcome(expect = FORBIDDEN, desc = "The object is neither pooled nor discarded.")
@State
public class PoolCloseStress {

    private final AtomicInteger byWhoReleases = new AtomicInteger();
    private final AtomicInteger byWhoCloses = new AtomicInteger();
    private volatile @Nullable Thread closer;
    private final CpuPool<Object> pool =
            CpuPool.builder(Object::new).onDiscard(_ -> countDiscard()).build();
    private final CpuPool.Slot<Object> slot = pool.acquire();

    private void countDiscard() {
        boolean closes = Thread.currentThread().equals(closer);
        (closes ? byWhoCloses : byWhoReleases).incrementAndGet();
    }

    /** Releases. */
    @Actor
    public void release() {
        slot.release();
    }

    /** Closes. */
    @Actor
    public void close() {
        closer = Thread.currentThread();
        pool.close();
    }

    /** Counts, after both. */
    @Arbiter
    public void count(III_Result result) {
        result.r1 = byWhoReleases.get();
        result.r2 = byWhoCloses.get();
        result.r3 = pool.pooledCount();
    }
}
