// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;

import dev.cpulocal.AsymmetricFence;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * The counter-check of {@link AsymmetricFenceStress}: two frequent fences order nothing between
 * them, and the harness sees it, unless both are full fences here.
 */
@JCStressTest
@Outcome(
        id = "0, 1",
        expect = ACCEPTABLE,
        desc = "x = 1 -> y read as 0 -> y = 1 -> x read as 1: the left one is first.")
@Outcome(
        id = "1, 0",
        expect = ACCEPTABLE,
        desc = "y = 1 -> x read as 0 -> x = 1 -> y read as 1: the right one is first.")
@Outcome(
        id = "1, 1",
        expect = ACCEPTABLE,
        desc = "x = 1, y = 1 -> both read: each sees the other's write.")
@Outcome(
        id = "0, 0",
        expect = ACCEPTABLE_INTERESTING,
        desc = "Each write waits in its store buffer while the other variable is read.")
@State
public class LightFencesStress {

    private int x;
    private int y;

    /** Writes one, reads the other. */
    @Actor
    public void left(II_Result result) {
        x = 1;
        AsymmetricFence.light();
        result.r1 = y;
    }

    /** Writes the other, reads the one. */
    @Actor
    public void right(II_Result result) {
        y = 1;
        AsymmetricFence.light();
        result.r2 = x;
    }
}
