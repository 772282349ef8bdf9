// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs {@link CounterBenchmark}, and the same in C, without printing anything.
 *
 * <p>Forks take turns: the first of every configuration, then the second of every one. So what
 * disturbs the machine for a while falls on all alike, and two configurations can be compared round
 * by round.
 */
public final class CounterRun {

    /** Is told how far the run is, after every iteration. */
    @FunctionalInterface
    public interface Listener {
        /**
         * Takes the news.
         *
         * @param fraction how much is done, 0 to 1
         * @param configuration what is being measured
         */
        void progress(double fraction, Configuration configuration);
    }

    private final Plan plan;
    private final Listener listener;
    private final CBaseline baseline;
    private final Map<Configuration, List<List<Double>>> rounds = new LinkedHashMap<>();
    private int done;

    private CounterRun(Plan plan, Listener listener, CBaseline baseline) {
        this.plan = plan;
        this.listener = listener;
        this.baseline = baseline;
    }

    /**
     * {@return what was measured, in the plan's order; without the C loop where {@link CBaseline}
     * is not available}
     *
     * @param plan what to measure
     * @param listener is told how far the run is
     * @throws IllegalStateException if a fork failed, as it does when an addition was lost; the
     *     message is its output
     */
    public static List<Measurement> run(Plan plan, Listener listener) {
        try (CBaseline baseline = CBaseline.build()) {
            return new CounterRun(plan, listener, baseline).run();
        }
    }

    private List<Measurement> run() {
        // Another JMH, of another user even, would make this one refuse to start.
        System.setProperty("jmh.ignoreLock", "true");
        int most = plan.parts().stream().mapToInt(Plan.Part::forks).max().orElseThrow();
        for (int round = 0; round < most; round++) {
            for (Plan.Part part : plan.parts()) {
                if (round < part.forks()) {
                    measure(part.configuration());
                }
            }
        }
        return rounds.entrySet().stream()
                .map(entry -> Measurement.of(entry.getKey(), entry.getValue()))
                .toList();
    }

    private void measure(Configuration configuration) {
        progress(0, configuration);
        List<Double> samples =
                configuration.subject().isJava() ? fork(configuration) : c(configuration);
        if (!samples.isEmpty()) {
            rounds.computeIfAbsent(configuration, _ -> new ArrayList<>()).add(samples);
        }
        done++;
        progress(0, configuration);
    }

    private void progress(double fractionOfFork, Configuration configuration) {
        listener.progress((done + fractionOfFork) / plan.forks(), configuration);
    }

    private List<Double> c(Configuration configuration) {
        return baseline.availability().isAvailable()
                ? baseline.run(
                        configuration.threads(),
                        configuration.counters(),
                        plan.iterations(),
                        plan.iterationMillis())
                : List.of();
    }

    private List<Double> fork(Configuration configuration) {
        double iterations = plan.warmups() + plan.iterations();
        QuietOutput output =
                new QuietOutput(number -> progress(number / iterations, configuration));
        try {
            Collection<RunResult> results = new Runner(options(configuration), output).run();
            return results.stream()
                    .flatMap(result -> result.getBenchmarkResults().stream())
                    .map(BenchmarkResult::getIterationResults)
                    .flatMap(Collection::stream)
                    .map(CounterRun::nanos)
                    .toList();
        } catch (RunnerException e) {
            throw new IllegalStateException(
                    "the benchmark of " + configuration + " failed:\n" + output.text(), e);
        }
    }

    private static double nanos(IterationResult iteration) {
        return iteration.getPrimaryResult().getScore();
    }

    private Options options(Configuration configuration) {
        TimeValue time = new TimeValue(plan.iterationMillis(), TimeUnit.MILLISECONDS);
        ChainedOptionsBuilder options =
                new OptionsBuilder()
                        .include("\\b" + CounterBenchmark.class.getSimpleName() + "\\b")
                        .param("subject", configuration.subject().name())
                        .param("counters", Integer.toString(configuration.counters()))
                        .threads(configuration.threads())
                        .forks(1)
                        .warmupIterations(plan.warmups())
                        .warmupTime(time)
                        .measurementIterations(plan.iterations())
                        .measurementTime(time)
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.NORMAL);
        List<String> jvmOptions = new ArrayList<>(configuration.subject().jvmOptions());
        if (configuration.virtual()) {
            jvmOptions.add("-Djmh.executor=VIRTUAL");
            jvmOptions.add("-D" + CounterBenchmark.CARRIERS + "=" + configuration.threads());
        }
        return options.jvmArgsPrepend(jvmOptions.toArray(String[]::new)).build();
    }
}
