// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.pool;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
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
import org.openjdk.jmh.infra.Blackhole;

/**
 * Cost of writing a document as JSON and reading it, by Jackson with the pool of one's choice: many
 * tasks at once, each for one document, until the last is done. That is how Mario Fusco measured
 * when Jackson got its pools.
 *
 * <p>Platform threads are a pool of as many as there are CPUs; of virtual threads each task has a
 * new one. The time is that of all, divided by the tasks.
 *
 * <pre>{@code
 * ./jdk java --sun-misc-unsafe-memory-access=allow -jar bench/target/benchmarks.jar \
 *     JacksonBenchmark -p document=ORDER_2_KB -p virtual=true -prof gc
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
            // Else a new buffer's time is that of the kernel, which clears each page once.
            "-Xms512m",
            "-Xmx512m",
            "-XX:+AlwaysPreTouch"
        })
@Warmup(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@State(Scope.Benchmark)
public class JacksonBenchmark {

    /** How many tasks there are at once. */
    static final int TASKS = 100;

    /** Where Jackson has its buffers from. */
    @Param public JacksonPool pool = JacksonPool.CPU_POOL;

    /** What is written and read. */
    @Param public Document document = Document.PERSON;

    /** Whether threads are virtual. */
    @Param({"false", "true"})
    public boolean virtual;

    private @Nullable Job job;
    private @Nullable ExecutorService threads;

    /**
     * Makes the mapper and the threads.
     *
     * @throws IOException if the document cannot be written
     * @throws IllegalStateException if what is read is not what was written
     */
    @Setup
    public void create() throws IOException {
        job = Job.of(pool, document);
        threads =
                virtual
                        ? Executors.newVirtualThreadPerTaskExecutor()
                        : Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    }

    /** Ends the threads. */
    @TearDown
    public void close() {
        Objects.requireNonNull(threads).close();
    }

    /**
     * Tasks, from the first to be submitted to the last to end.
     *
     * @param hole of JMH
     * @throws InterruptedException if it is interrupted
     * @throws IllegalStateException if a task failed
     */
    @Benchmark
    @OperationsPerInvocation(TASKS)
    public void writeAndRead(Blackhole hole) throws InterruptedException {
        Job shared = Objects.requireNonNull(job);
        ExecutorService executor = Objects.requireNonNull(threads);
        CountDownLatch done = new CountDownLatch(TASKS);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        for (int i = 0; i < TASKS; i++) {
            executor.execute(() -> {
                try {
                    hole.consume(shared.writeAndRead());
                } catch (Throwable e) {
                    failure.compareAndSet(null, e);
                } finally {
                    done.countDown();
                }
            });
        }
        done.await();
        if (failure.get() != null) {
            throw new IllegalStateException("a task failed", failure.get());
        }
    }

    /** What a task does. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Job(ObjectWriter writer, ObjectReader reader, Object value, byte[] json) {

        static Job of(JacksonPool pool, Document document) throws IOException {
            ObjectMapper mapper =
                    new JsonMapper(JsonFactory.builder().recyclerPool(pool.create()).build());
            Object value = document.value();
            Job job =
                    new Job(
                            mapper.writer(),
                            mapper.readerFor(value.getClass()),
                            value,
                            mapper.writeValueAsBytes(value));
            if (!value.equals(job.writeAndRead())) {
                throw new IllegalStateException(
                        "document: " + job.writeAndRead() + " (expected: " + value + ")");
            }
            return job;
        }

        Object writeAndRead() throws IOException {
            writer.writeValue(OutputStream.nullOutputStream(), value);
            return reader.readValue(json);
        }
    }
}
