// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.Availability;
import dev.cpulocal.bench.Configuration;
import dev.cpulocal.bench.Measurement;
import dev.cpulocal.bench.Subject;
import dev.cpulocal.cli.bench.CounterResult.Row;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class CounterResultTest {

    private static Measurement<Configuration> measurement(
            Subject subject, int threads, double... nanos) {
        List<Double> samples = Arrays.stream(nanos).boxed().toList();
        return Measurement.of(
                new Configuration(subject, threads, false, 1), List.of(samples, samples));
    }

    private static CounterResult result() {
        return CounterResult.of(
                List.of(
                        measurement(Subject.LONG_ADDER, 2, 4, 5, 6),
                        measurement(Subject.C_LOOP, 2, 2, 2.5, 3),
                        measurement(Subject.CPU_COUNTER, 2, 3, 4, 5),
                        measurement(Subject.CPU_COUNTER, 64, 30, 40, 50)));
    }

    @Test
    void rowsAreOrderedByThreadsThenSubject() {
        assertEquals(
                List.of("2 CpuCounter", "2 LongAdder", "2 C loop", "64 CpuCounter"),
                result().rows().stream().map(row -> row.threads() + " " + row.label()).toList());
    }

    @Test
    void ratiosAreToTheSameSituationAndNotToOneself() {
        List<Row> rows = result().rows();
        assertNotNull(rows.get(0).toLongAdder());
        assertEquals(0.8, rows.get(0).toLongAdder().median(), 1e-9);
        assertNotNull(rows.get(0).toCLoop());
        assertEquals(1.6, rows.get(0).toCLoop().median(), 1e-9);
        assertNull(rows.get(1).toLongAdder());
        assertNull(rows.get(3).toLongAdder());
    }

    @Test
    void headlinesCompareToLongAdderWhereItWasMeasured() {
        assertEquals(
                List.of(
                        "1 counter, platform threads: an addition to CpuCounter takes 4.00 ns with"
                                + " 2 threads (0.80 times LongAdder, 0.80..0.80), 40.0 ns with 64"
                                + " threads"),
                CounterText.headlines(result()));
    }

    @Test
    void theTableHasAllNumbersOfARow() {
        String line =
                CounterText.render(result())
                        .lines()
                        .filter(text -> text.contains("CpuCounter"))
                        .findFirst()
                        .orElseThrow();

        assertEquals(
                List.of(
                        "2",
                        "CpuCounter",
                        "4.00",
                        "3.00..5.00",
                        "0.80",
                        "0.80..0.80",
                        "1.60",
                        "1.60..1.60"),
                List.of(line.strip().split(" +", -1)));
    }

    @Test
    void saysWhatAFewCpusCannotShow() {
        List<Row> rows = result().rows();
        Availability no = Availability.unavailable("there is no gcc", "install gcc");

        List<String> limits = CounterResult.limits(rows, 2, no);

        assertEquals(3, limits.size());
        assertTrue(limits.get(0).startsWith("With 2 CPUs there is little contention"));
        assertTrue(limits.get(1).startsWith("With more threads than CPUs"));
        assertEquals(
                "The same code called from C is missing: there is no gcc; install gcc.",
                limits.get(2));
        assertEquals(List.of(), CounterResult.limits(rows, 64, Availability.available()));
    }
}
