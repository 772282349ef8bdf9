// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleConsumer;

/**
 * Forks that take turns: the first of every configuration, then the second of every one. So what
 * disturbs the machine for a while falls on all alike, and two configurations can be compared round
 * by round.
 *
 * @param <C> the configurations
 */
public final class Turns<C> {

    /**
     * Is told how far a run is, after every iteration.
     *
     * @param <C> the configurations
     */
    @FunctionalInterface
    public interface Listener<C> {
        /**
         * Takes the news.
         *
         * @param fraction how much is done, 0 to 1
         * @param configuration what is being measured
         */
        void progress(double fraction, C configuration);
    }

    /**
     * Measures a configuration once, in a process of its own.
     *
     * @param <C> the configuration
     */
    @FunctionalInterface
    public interface Fork<C> {
        /**
         * {@return the samples; none if this machine cannot measure it}
         *
         * @param configuration what
         * @param progress is told how much of it is done, 0 to 1
         */
        List<Double> samples(C configuration, DoubleConsumer progress);
    }

    private final Plan<C> plan;
    private final Listener<? super C> listener;
    private final Fork<C> fork;
    private final Map<C, List<List<Double>>> rounds = new LinkedHashMap<>();
    private int done;

    private Turns(Plan<C> plan, Listener<? super C> listener, Fork<C> fork) {
        this.plan = plan;
        this.listener = listener;
        this.fork = fork;
    }

    /**
     * {@return what was measured, in the plan's order; without configurations that have no samples}
     *
     * @param plan what to measure
     * @param listener is told how far the run is
     * @param fork measures
     * @param <C> the configurations
     */
    public static <C> List<Measurement<C>> run(
            Plan<C> plan, Listener<? super C> listener, Fork<C> fork) {
        return new Turns<>(plan, listener, fork).run();
    }

    private List<Measurement<C>> run() {
        int most = plan.parts().stream().mapToInt(Plan.Part::forks).max().orElseThrow();
        for (int round = 0; round < most; round++) {
            for (Plan.Part<C> part : plan.parts()) {
                if (round < part.forks()) {
                    measure(part.configuration());
                }
            }
        }
        return rounds.entrySet().stream()
                .map(entry -> Measurement.of(entry.getKey(), entry.getValue()))
                .toList();
    }

    private void measure(C configuration) {
        progress(0, configuration);
        List<Double> samples =
                fork.samples(configuration, fraction -> progress(fraction, configuration));
        if (!samples.isEmpty()) {
            rounds.computeIfAbsent(configuration, _ -> new ArrayList<>()).add(samples);
        }
        done++;
        progress(0, configuration);
    }

    private void progress(double fractionOfFork, C configuration) {
        listener.progress((done + fractionOfFork) / plan.forks(), configuration);
    }
}
