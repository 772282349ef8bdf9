// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.cpulocal.CpuPool;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * Two threads acquire, and one object is pooled: one of them gets it, be it from its own CPU or by
 * force from the other's, and the other one a new one.
 */
@JCStressTest
@Outcome(
        id = {"true, false", "false, true"},
        expect = ACCEPTABLE,
        desc = "one pops or steals -> the other finds nothing and makes one.")
@Outcome(
        id = "true, true",
        expect = FORBIDDEN,
        desc = "one reads the handle -> the other takes it -> one takes it: two have the object.")
@Outcome(expect = FORBIDDEN, desc = "Neither finds the object: it is lost.")
@State
public class PoolAcquireStress {

    private final CpuPool<Object> pool = CpuPool.builder(Object::new).maxTotal(1).build();
    private final CpuPool.Slot<Object> pooled = pool.acquire();

    /** Pools an object. */
    public PoolAcquireStress() {
        pooled.release();
    }

    /** Acquires. */
    @Actor
    public void one(ZZ_Result result) {
        result.r1 = pool.acquire() == pooled;
    }

    /** Acquires too. */
    @Actor
    public void other(ZZ_Result result) {
        result.r2 = pool.acquire() == pooled;
    }
}
