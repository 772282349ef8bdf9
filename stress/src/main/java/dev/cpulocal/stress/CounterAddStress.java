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
import org.openjdk.jcstress.infra.results.J_Result;

/** Two threads add to one counter, on two CPUs or, preempting each other, on one. */
@JCStressTest
@Outcome(
        id = "2",
        expect = ACCEPTABLE,
        desc = "Each adds to its CPU's word, or to the same word one after the other.")
@Outcome(
        expect = FORBIDDEN,
        desc = "Both add to one word at the same time, or an aborted addition counts twice.")
@State
public class CounterAddStress {

    private final CpuCounter counter = Fresh.counter();

    /** Adds on one thread. */
    @Actor
    public void add() {
        counter.increment();
    }

    /** Adds on the other. */
    @Actor
    public void addToo() {
        counter.increment();
    }

    /** Reads after both. */
    @Arbiter
    public void read(J_Result result) {
        result.r1 = counter.sum();
    }
}
