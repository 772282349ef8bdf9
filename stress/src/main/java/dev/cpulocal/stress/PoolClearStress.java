// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.cpulocal.CpuPool;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** One thread releases while another clears: the object is pooled or discarded, once. */
@JCStressTest
@Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "release -> clear: the object is discarded.")
@Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "clear -> release: the object is pooled.")
@Outcome(
        id = {"0, 0, 0", "1, 0, 0"},
        expect = FORBIDDEN,
        desc = "clear reads the magazine -> release -> clear empties it: the object is lost.")
@Outcome(
        id = {"1, 1, 1", "0, 1, 1"},
        expect = FORBIDDEN,
        desc = "release -> clear discards the object, and leaves it there.")
@Outcome(expect = FORBIDDEN, desc = "The object is discarded twice, or clear miscounts.")
@State
public class PoolClearStress {

    private final AtomicInteger discards = new AtomicInteger();
    private final CpuPool<Object> pool =
            CpuPool.builder(Object::new).onDiscard(_ -> discards.incrementAndGet()).build();
    private final CpuPool.Slot<Object> slot = pool.acquire();

    /** Releases. */
    @Actor
    public void release() {
        slot.release();
    }

    /** Clears. */
    @Actor
    public void clear(III_Result result) {
        result.r1 = pool.clear();
    }

    /** Counts, after both. */
    @Arbiter
    public void count(III_Result result) {
        result.r2 = discards.get();
        result.r3 = pool.pooledCount();
    }
}
