// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.bench.Plan;
import dev.cpulocal.bench.Plan.Part;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class JacksonRunTest {

    @ParameterizedTest
    @EnumSource
    void tasksReadWhatWasWrittenAndDoNotMixItUp(JacksonPool pool) throws Exception {
        for (Document document : Document.values()) {
            JacksonBenchmark.Job job = JacksonBenchmark.Job.of(pool, document);
            Crew.work(Crew.VIRTUAL, 8, _ -> readOften(job));
        }
    }

    private static void readOften(JacksonBenchmark.Job job) {
        for (int i = 0; i < 50; i++) {
            try {
                assertEquals(job.value(), job.writeAndRead());
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    @Test
    void documentsHaveTheSizesOfTheirNames() throws Exception {
        assertEquals(100, size(Document.ORDER_100_B), 30);
        assertEquals(2_000, size(Document.ORDER_2_KB), 200);
        assertEquals(50_000, size(Document.ORDER_50_KB), 5_000);
    }

    private static int size(Document document) throws Exception {
        return JacksonBenchmark.Job.of(JacksonPool.NONE, document).json().length;
    }

    @Test
    void timesAndAllocatedBytesAreMeasured() {
        List<Part<JacksonRun.Configuration>> parts =
                List.of(JacksonPool.CPU_POOL, JacksonPool.NONE).stream()
                        .map(pool -> new JacksonRun.Configuration(pool, Document.PERSON, true))
                        .map(configuration -> new Part<>(configuration, 1))
                        .toList();

        List<JacksonRun.Row> rows = JacksonRun.run(new Plan<>(parts, 2, 2, 50), (_, _) -> {});

        assertEquals(2, rows.size());
        assertTrue(rows.stream().allMatch(row -> row.times().nanos().low() > 0));
        // Without a pool a task fills at least one buffer of 8000 bytes to write, and one to read.
        double without = rows.get(1).bytes().median();
        assertTrue(without > 12_000, () -> "bytes: " + without);
        assertTrue(rows.get(0).bytes().median() < without - 8_000, rows::toString);
        assertTrue(JacksonRun.markdown(rows).contains("| a person, 3 fields | virtual | none | "));
    }
}
