// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.rcu;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * Cost of one read section on a value that all threads share and nobody replaces meanwhile.
 *
 * <p>An invocation is a batch; the sum of what was read is checked and given to JMH. A fork loads
 * one subject, so that calls are bound statically, as in a program that uses one.
 *
 * <pre>{@code
 * ./jdk java --sun-misc-unsafe-memory-access=allow -jar bench/target/benchmarks.jar ReadBenchmark \
 *     -p subject=RCU,READ_WRITE_LOCK -t 2
 * }</pre>
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 3,
        jvmArgsAppend = {
            "--enable-native-access=ALL-UNNAMED",
            // JMH itself uses it.
            "--sun-misc-unsafe-memory-access=allow",
            // Warming up ends when code is compiled, however busy the machine is.
            "-Xbatch"
        })
@Warmup(iterations = 2, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@State(Scope.Benchmark)
public class ReadBenchmark {

    private static final int BATCH = 10_000;

    /** How is read. */
    @Param({
        "RCU",
        "RCU_SECTION",
        "RCU_REFERENCE",
        "VOLATILE",
        "READ_WRITE_LOCK",
        "STAMPED_READ",
        "STAMPED_OPTIMISTIC",
        "REFERENCE_COUNT",
        "EPOCH"
    })
    public ReadSubject subject = ReadSubject.RCU;

    private @Nullable Reading reading;

    /** Makes the value. */
    @Setup
    public void create() {
        reading = subject.create();
    }

    /**
     * A batch of reads.
     *
     * @return their sum
     * @throws IllegalStateException if it is wrong
     */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long read() {
        Reading value = Objects.requireNonNull(reading);
        long sum = 0;
        for (int i = 0; i < BATCH; i++) {
            sum += value.read();
        }
        if (sum != BATCH) {
            throw new IllegalStateException("sum: " + sum + " (expected: " + BATCH + ")");
        }
        return sum;
    }
}
