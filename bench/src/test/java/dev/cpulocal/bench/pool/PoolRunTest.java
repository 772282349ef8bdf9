// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.bench.Measurement;
import dev.cpulocal.bench.Plan;
import dev.cpulocal.bench.Plan.Part;
import dev.cpulocal.bench.pool.PoolConfiguration.Work;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PoolRunTest {

    @Test
    @Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void everyKindOfWorkIsMeasured() {
        List<Part<PoolConfiguration>> parts =
                Stream.of(Work.values())
                        .flatMap(work ->
                                Stream.of(PoolSubject.CPU_POOL, PoolSubject.CPU_POOL_OFF)
                                        .map(subject ->
                                                new PoolConfiguration(subject, work, 2, 1000)))
                        .map(configuration -> new Part<>(configuration, 1))
                        .toList();

        List<Measurement<PoolConfiguration>> all =
                PoolRun.run(new Plan<>(parts, 1, 2, 10), (_, _) -> {});

        assertEquals(
                parts.stream().map(Part::configuration).toList(),
                all.stream().map(Measurement::configuration).toList());
        assertTrue(all.stream().allMatch(measurement -> measurement.nanos().low() > 0));
        assertTrue(all.stream().allMatch(measurement -> measurement.samples() == 2));
    }

    @Test
    void theTableHasTheRatioToCpuPool() {
        List<Measurement<PoolConfiguration>> all =
                List.of(
                        measurement(PoolSubject.CPU_POOL, PoolConfiguration.BYTES, 5.0),
                        measurement(PoolSubject.NEW, 1024, 20.0));

        assertEquals(
                List.of(
                        "| 2 | platform threads | CpuPool | 5.0 | 5.0 - 5.0 |  |",
                        "| 2 | platform threads | new, 1024 bytes | 20.0 | 20.0 - 20.0 | 4.00 (4.00"
                                + " - 4.00) |"),
                PoolTable.markdown(all).lines().skip(2).toList());
    }

    private static Measurement<PoolConfiguration> measurement(
            PoolSubject subject, int bytes, double nanos) {
        return Measurement.of(
                new PoolConfiguration(subject, Work.PLATFORM, 2, bytes), List.of(List.of(nanos)));
    }

    @Test
    void versionsAreThoseOfTheBuild() {
        assertEquals(5, PoolVersions.all().size());
        PoolVersions.all()
                .forEach(version -> assertTrue(version.matches("[a-z0-9-]+ [0-9][^$]*"), version));
    }

    @Test
    void timesAreThoseOfACpu() {
        // As one of 8 threads sees it, and as all see it.
        assertEquals(10, of(Work.PLATFORM, 8).cpuNanos(40, 2));
        assertEquals(40, of(Work.PLATFORM, 1).cpuNanos(40, 2));
        assertEquals(80, of(Work.LONG_TASKS, 8).cpuNanos(40, 2));
        assertEquals(40, of(Work.SHORT_TASKS, 1).cpuNanos(40, 2));
    }

    private static PoolConfiguration of(Work work, int threads) {
        return new PoolConfiguration(PoolSubject.CPU_POOL, work, threads, PoolConfiguration.BYTES);
    }

    @Test
    void noPlanMeasuresAConfigurationTwice() {
        for (Plan<PoolConfiguration> plan :
                Arrays.asList(
                        PoolPlans.quick(),
                        PoolPlans.standard(),
                        PoolPlans.full(),
                        PoolPlans.flow(true),
                        PoolPlans.flow(false))) {
            List<PoolConfiguration> all = plan.parts().stream().map(Part::configuration).toList();
            assertEquals(new HashSet<>(all).size(), all.size());
        }
    }

    @Test
    void numbersThatCannotBeMeasuredAreRefused() {
        assertEquals(
                "threads: 0 (expected: 1 to 10000)",
                assertThrows(IllegalArgumentException.class, () -> of(Work.PLATFORM, 0))
                        .getMessage());
        assertEquals(
                "threads: 3 (expected: 1 to 10000, an even number)",
                assertThrows(IllegalArgumentException.class, () -> of(Work.FLOW, 3)).getMessage());
    }
}
