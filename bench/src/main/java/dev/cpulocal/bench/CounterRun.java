// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;

/** Runs {@link CounterBenchmark}, and the same in C, in turns and without printing anything. */
public final class CounterRun {

    private final Plan<Configuration> plan;
    private final CBaseline baseline;
    private final JmhFork jmh;

    private CounterRun(Plan<Configuration> plan, CBaseline baseline) {
        this.plan = plan;
        this.baseline = baseline;
        jmh = new JmhFork(plan);
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
    public static List<Measurement<Configuration>> run(
            Plan<Configuration> plan, Turns.Listener<Configuration> listener) {
        try (CBaseline baseline = CBaseline.build()) {
            return Turns.run(plan, listener, new CounterRun(plan, baseline)::samples);
        }
    }

    private List<Double> samples(Configuration configuration, DoubleConsumer progress) {
        return configuration.subject().isJava()
                ? JmhFork.scores(jmh.run(configuration, options(configuration), progress))
                : c(configuration);
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

    private ChainedOptionsBuilder options(Configuration configuration) {
        List<String> jvmOptions = new ArrayList<>(configuration.subject().jvmOptions());
        if (configuration.virtual()) {
            jvmOptions.add("-Djmh.executor=VIRTUAL");
            jvmOptions.add("-D" + CounterBenchmark.CARRIERS + "=" + configuration.threads());
        }
        return jmh.options(CounterBenchmark.class, "increment")
                .param("subject", configuration.subject().name())
                .param("counters", Integer.toString(configuration.counters()))
                .threads(configuration.threads())
                .jvmArgsPrepend(jvmOptions.toArray(String[]::new));
    }
}
