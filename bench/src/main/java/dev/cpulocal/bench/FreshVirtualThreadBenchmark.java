// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Cost of a virtual thread that lives for a few increments: what each request of a server is.
 *
 * <p>A LongAdder chooses its cell by a number that it keeps in the thread, 0 in a fresh one, so
 * every fresh virtual thread begins at the same cell; a CPU's counter knows no threads. Subtract
 * {@code EMPTY_CALL} for the thread itself.
 *
 * <pre>{@code
 * ./jdk java --sun-misc-unsafe-memory-access=allow -jar bench/target/benchmarks.jar \
 *     FreshVirtualThreadBenchmark
 * }</pre>
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 3,
        jvmArgsAppend = {
            "--enable-native-access=ALL-UNNAMED",
            // JMH itself uses it.
            "--sun-misc-unsafe-memory-access=allow"
        })
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@State(Scope.Benchmark)
public class FreshVirtualThreadBenchmark {

    private static final int BATCH = 1_000;
    private static final int CONTENDERS = 4;
    private static final int CONTENDING_ADDITIONS = 100_000;

    /** What counts. */
    @Param({"CPU_COUNTER", "LONG_ADDER", "ATOMIC_LONG", "EMPTY_CALL"})
    public Subject subject = Subject.CPU_COUNTER;

    /** How often each thread counts. */
    @Param({"1", "100"})
    public int increments = 1;

    private @Nullable Counting counting;
    private @Nullable Ledger ledger;

    /** Makes a counter that was contended before, so that a LongAdder has its cells. */
    @Setup
    public void create() {
        Counting created = subject.create(1);
        counting = created;
        ledger = new Ledger(created, 1, subject.counts());
        Contention.drive(CONTENDERS, 1, CONTENDING_ADDITIONS, created::increment);
        ledger.enter(CONTENDERS * CONTENDING_ADDITIONS);
    }

    /** Checks that nothing was lost. */
    @TearDown
    public void check() {
        java.util.Objects.requireNonNull(ledger).check();
    }

    /** A batch of threads, from the first to be started to the last to end. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void increment() {
        Counting counter = java.util.Objects.requireNonNull(counting);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < BATCH; i++) {
                threads.execute(
                        () -> IntStream.range(0, increments).forEach(_ -> counter.increment(0)));
            }
        }
        java.util.Objects.requireNonNull(ledger).enter((long) BATCH * increments);
    }
}
