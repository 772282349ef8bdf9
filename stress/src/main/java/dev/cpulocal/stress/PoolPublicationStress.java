// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.cpulocal.CpuPool;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZJJ_Result;

/**
 * Who acquires an object sees what was written to it before it was released, though all accesses
 * are plain.
 *
 * <p>The pool may own one object. Who acquires finds it pooled, on this CPU or on the other one,
 * and then with both fields; or finds that it is out, and gets a new one. x86-64 reorders neither
 * the stores nor the loads, so that here only the compiler could.
 */
@JCStressTest
@Outcome(
        id = "true, 1, 1",
        expect = ACCEPTABLE,
        desc = "first -> second -> release -> acquire: the same object, with both fields.")
@Outcome(
        id = "false, 0, 0",
        expect = ACCEPTABLE,
        desc = "acquire -> release: the object is out, a new one is made.")
@Outcome(
        id = {"true, 0, 0", "true, 0, 1", "true, 1, 0"},
        expect = FORBIDDEN,
        desc = "release -> acquire -> a field: the object comes before what was written to it.")
@Outcome(expect = FORBIDDEN, desc = "A new object has what was written to another.")
@State
public class PoolPublicationStress {

    private static final class Fields {
        private long first;
        private long second;
    }

    private final CpuPool<Fields> pool = CpuPool.builder(Fields::new).maxTotal(1).build();
    private final CpuPool.Slot<Fields> slot = pool.acquire();

    /** Writes, then releases. */
    @Actor
    public void release() {
        Fields fields = slot.get();
        fields.first = 1;
        fields.second = 1;
        slot.release();
    }

    /** Acquires, then reads. */
    @Actor
    public void acquire(ZJJ_Result result) {
        CpuPool.Slot<Fields> acquired = pool.acquire();
        Fields fields = acquired.get();
        result.r3 = fields.second;
        result.r2 = fields.first;
        result.r1 = acquired == slot;
    }
}
