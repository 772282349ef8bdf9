// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.J_Result;

/**
 * The counter-check of all tests here: a plain counter loses additions, and the harness sees it.
 *
 * <p>A run in which this one is not reported as interesting proves nothing about the others; CI
 * fails it.
 */
@JCStressTest
@Outcome(id = "2", expect = ACCEPTABLE, desc = "One adder reads after the other wrote.")
@Outcome(
        id = "1",
        expect = ACCEPTABLE_INTERESTING,
        desc = "Both read 0, both write 1: an addition is lost.")
@State
public class LostUpdateStress {

    private long count;

    /** Adds on one thread. */
    @Actor
    public void add() {
        count++;
    }

    /** Adds on the other. */
    @Actor
    public void addToo() {
        count++;
    }

    /** Reads after both. */
    @Arbiter
    public void read(J_Result result) {
        result.r1 = count;
    }
}
