// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.cpulocal.CpuPool;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZI_Result;

/**
 * Two threads release the same slot: one of them succeeds, and the object is pooled once.
 *
 * <p>At the end it is acquired by one of two acquires; the other finds the pool empty, makes a new
 * one, and must not be given the same.
 */
@JCStressTest
@Outcome(
        id = {"true, false, 1", "false, true, 1"},
        expect = ACCEPTABLE,
        desc = "one release -> the other finds the slot released and throws.")
@Outcome(
        id = {"true, true, 0", "true, true, 1", "true, true, 2"},
        expect = FORBIDDEN,
        desc = "Both find the slot out -> both release: a double release goes unnoticed.")
@Outcome(
        id = {"true, false, 2", "false, true, 2"},
        expect = FORBIDDEN,
        desc = "The release that throws pools the object too: it is handed out twice.")
@Outcome(expect = FORBIDDEN, desc = "Neither releases, or the released object is not found.")
@State
public class PoolDoubleReleaseStress {

    private final CpuPool<Object> pool = CpuPool.builder(Object::new).maxTotal(1).build();
    private final CpuPool.Slot<Object> slot = pool.acquire();

    private boolean release() {
        try {
            slot.release();
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /** Releases. */
    @Actor
    public void one(ZZI_Result result) {
        result.r1 = release();
    }

    /** Releases too. */
    @Actor
    public void other(ZZI_Result result) {
        result.r2 = release();
    }

    /** Acquires twice, after both. */
    @Arbiter
    public void acquire(ZZI_Result result) {
        result.r3 = (pool.acquire() == slot ? 1 : 0) + (pool.acquire() == slot ? 1 : 0);
    }
}
