// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Cost of reading a counter that several threads have added to.
 *
 * <pre>{@code
 * ./jdk java --sun-misc-unsafe-memory-access=allow -jar bench/target/benchmarks.jar SumBenchmark
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
@Warmup(iterations = 2, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@State(Scope.Benchmark)
public class SumBenchmark {

    private static final int THREADS = 4;
    private static final int ADDITIONS = 100_000;

    /** What counts. */
    @Param({"CPU_COUNTER", "LONG_ADDER", "ATOMIC_LONG"})
    public Subject subject = Subject.CPU_COUNTER;

    private @Nullable Counting counting;

    /**
     * Makes the counter.
     *
     * @throws IllegalStateException if its sum is wrong
     */
    @Setup
    public void create() {
        Counting created = subject.create(1);
        counting = created;
        Contention.drive(THREADS, 1, ADDITIONS, created::increment);
        Ledger ledger = new Ledger(created, 1, subject.counts());
        ledger.enter(THREADS * ADDITIONS);
        ledger.check();
    }

    /** {@return the sum} */
    @Benchmark
    public long sum() {
        return java.util.Objects.requireNonNull(counting).sum(0);
    }
}
