// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * Cost of one increment of a counter that all threads share, or of one of many, chosen at random.
 *
 * <p>An invocation is a batch, so that counting what was added, for the check at the end of every
 * trial, costs nothing. That is no licence for the compiler: nothing it knows merges two calls of
 * machine code, or two atomic instructions. A fork loads one subject, so that calls are bound
 * statically, as in a program that uses one.
 *
 * <p>Which of many counters is next was drawn before the trial. A generator in the loop would be
 * paid for by those subjects alone that make a call: its state is in a register for the others, but
 * a call of machine code clobbers all registers, so that each number waits for a store and a load.
 *
 * <p>With more threads than CPUs, an operation's time includes the wait for a CPU. Each virtual
 * thread needs a carrier: JMH's threads spin until all are there, and the scheduler of virtual
 * threads, even if those that have carriers yield, may let the others wait for ever.
 *
 * <pre>{@code
 * ./jdk java --sun-misc-unsafe-memory-access=allow -jar bench/target/benchmarks.jar CounterBenchmark \
 *     -p subject=CPU_COUNTER,LONG_ADDER -p counters=1 -t 2 [-jvmArgsAppend \
 *     "-Djmh.executor=VIRTUAL -Djdk.virtualThreadScheduler.parallelism=2"]
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
public class CounterBenchmark {

    /** How many increments an invocation makes. */
    static final int BATCH = 10_000;

    /** How many counters are drawn in advance, per thread. */
    private static final int ORDER = 1 << 12;

    /** The system property for the number of carriers. */
    static final String CARRIERS = "jdk.virtualThreadScheduler.parallelism";

    private static int carriers() {
        return Integer.getInteger(CARRIERS, Runtime.getRuntime().availableProcessors());
    }

    /** The counters. */
    @State(Scope.Benchmark)
    public static class Shared {

        /** What counts. */
        @Param({
            "CPU_COUNTER",
            "LONG_ADDER",
            "ATOMIC_LONG",
            "THREAD_STRIPED",
            "CPU_ATOMIC",
            "BOUND",
            "OWN",
            "STOPPABLE",
            "BARE",
            "EMPTY_CALL"
        })
        public Subject subject = Subject.CPU_COUNTER;

        /** How many; a power of two. */
        @Param({"1", "128"})
        public int counters = 1;

        private @Nullable Counting counting;
        private @Nullable Ledger ledger;
        private final AtomicInteger workers = new AtomicInteger();

        /** Makes the counters. */
        @Setup
        public void create() {
            use(subject.create(counters), subject.counts());
        }

        void use(Counting newCounting, boolean counts) {
            counting = newCounting;
            ledger = new Ledger(newCounting, counters, counts);
        }

        private Counting counting() {
            return java.util.Objects.requireNonNull(counting);
        }

        /** The last thread checks: JMH tears this state down when the first is done. */
        private void leave(long added) {
            Ledger checked = java.util.Objects.requireNonNull(ledger);
            checked.enter(added);
            if (workers.decrementAndGet() == 0) {
                checked.check();
            }
        }
    }

    /** What a thread keeps for itself. */
    @State(Scope.Thread)
    public static class Worker {

        private int[] order = {};
        private long added;

        /**
         * Enters the trial.
         *
         * @param shared the counters
         * @param params of the trial
         * @throws IllegalStateException if the thread is not of the kind that was asked for
         */
        @Setup
        public void enter(Shared shared, BenchmarkParams params) {
            enter(shared, params.getThreads());
        }

        void enter(Shared shared, int threads) {
            boolean virtual = "VIRTUAL".equals(System.getProperty("jmh.executor"));
            if (Thread.currentThread().isVirtual() != virtual) {
                throw new IllegalStateException(
                        "thread: "
                                + Thread.currentThread()
                                + " (expected: virtual is "
                                + virtual
                                + ")");
            }
            order =
                    new SplittableRandom(Thread.currentThread().threadId())
                            .ints(ORDER, 0, shared.counters)
                            .toArray();
            if (virtual && carriers() < threads) {
                throw new IllegalStateException(
                        "carriers: "
                                + carriers()
                                + " (expected: "
                                + threads
                                + ", by -D"
                                + CARRIERS
                                + ")");
            }
            shared.workers.incrementAndGet();
        }

        /**
         * Leaves the trial.
         *
         * @param shared the counters
         * @throws IllegalStateException if the sum is wrong
         */
        @TearDown
        public void leave(Shared shared) {
            shared.leave(added);
        }
    }

    /**
     * A batch of increments.
     *
     * @param shared the counters
     * @param worker this thread
     */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void increment(Shared shared, Worker worker) {
        Counting counting = shared.counting();
        if (shared.counters == 1) {
            one(counting);
        } else {
            many(counting, worker.order);
        }
        worker.added += BATCH;
    }

    private static void one(Counting counting) {
        for (int i = 0; i < BATCH; i++) {
            counting.increment(0);
        }
    }

    private static void many(Counting counting, int[] order) {
        for (int i = 0; i < BATCH; i++) {
            counting.increment(order[i & (ORDER - 1)]);
        }
    }
}
