// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jmh.annotations.Param;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CountingTest {

    private static final int THREADS = 4;
    private static final int BATCHES = 20;

    /** Forgets one addition of many. */
    private static final class Lossy implements Counting {
        private final AtomicLong calls = new AtomicLong();
        private final AtomicLong sum = new AtomicLong();

        @Override
        public void increment(int counter) {
            if (calls.incrementAndGet() != 12_345) {
                sum.incrementAndGet();
            }
        }

        @Override
        public long sum(int counter) {
            return counter == 0 ? sum.get() : 0;
        }
    }

    static Stream<Subject> subjects() {
        return Arrays.stream(Subject.values())
                .filter(subject -> subject.isJava() && subject.jvmOptions().isEmpty());
    }

    @Test
    void aSubjectWithoutRseqRefusesAJvmWithIt() {
        IllegalStateException e =
                assertThrows(IllegalStateException.class, () -> Subject.CPU_COUNTER_OFF.create(1));
        assertEquals(
                "subject: CPU_COUNTER_OFF (expected: a JVM with -Dcpulocal.rseq=off)",
                e.getMessage());
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void oneCounterIsExactUnderThreads(Subject subject) throws Exception {
        trial(subject.create(1), 1, subject.counts());
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void manyCountersAreExactUnderThreads(Subject subject) throws Exception {
        trial(subject.create(128), 128, subject.counts());
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void eachIncrementGoesToTheCounterThatWasNamed(Subject subject) {
        Counting counting = subject.create(128);
        counting.increment(3);
        counting.increment(127);
        counting.increment(127);
        long one = subject.counts() ? 1 : 0;
        assertEquals(0, counting.sum(0));
        assertEquals(one, counting.sum(3));
        assertEquals(2 * one, counting.sum(127));
    }

    @Test
    void aTrialFailsIfOneAdditionIsLost() {
        IllegalStateException e =
                assertThrows(IllegalStateException.class, () -> trial(new Lossy(), 1, true));
        int added = THREADS * BATCHES * CounterBenchmark.BATCH;
        assertEquals(
                "sum: %d (expected: %d, which is what the threads added)"
                        .formatted(added - 1, added),
                e.getMessage());
    }

    @Test
    void aTrialFailsOnThreadsOfTheWrongKind() throws Exception {
        CounterBenchmark.Shared shared = new CounterBenchmark.Shared();
        CounterBenchmark.Worker worker = new CounterBenchmark.Worker();
        try (ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> entered = virtual.submit(() -> worker.enter(shared, 1));
            Exception e = assertThrows(Exception.class, entered::get);
            assertTrue(e.toString().contains("expected: virtual is false"), e::toString);
        }
    }

    @Test
    void theBenchmarkOffersEverySubjectThatRunsInAnyJvm() throws Exception {
        Param param = CounterBenchmark.Shared.class.getField("subject").getAnnotation(Param.class);
        assertEquals(subjects().map(Subject::name).toList(), List.of(param.value()));
    }

    /** What JMH does with the benchmark. */
    private static void trial(Counting counting, int counters, boolean counts) throws Exception {
        CounterBenchmark.Shared shared = new CounterBenchmark.Shared();
        shared.counters = counters;
        shared.use(counting, counts);
        List<CounterBenchmark.Worker> workers =
                Stream.generate(CounterBenchmark.Worker::new).limit(THREADS).toList();
        workers.forEach(worker -> worker.enter(shared, THREADS));
        try (ExecutorService executor = Executors.newFixedThreadPool(THREADS)) {
            List<Callable<Void>> tasks =
                    workers.stream()
                            .map(worker -> (Callable<Void>) () -> work(shared, worker))
                            .toList();
            for (Future<Void> done : executor.invokeAll(tasks)) {
                done.get();
            }
        }
        workers.forEach(worker -> worker.leave(shared));
    }

    @SuppressWarnings("NullAway") // the only value of Void
    private static Void work(CounterBenchmark.Shared shared, CounterBenchmark.Worker worker) {
        CounterBenchmark benchmark = new CounterBenchmark();
        for (int i = 0; i < BATCHES; i++) {
            benchmark.increment(shared, worker);
        }
        return null;
    }
}
