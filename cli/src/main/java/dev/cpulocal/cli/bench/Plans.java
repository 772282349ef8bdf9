// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.bench;

import dev.cpulocal.bench.Configuration;
import dev.cpulocal.bench.Plan;
import dev.cpulocal.bench.Plan.Part;
import dev.cpulocal.bench.pool.PoolConfiguration;
import dev.cpulocal.bench.rcu.ReadConfiguration;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;

/** What the options make of a plan. */
public final class Plans {

    private static final Duration START_OF_A_JVM = Duration.ofMillis(600);

    private Plans() {}

    /**
     * {@return the same with other thread counts}
     *
     * @param plan any
     * @param threads the thread counts; none to leave them as they are
     */
    public static Plan<Configuration> withThreads(Plan<Configuration> plan, List<Integer> threads) {
        return withThreads(
                plan,
                threads,
                (old, count) ->
                        new Configuration(old.subject(), count, old.virtual(), old.counters()));
    }

    /**
     * {@return the same with other thread counts}
     *
     * @param plan any
     * @param threads the thread counts; none to leave them as they are
     */
    public static Plan<PoolConfiguration> withPoolThreads(
            Plan<PoolConfiguration> plan, List<Integer> threads) {
        return withThreads(
                plan,
                threads,
                (old, count) ->
                        new PoolConfiguration(old.subject(), old.work(), count, old.bytes()));
    }

    /**
     * {@return the same with other thread counts}
     *
     * @param plan any
     * @param threads the thread counts; none to leave them as they are
     */
    public static Plan<ReadConfiguration> withReadThreads(
            Plan<ReadConfiguration> plan, List<Integer> threads) {
        return withThreads(
                plan,
                threads,
                (old, count) -> new ReadConfiguration(old.subject(), count, old.virtual()));
    }

    private static <C> Plan<C> withThreads(
            Plan<C> plan, List<Integer> threads, BiFunction<C, Integer, C> change) {
        return threads.isEmpty()
                ? plan
                : plan.with(
                        plan.parts().stream()
                                .flatMap(part ->
                                        threads.stream()
                                                .map(count ->
                                                        new Part<>(
                                                                change.apply(
                                                                        part.configuration(),
                                                                        count),
                                                                part.forks())))
                                .distinct()
                                .toList());
    }

    /**
     * {@return the same with as many JVMs for each configuration}
     *
     * @param plan any
     * @param forks how many
     * @param <C> the configurations
     */
    public static <C> Plan<C> withForks(Plan<C> plan, int forks) {
        return plan.with(
                plan.parts().stream()
                        .map(part -> new Part<>(part.configuration(), forks))
                        .toList());
    }

    /** {@return how long it takes, about} */
    public static Duration expected(Plan<?> plan) {
        long measured = (long) (plan.warmups() + plan.iterations()) * plan.iterationMillis();
        return START_OF_A_JVM.plusMillis(measured).multipliedBy(plan.forks());
    }
}
