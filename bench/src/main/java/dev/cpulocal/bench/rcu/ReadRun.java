// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.rcu;

import dev.cpulocal.bench.JmhFork;
import dev.cpulocal.bench.Liburcu;
import dev.cpulocal.bench.Measurement;
import dev.cpulocal.bench.Plan;
import dev.cpulocal.bench.Plan.Part;
import dev.cpulocal.bench.Ratio;
import dev.cpulocal.bench.Spread;
import dev.cpulocal.bench.Turns;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleConsumer;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;

/**
 * Runs {@link ReadBenchmark}, and liburcu in C, in turns and without printing anything.
 *
 * <p>Samples are how long a CPU works on a section, so that few threads and many can be compared.
 */
public final class ReadRun {

    private static final int CPUS = Runtime.getRuntime().availableProcessors();

    private final Plan<ReadConfiguration> plan;
    private final Liburcu liburcu;
    private final JmhFork jmh;

    private ReadRun(Plan<ReadConfiguration> plan, Liburcu liburcu) {
        this.plan = plan;
        this.liburcu = liburcu;
        jmh = new JmhFork(plan);
    }

    /** {@return a plan of about two minutes} */
    public static Plan<ReadConfiguration> standard() {
        return plan(List.of(ReadSubject.values()), List.of(1, 2, 8, 64), 3, 5);
    }

    /** {@return a plan of about a quarter of a minute} */
    public static Plan<ReadConfiguration> quick() {
        return plan(
                List.of(
                        ReadSubject.RCU,
                        ReadSubject.VOLATILE,
                        ReadSubject.READ_WRITE_LOCK,
                        ReadSubject.STAMPED_READ,
                        ReadSubject.REFERENCE_COUNT,
                        ReadSubject.LIBURCU),
                List.of(1, 2),
                1,
                3);
    }

    private static Plan<ReadConfiguration> plan(
            List<ReadSubject> subjects, List<Integer> threads, int forks, int iterations) {
        List<Part<ReadConfiguration>> parts = new ArrayList<>();
        for (int count : threads) {
            subjects.forEach(subject ->
                    parts.add(new Part<>(new ReadConfiguration(subject, count, false), forks)));
        }
        for (ReadSubject subject :
                List.of(ReadSubject.RCU, ReadSubject.READ_WRITE_LOCK, ReadSubject.STAMPED_READ)) {
            parts.add(new Part<>(new ReadConfiguration(subject, CPUS, true), forks));
        }
        return new Plan<>(parts, 2, iterations, 100);
    }

    /**
     * {@return what was measured, in the plan's order; without {@link ReadSubject#LIBURCU} where
     * {@link Liburcu} is not available}
     *
     * @param plan what to measure
     * @param listener is told how far the run is
     * @throws IllegalStateException if a fork failed; the message is its output
     */
    public static List<Measurement<ReadConfiguration>> run(
            Plan<ReadConfiguration> plan, Turns.Listener<? super ReadConfiguration> listener) {
        try (Liburcu liburcu = Liburcu.build()) {
            return Turns.run(plan, listener, new ReadRun(plan, liburcu)::samples);
        }
    }

    /**
     * {@return how many times as long as {@link ReadSubject#RCU} in the same situation; empty for
     * itself, or if that was not measured}
     *
     * @param measurement what is divided
     * @param all where to look for it
     */
    public static Optional<Spread> toRcu(
            Measurement<ReadConfiguration> measurement, List<Measurement<ReadConfiguration>> all) {
        return Ratio.timesOf(measurement.configuration().with(ReadSubject.RCU), measurement, all);
    }

    private List<Double> samples(ReadConfiguration configuration, DoubleConsumer progress) {
        List<Double> scores =
                configuration.subject().isJava()
                        ? JmhFork.scores(jmh.run(configuration, options(configuration), progress))
                        : c(configuration);
        return scores.stream().map(score -> configuration.cpuNanos(score, CPUS)).toList();
    }

    private List<Double> c(ReadConfiguration configuration) {
        return liburcu.availability().isAvailable()
                ? liburcu.read(configuration.threads(), plan.iterations(), plan.iterationMillis())
                : List.of();
    }

    private ChainedOptionsBuilder options(ReadConfiguration configuration) {
        List<String> jvmOptions = new ArrayList<>(configuration.subject().jvmOptions());
        if (configuration.virtual()) {
            jvmOptions.add("-Djmh.executor=VIRTUAL");
            jvmOptions.add("-Djdk.virtualThreadScheduler.parallelism=" + configuration.threads());
        }
        return jmh.options(ReadBenchmark.class, "read")
                .param("subject", configuration.subject().name())
                .threads(configuration.threads())
                .jvmArgsPrepend(jvmOptions.toArray(String[]::new));
    }
}
