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

/** One thread adds while another takes the sum away. */
@JCStressTest
@Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "add -> reset: the reset takes the addition.")
@Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "reset -> add: the addition stays.")
@Outcome(
        id = "0, 0",
        expect = FORBIDDEN,
        desc = "reset reads 0 -> add -> reset clears the word: the addition is lost.")
@Outcome(
        id = "1, 1",
        expect = FORBIDDEN,
        desc = "add -> reset reads 1 and does not take it away: the addition counts twice.")
@Outcome(expect = FORBIDDEN, desc = "Something was counted that nobody added.")
@State
public class CounterResetStress {

    private final CpuCounter counter = Fresh.counter();

    /** Adds. */
    @Actor
    public void add() {
        counter.increment();
    }

    /** Takes the sum away. */
    @Actor
    public void reset(JJ_Result result) {
        result.r1 = counter.sumThenReset();
    }

    /** Reads after both. */
    @Arbiter
    public void read(JJ_Result result) {
        result.r2 = counter.sum();
    }
}
