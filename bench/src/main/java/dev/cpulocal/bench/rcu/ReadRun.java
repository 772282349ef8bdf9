// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.rcu;

import dev.cpulocal.bench.JmhFork;
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

/**
 * Runs {@link ReadBenchmark} in turns and without printing anything.
 *
 * <p>Samples are how long a CPU works on a section, so that few threads and many can be compared.
 */
public final class ReadRun {

    private static final int CPUS = Runtime.getRuntime().availableProcessors();

    private ReadRun() {}

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
                        ReadSubject.REFERENCE_COUNT),
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
     * {@return what was measured, in the plan's order}
     *
     * @param plan what to measure
     * @param listener is told how far the run is
     * @throws IllegalStateException if a fork failed; the message is its output
     */
    public static List<Measurement<ReadConfiguration>> run(
            Plan<ReadConfiguration> plan, Turns.Listener<? super ReadConfiguration> listener) {
        JmhFork jmh = new JmhFork(plan);
        return Turns.run(
                plan, listener, (configuration, progress) -> samples(jmh, configuration, progress));
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

    private static List<Double> samples(
            JmhFork jmh, ReadConfiguration configuration, DoubleConsumer progress) {
        List<String> options = new ArrayList<>(configuration.subject().jvmOptions());
        if (configuration.virtual()) {
            options.add("-Djmh.executor=VIRTUAL");
            options.add("-Djdk.virtualThreadScheduler.parallelism=" + configuration.threads());
        }
        var fork =
                jmh.options(ReadBenchmark.class, "read")
                        .param("subject", configuration.subject().name())
                        .threads(configuration.threads())
                        .jvmArgsPrepend(options.toArray(String[]::new));
        return JmhFork.scores(jmh.run(configuration, fork, progress)).stream()
                .map(score -> configuration.cpuNanos(score, CPUS))
                .toList();
    }
}
