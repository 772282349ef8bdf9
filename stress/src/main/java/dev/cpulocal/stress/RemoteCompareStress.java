// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.cpulocal.CpuMemory;
import dev.cpulocal.Result;
import dev.cpulocal.Sequences;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZJ_Result;

/** Two threads compare and store on the same range from wherever they run. */
@JCStressTest
@Outcome(id = "true, false, 1", expect = ACCEPTABLE, desc = "one -> other finds 1 and leaves.")
@Outcome(id = "false, true, 2", expect = ACCEPTABLE, desc = "other -> one finds 2 and leaves.")
@Outcome(
        expect = FORBIDDEN,
        desc = "Both hold the stop word at the same time, or neither finds what it expects.")
@State
public class RemoteCompareStress {

    private static final int RANGE = 0;

    private final CpuMemory.Item item = Fresh.item();

    private boolean replaceZero(long value) {
        long result = Fresh.MEMORY.execute(RANGE, Sequences.LOAD_CBNE_STORE, item, 0L, value);
        return Result.isCommitted(result);
    }

    /** Makes it 1. */
    @Actor
    public void one(ZZJ_Result result) {
        result.r1 = replaceZero(1);
    }

    /** Makes it 2. */
    @Actor
    public void other(ZZJ_Result result) {
        result.r2 = replaceZero(2);
    }

    /** Reads after both. */
    @Arbiter
    public void read(ZZJ_Result result) {
        result.r3 = Fresh.MEMORY.getOpaque(item, 0, RANGE);
    }
}
