// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.pool;

import java.util.Objects;
import java.util.concurrent.ThreadFactory;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Cost of acquiring a buffer, writing a byte of it, and releasing it.
 *
 * <p>A fork loads one subject, so that calls are bound statically, as in a program that uses one.
 * Every use checks that nobody else has the buffer.
 *
 * <p>{@link #platform} is the work of JMH's threads; its time is as such a thread sees it. The
 * others start threads themselves, as many as {@code crew} says, which share the operations of an
 * invocation: their time is that of all, divided by the operations.
 *
 * <pre>{@code
 * ./jdk java --sun-misc-unsafe-memory-access=allow -jar bench/target/benchmarks.jar \
 *     PoolBenchmark.platform -p subject=CPU_POOL,JACKSON_DEQUE -t 8
 * ./jdk java --sun-misc-unsafe-memory-access=allow -jar bench/target/benchmarks.jar \
 *     PoolBenchmark.shortTasks -p subject=CPU_POOL,THREAD_LOCAL -p crew=100
 * }</pre>
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 3,
        jvmArgsAppend = {
            "--enable-native-access=ALL-UNNAMED",
            // JMH itself uses it, and so do JCTools and Netty.
            "--sun-misc-unsafe-memory-access=allow",
            // Warming up ends when code is compiled, however busy the machine is.
            "-Xbatch",
            // Else a new buffer's time is that of the kernel, which clears each page once.
            "-Xms512m",
            "-Xmx512m",
            "-XX:+AlwaysPreTouch"
        })
@Warmup(iterations = 2, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class PoolBenchmark {

    /** How many uses an invocation of {@link #platform} makes. */
    static final int BATCH = 1_000;

    /** How many uses threads share that live long. */
    static final int LONG = 1_000_000;

    /** How many threads are started that use a buffer once, and how often one is handed over. */
    static final int SHORT = 10_000;

    private static final int HANDED_OVER = 100_000;

    /** The pool. */
    @State(Scope.Benchmark)
    public static class Shared {

        /** What pools. */
        @Param({
            "CPU_POOL",
            "CPU_POOL_LEASE",
            "THREAD_LOCAL",
            "NEW",
            "JACKSON_THREAD_LOCAL",
            "JACKSON_DEQUE",
            "JACKSON_BOUNDED",
            "JACKSON_LOCK_FREE",
            "STRIPED",
            "HYBRID",
            "JCTOOLS",
            "NETTY_RECYCLER",
            "NETTY_SHARED",
            "STORMPOT",
            "COMMONS_POOL2"
        })
        public PoolSubject subject = PoolSubject.CPU_POOL;

        /** The size of a buffer. It is the pace of {@code NEW}; other subjects write one byte. */
        @Param("8192")
        public int bytes = 8192;

        private @Nullable Pooling<?> pooling;

        void create(boolean virtual) {
            pooling = subject.create(bytes, virtual);
        }

        Pooling<?> pooling() {
            return Objects.requireNonNull(pooling);
        }

        /** Ends the pool. */
        @TearDown
        public void close() {
            pooling().close();
        }
    }

    /** A pool for JMH's threads. */
    @State(Scope.Benchmark)
    public static class ForPlatform extends Shared {
        /** Makes the pool. */
        @Setup
        public void create() {
            create(false);
        }
    }

    /** A pool for virtual threads. */
    @State(Scope.Benchmark)
    public static class ForVirtual extends Shared {

        /** How many threads there are at the same time. */
        @Param({"1", "100", "10000"})
        public int crew = 1;

        /** Makes the pool. */
        @Setup
        public void create() {
            create(true);
        }
    }

    /** A pool whose objects are handed from one thread to another. */
    @State(Scope.Benchmark)
    public static class ForFlow extends Shared {

        /** How many threads there are: half of them acquire, and half release. */
        @Param({"2", "8"})
        public int crew = 2;

        /** Whether they are virtual. */
        @Param({"false", "true"})
        public boolean virtual;

        /** Makes the pool. */
        @Setup
        public void create() {
            create(virtual);
        }
    }

    /**
     * A batch of uses by each thread of JMH.
     *
     * @param shared the pool
     * @param hole of JMH
     */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void platform(ForPlatform shared, Blackhole hole) {
        use(shared.pooling(), BATCH, hole);
    }

    private static void use(Pooling<?> pooling, int times, Blackhole hole) {
        for (int i = 0; i < times; i++) {
            Pooling.use(pooling, hole);
        }
    }

    /**
     * Virtual threads, each of which uses buffers again and again.
     *
     * @param shared the pool
     * @param hole of JMH
     */
    @Benchmark
    @OperationsPerInvocation(LONG)
    public void longTasks(ForVirtual shared, Blackhole hole) {
        Pooling<?> pooling = shared.pooling();
        int each = LONG / shared.crew;
        Crew.work(Crew.VIRTUAL, shared.crew, _ -> use(pooling, each, hole));
    }

    /**
     * Virtual threads, each of which uses a buffer once. They are started by a virtual thread, too:
     * else each would wait until the kernel has switched to a platform thread.
     *
     * @param shared the pool
     * @param hole of JMH
     */
    @Benchmark
    @OperationsPerInvocation(SHORT)
    public void shortTasks(ForVirtual shared, Blackhole hole) {
        Pooling<?> pooling = shared.pooling();
        Crew.work(
                Crew.VIRTUAL,
                1,
                _ -> {
                    for (int started = 0; started < SHORT; started += shared.crew) {
                        Crew.work(Crew.VIRTUAL, shared.crew, _ -> Pooling.use(pooling, hole));
                    }
                });
    }

    /**
     * Pairs of threads, of which one only acquires and the other only releases.
     *
     * @param shared the pool
     * @param hole of JMH
     */
    @Benchmark
    @OperationsPerInvocation(HANDED_OVER)
    public void flow(ForFlow shared, Blackhole hole) {
        handOver(shared.pooling(), shared.subject.threads(shared.virtual), shared.crew / 2, hole);
    }

    private static <H> void handOver(
            Pooling<H> pooling, ThreadFactory threads, int pairs, Blackhole hole) {
        new HandOver<>(pooling, hole).run(threads, pairs, HANDED_OVER / pairs);
    }
}
