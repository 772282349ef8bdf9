// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** The yardstick: an atomic counter loses no add. */
@JCStressTest
@Outcome(id = "2", expect = ACCEPTABLE, desc = "Both adds count.")
@State
public class AtomicCounterStress {

    private final AtomicInteger counter = new AtomicInteger();

    /** Adds on one thread. */
    @Actor
    public void add() {
        counter.incrementAndGet();
    }

    /** Adds on the other. */
    @Actor
    public void addToo() {
        counter.incrementAndGet();
    }

    /** Reads after both. */
    @Arbiter
    public void read(I_Result result) {
        result.r1 = counter.get();
    }
}
