// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.pool;

import dev.cpulocal.bench.JmhFork;
import dev.cpulocal.bench.Measurement;
import dev.cpulocal.bench.Plan;
import dev.cpulocal.bench.Ratio;
import dev.cpulocal.bench.Spread;
import dev.cpulocal.bench.Turns;
import dev.cpulocal.bench.pool.PoolConfiguration.Work;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleConsumer;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;

/**
 * Runs {@link PoolBenchmark} in turns and without printing anything.
 *
 * <p>Samples are how long a CPU works on an operation, so that few threads and many can be
 * compared: the time that all took, by the CPUs they could use, divided by their operations.
 */
public final class PoolRun {

    private static final int CPUS = Runtime.getRuntime().availableProcessors();

    private PoolRun() {}

    /**
     * {@return what was measured, in the plan's order}
     *
     * @param plan what to measure
     * @param listener is told how far the run is
     * @throws IllegalStateException if a fork failed, as it does when a pool gives a buffer to two;
     *     the message is its output
     */
    public static List<Measurement<PoolConfiguration>> run(
            Plan<PoolConfiguration> plan, Turns.Listener<? super PoolConfiguration> listener) {
        JmhFork jmh = new JmhFork(plan);
        return Turns.run(
                plan, listener, (configuration, progress) -> samples(jmh, configuration, progress));
    }

    /**
     * {@return how many times as long as CpuPool in the same situation; empty for itself, or if
     * that was not measured}
     *
     * @param measurement what is divided
     * @param all where to look for CpuPool
     */
    public static Optional<Spread> toCpuPool(
            Measurement<PoolConfiguration> measurement, List<Measurement<PoolConfiguration>> all) {
        return Ratio.timesOf(
                measurement.configuration().with(PoolSubject.CPU_POOL), measurement, all);
    }

    private static List<Double> samples(
            JmhFork jmh, PoolConfiguration configuration, DoubleConsumer progress) {
        return JmhFork.scores(jmh.run(configuration, options(jmh, configuration), progress))
                .stream()
                .map(score -> configuration.cpuNanos(score, CPUS))
                .toList();
    }

    private static ChainedOptionsBuilder options(JmhFork jmh, PoolConfiguration configuration) {
        Work work = configuration.work();
        PoolSubject subject = configuration.subject();
        ChainedOptionsBuilder options =
                jmh.options(PoolBenchmark.class, work.method())
                        .param("subject", subject.name())
                        .param("bytes", Integer.toString(configuration.bytes()))
                        .jvmArgsPrepend(subject.jvmOptions().toArray(String[]::new));
        if (work == Work.PLATFORM) {
            return options.threads(configuration.threads());
        }
        options.threads(1).param("crew", Integer.toString(configuration.threads()));
        return switch (work) {
            case FLOW, VIRTUAL_FLOW ->
                    options.param("virtual", Boolean.toString(work == Work.VIRTUAL_FLOW));
            default -> options;
        };
    }
}
