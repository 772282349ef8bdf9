// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.bench;

import dev.cpulocal.bench.Configuration;
import dev.cpulocal.bench.CounterRun;
import dev.cpulocal.bench.FirstUse;
import dev.cpulocal.bench.MemoryFootprint;
import dev.cpulocal.bench.Plan;
import dev.cpulocal.bench.RemoteRun;
import dev.cpulocal.bench.pool.PoolConfiguration;
import dev.cpulocal.bench.pool.PoolRun;
import dev.cpulocal.bench.rcu.ReadConfiguration;
import dev.cpulocal.bench.rcu.ReadRun;
import dev.cpulocal.bench.rcu.WriterRun;
import dev.cpulocal.cli.doctor.Host;
import dev.cpulocal.cli.terminal.Progress;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs benchmarks.
 *
 * @param version of cpulocal
 * @param names which ones
 * @param plan what to measure of counting
 * @param poolPlan what to measure of pooling
 * @param readPlan what to measure of read sections
 * @param memoryCounters how many counters to measure the memory of
 * @param starts how many JVMs to start to measure the first use
 * @param remoteForks in how many JVMs to measure work on other CPUs' data, and what is rare
 */
public record BenchRunner(
        String version,
        List<String> names,
        Plan<Configuration> plan,
        Plan<PoolConfiguration> poolPlan,
        Plan<ReadConfiguration> readPlan,
        int memoryCounters,
        int starts,
        int remoteForks) {

    /** What counting costs. */
    public static final String COUNTER = "counter";

    /** What pooling costs. */
    public static final String POOL = "pool";

    /** How much memory counters take. */
    public static final String MEMORY = "memory";

    /** How long the first use takes. */
    public static final String FIRST_USE = "first-use";

    /** What work on other CPUs' data costs. */
    public static final String REMOTE = "remote";

    /** What read sections, grace periods and closing memory cost. */
    public static final String RCU = "rcu";

    /** What the two sides of an asymmetric fence cost. */
    public static final String FENCE = "fence";

    /** The names of all benchmarks. */
    public static final List<String> NAMES =
            List.of(COUNTER, POOL, RCU, FENCE, MEMORY, FIRST_USE, REMOTE);

    /** Those that a report has a section for. */
    public static final List<String> REPORTED = List.of(COUNTER, POOL, MEMORY, FIRST_USE, REMOTE);

    private static final int QUICK_COUNTERS = 1_000;
    private static final int REPETITIONS = 3;
    private static final int STARTS = 11;
    private static final int QUICK_STARTS = 3;
    private static final int REMOTE_FORKS = 5;
    private static final int QUICK_REMOTE_FORKS = 2;
    private static final Duration MEMORY_START = Duration.ofSeconds(5);
    private static final Duration EACH_COUNTER = Duration.ofMillis(2);
    private static final Duration EACH_START = Duration.ofMillis(450);
    private static final Duration EACH_REMOTE_FORK = Duration.ofSeconds(3);
    private static final Duration EACH_WRITER_FORK = Duration.ofSeconds(22);
    private static final Duration EACH_FENCE_FORK = Duration.ofSeconds(3);

    /** Copies the list. */
    public BenchRunner {
        names = List.copyOf(names);
    }

    /**
     * {@return what runs these benchmarks as usual}
     *
     * @param version of cpulocal
     * @param names which ones
     * @param plan what to measure of counting
     * @param poolPlan what to measure of pooling
     * @param readPlan what to measure of read sections
     * @param quick whether to measure less
     */
    public static BenchRunner of(
            String version,
            List<String> names,
            Plan<Configuration> plan,
            Plan<PoolConfiguration> poolPlan,
            Plan<ReadConfiguration> readPlan,
            boolean quick) {
        return new BenchRunner(
                version,
                names,
                plan,
                poolPlan,
                readPlan,
                quick ? QUICK_COUNTERS : MemoryFootprint.COUNTERS,
                quick ? QUICK_STARTS : STARTS,
                quick ? QUICK_REMOTE_FORKS : REMOTE_FORKS);
    }

    /** {@return how long each takes, about: the phases of its progress} */
    public List<Duration> expected() {
        return NAMES.stream().filter(names::contains).map(this::expected).toList();
    }

    private Duration expected(String name) {
        return switch (name) {
            case COUNTER -> Plans.expected(plan);
            case POOL -> Plans.expected(poolPlan);
            case RCU -> Plans.expected(readPlan).plus(EACH_WRITER_FORK.multipliedBy(writerForks()));
            case FENCE -> EACH_FENCE_FORK.multipliedBy(writerForks());
            case MEMORY -> MEMORY_START.plus(EACH_COUNTER.multipliedBy(memoryCounters));
            case REMOTE -> EACH_REMOTE_FORK.multipliedBy(remoteForks);
            default -> EACH_START.multipliedBy(starts);
        };
    }

    /**
     * {@return what was measured}
     *
     * @param progress is told how far it is
     * @param failed is told which benchmark failed, as one does when an addition was lost, and why
     */
    public BenchResult run(Progress progress, BiConsumer<String, Exception> failed)
            throws InterruptedException {
        return new BenchResult(
                version,
                Host.platform(),
                Runtime.getRuntime().availableProcessors(),
                measure(
                        COUNTER,
                        progress,
                        failed,
                        () -> progress.during("counting", () -> counter(progress))),
                measure(
                        POOL,
                        progress,
                        failed,
                        () -> progress.during("pooling", () -> pool(progress))),
                measure(
                        RCU,
                        progress,
                        failed,
                        () -> progress.during("reading", () -> rcu(progress))),
                measure(FENCE, progress, failed, () -> progress.during("fences", this::fence)),
                measure(
                        MEMORY,
                        progress,
                        failed,
                        () -> progress.during("memory of counters", this::memory)),
                measure(
                        FIRST_USE,
                        progress,
                        failed,
                        () -> progress.during("first use in fresh JVMs", this::firstUse)),
                measure(
                        REMOTE,
                        progress,
                        failed,
                        () -> progress.during("work on other CPUs' data", this::remote)));
    }

    private <T> @Nullable T measure(
            String name,
            Progress progress,
            BiConsumer<String, Exception> failed,
            Callable<T> benchmark)
            throws InterruptedException {
        if (!names.contains(name)) {
            return null;
        }
        try {
            return benchmark.call();
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            failed.accept(name, e);
            return null;
        } finally {
            progress.nextPhase();
        }
    }

    private CounterResult counter(Progress progress) {
        return CounterResult.of(
                CounterRun.run(
                        plan,
                        (fraction, configuration) ->
                                progress.reach(fraction, configuration.toString())));
    }

    private PoolResult pool(Progress progress) {
        return PoolResult.of(
                PoolRun.run(
                        poolPlan,
                        (fraction, configuration) ->
                                progress.reach(fraction, configuration.toString())));
    }

    /** Each measures for longer than one of remote work. */
    private int writerForks() {
        return (remoteForks + 1) / 2;
    }

    private RcuResult rcu(Progress progress) throws IOException {
        return RcuResult.of(
                ReadRun.run(
                        readPlan,
                        (fraction, configuration) ->
                                progress.reach(fraction, configuration.toString())),
                WriterRun.gracePeriods(writerForks()));
    }

    private FenceResult fence() throws IOException {
        return FenceResult.of(WriterRun.fences(writerForks()));
    }

    private MemoryResult memory() throws IOException {
        return MemoryResult.of(
                memoryCounters, MemoryFootprint.measure(memoryCounters, REPETITIONS));
    }

    private FirstUseResult firstUse() throws IOException {
        return FirstUseResult.of(FirstUse.measure(starts));
    }

    private RemoteResult remote() throws IOException {
        return RemoteResult.of(RemoteRun.measure(remoteForks));
    }
}
