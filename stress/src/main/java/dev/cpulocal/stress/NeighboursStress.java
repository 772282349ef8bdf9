// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.cpulocal.CpuCounter;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/** Two threads add to counters that lie side by side in one row. */
@JCStressTest
@Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "Each addition reaches its own counter.")
@Outcome(
        expect = FORBIDDEN,
        desc = "An addition writes more than its own word, or is lost with its neighbour's.")
@State
public class NeighboursStress {

    private final CpuCounter one = Fresh.counter();
    private final CpuCounter other = Fresh.counter();

    /** Adds to one. */
    @Actor
    public void add() {
        one.add(1);
    }

    /** Adds to its neighbour. */
    @Actor
    public void addToNeighbour() {
        other.add(2);
    }

    /** Reads after both. */
    @Arbiter
    public void read(JJ_Result result) {
        result.r1 = one.sum();
        result.r2 = other.sum();
    }
}
