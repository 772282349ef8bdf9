// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.bench.Measurement;
import dev.cpulocal.bench.pool.PoolConfiguration;
import dev.cpulocal.bench.pool.PoolConfiguration.Work;
import dev.cpulocal.bench.pool.PoolPlans;
import dev.cpulocal.bench.pool.PoolSubject;
import java.util.List;
import org.junit.jupiter.api.Test;

class PoolResultTest {

    private static Measurement<PoolConfiguration> measurement(
            PoolSubject subject, Work work, int threads, double nanos) {
        return Measurement.of(
                new PoolConfiguration(subject, work, threads, PoolConfiguration.BYTES),
                List.of(List.of(nanos)));
    }

    private static PoolResult result() {
        return PoolResult.of(
                List.of(
                        measurement(PoolSubject.JCTOOLS, Work.SHORT_TASKS, 100, 900),
                        measurement(PoolSubject.JCTOOLS, Work.PLATFORM, 2, 30),
                        measurement(PoolSubject.THREAD_LOCAL, Work.PLATFORM, 2, 3),
                        measurement(PoolSubject.STRIPED, Work.PLATFORM, 2, 20),
                        measurement(PoolSubject.CPU_POOL, Work.PLATFORM, 2, 10),
                        measurement(PoolSubject.CPU_POOL, Work.PLATFORM, 1, 8)));
    }

    @Test
    void rowsAreOrderedByWorkThreadsAndSubject() {
        assertEquals(
                List.of(
                        "1 CpuPool",
                        "2 CpuPool",
                        "2 ThreadLocal",
                        "2 striped by thread",
                        "2 JCTools MpmcArrayQueue",
                        "100 JCTools MpmcArrayQueue"),
                result().rows().stream().map(row -> row.threads() + " " + row.label()).toList());
    }

    @Test
    void theTableHasAllNumbersOfARow() {
        String line =
                PoolText.render(result())
                        .lines()
                        .filter(text -> text.contains("striped"))
                        .findFirst()
                        .orElseThrow();

        assertEquals(
                List.of("striped", "by", "thread", "20.0", "20.0..20.0", "2.00", "2.00..2.00"),
                List.of(line.strip().split(" +", -1)));
        assertTrue(PoolText.render(result()).contains("jackson-core 2."));
    }

    @Test
    void headlinesCompareToTheBestSharedPoolOfTheMostThreads() {
        assertEquals(
                List.of(
                        "2 platform threads: acquiring and releasing takes 10.0 ns with CpuPool, 20.0"
                                + " with the best pool that threads share, striped by thread"),
                PoolText.headlines(result()));
    }

    @Test
    void saysWhatAFewCpusCannotShow() {
        assertTrue(
                PoolResult.limits(2)
                        .getFirst()
                        .startsWith("With 2 CPUs there is little contention"));
        assertEquals(List.of(), PoolResult.limits(64));
    }

    @Test
    void threadsAskedForReplaceThoseOfThePlan() {
        assertTrue(
                Plans.withPoolThreads(PoolPlans.standard(), List.of(7)).parts().stream()
                        .allMatch(part -> part.configuration().threads() == 7));
    }
}
