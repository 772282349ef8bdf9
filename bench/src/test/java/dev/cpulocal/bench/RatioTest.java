// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RatioTest {

    private static final Configuration OURS = new Configuration(Subject.CPU_COUNTER, 2, true, 128);
    private static final Configuration THEIRS = new Configuration(Subject.LONG_ADDER, 2, true, 128);
    private static final Configuration C = new Configuration(Subject.C_LOOP, 2, false, 128);

    @Test
    void whatSlowsAWholeRoundCancelsOut() {
        Measurement<Configuration> ours = measurement(OURS, 2.0, 20.0, 4.0);
        Measurement<Configuration> theirs = measurement(THEIRS, 4.0, 40.0, 8.0);

        assertEquals(new Spread(0.5, 0.5, 0.5), Ratio.of(ours, theirs).spread());
    }

    @Test
    void theSpreadIsThatOfTheRounds() {
        Measurement<Configuration> ours =
                Measurement.of(OURS, List.of(List.of(3.0, 3.0, 99.0), List.of(6.0), List.of(4.0)));
        Measurement<Configuration> theirs = measurement(THEIRS, 2.0, 2.0, 4.0);

        assertEquals(new Spread(2, 1, 3), Ratio.of(ours, theirs).spread());
    }

    @Test
    void theBaseIsFoundInTheSameSituation() {
        Measurement<Configuration> ours = measurement(OURS, 3.0);
        Measurement<Configuration> theirs = measurement(THEIRS, 2.0);
        Measurement<Configuration> elsewhere =
                measurement(new Configuration(Subject.LONG_ADDER, 1, true, 128), 100.0);
        List<Measurement<Configuration>> all = List.of(elsewhere, ours, theirs);

        assertEquals(
                THEIRS, Ratio.to(OURS.with(Subject.LONG_ADDER), ours, all).orElseThrow().base());
        assertTrue(Ratio.to(OURS.with(Subject.ATOMIC_LONG), ours, all).isEmpty());
    }

    @Test
    void virtualThreadsAreComparedWithPlatformThreadsOfC() {
        Measurement<Configuration> ours = measurement(OURS, 3.0);
        Measurement<Configuration> c = measurement(C, 2.0);

        Ratio<Configuration> ratio =
                Ratio.to(OURS.with(Subject.C_LOOP), ours, List.of(ours, c)).orElseThrow();
        assertEquals(1.5, ratio.spread().median());
    }

    /** One sample a round. */
    private static Measurement<Configuration> measurement(
            Configuration configuration, Double... rounds) {
        return Measurement.of(configuration, Arrays.stream(rounds).map(List::of).toList());
    }
}
