// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CounterRunTest {

    @Test
    @Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void forksTakeTurnsAndEverySampleArrives() {
        Plan<Configuration> plan =
                CounterPlans.of(
                        List.of(Subject.CPU_COUNTER, Subject.LONG_ADDER),
                        List.of(3),
                        List.of(true),
                        List.of(16),
                        2,
                        2,
                        10);
        List<Double> fractions = new ArrayList<>();
        List<Subject> turns = new ArrayList<>();

        List<Measurement<Configuration>> all =
                CounterRun.run(
                        plan,
                        (fraction, configuration) -> {
                            fractions.add(fraction);
                            if (turns.isEmpty() || turns.getLast() != configuration.subject()) {
                                turns.add(configuration.subject());
                            }
                        });

        assertEquals(2, all.size());
        all.forEach(measurement -> assertEquals(List.of(2, 2), sizes(measurement)));
        assertTrue(all.stream().allMatch(measurement -> measurement.nanos().low() > 0));
        assertEquals(
                List.of(
                        Subject.CPU_COUNTER,
                        Subject.LONG_ADDER,
                        Subject.CPU_COUNTER,
                        Subject.LONG_ADDER),
                turns);
        assertEquals(fractions.stream().sorted().toList(), fractions);
        assertEquals(1.0, fractions.getLast());
        assertTrue(CounterTable.markdown(all).contains("| 16 | 3 virtual | CpuCounter |"));
    }

    private static List<Integer> sizes(Measurement<?> measurement) {
        return measurement.rounds().stream().map(List::size).toList();
    }

    @Test
    void numbersThatCannotBeMeasuredAreRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new Configuration(Subject.LONG_ADDER, 0, false, 1));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Configuration(Subject.LONG_ADDER, 1, false, 3));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Configuration(Subject.C_LOOP, 1, true, 1));
        assertThrows(IllegalArgumentException.class, () -> new Plan<>(List.of(), 1, 1, 1));
    }

    @Test
    void thePlansOfferedMeasureTheMainSubjectsInThreeForksAndTwo() {
        assertTrue(
                CounterPlans.standard().parts().stream()
                        .filter(part -> part.configuration().subject() == Subject.CPU_COUNTER)
                        .allMatch(part -> part.forks() >= 3));
        assertTrue(CounterPlans.quick().forks() < CounterPlans.standard().forks() / 2);
    }
}
