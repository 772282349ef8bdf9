// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.cpulocal.CpuCounter;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/**
 * An addition publishes nothing: it is a relaxed store, and a sum is made of relaxed loads.
 *
 * <p>So a reader may count an addition and still not see what its thread stored before. On x86-64
 * the stores are not reordered and the machine code is a barrier to the compiler, but the reader's
 * two loads may be, by the compiler.
 */
@JCStressTest
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "sum -> field -> store -> add.")
@Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "sum -> store -> field, or store -> sum -> add.")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "store -> add -> sum -> field.")
@Outcome(
        id = "1, 0",
        expect = ACCEPTABLE_INTERESTING,
        desc = "field -> store -> add -> sum: the reader's loads are reordered.")
@Outcome(expect = FORBIDDEN, desc = "Something was counted that nobody added.")
@State
public class CounterPublicationStress {

    private final CpuCounter counter = Fresh.counter();
    private long field;

    /** Stores, then adds. */
    @Actor
    public void publish() {
        field = 1;
        counter.increment();
    }

    /** Sums, then loads. */
    @Actor
    public void read(JJ_Result result) {
        result.r1 = counter.sum();
        result.r2 = field;
    }
}
