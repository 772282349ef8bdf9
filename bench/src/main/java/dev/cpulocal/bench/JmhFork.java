// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleConsumer;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** One fork of JMH, without printing anything. */
public final class JmhFork {

    private final Plan<?> plan;

    /**
     * Makes forks of a plan.
     *
     * @param plan says how long they take
     */
    public JmhFork(Plan<?> plan) {
        this.plan = plan;
    }

    /**
     * {@return what a fork needs to know, to be completed with parameters and threads}
     *
     * @param benchmark a class of benchmarks
     * @param method one of them, as a regular expression
     */
    public ChainedOptionsBuilder options(Class<?> benchmark, String method) {
        TimeValue time = new TimeValue(plan.iterationMillis(), TimeUnit.MILLISECONDS);
        return new OptionsBuilder()
                .include("\\b" + benchmark.getSimpleName() + "\\." + method + "$")
                .forks(1)
                .warmupIterations(plan.warmups())
                .warmupTime(time)
                .measurementIterations(plan.iterations())
                .measurementTime(time)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.NORMAL);
    }

    /**
     * {@return what JMH found, one result for each benchmark}
     *
     * @param name of what is measured, for messages
     * @param options from {@link #options}, completed
     * @param progress is told how much of the fork is done, 0 to 1
     * @throws IllegalStateException if the fork failed, as it does when a benchmark finds something
     *     wrong; the message is its output
     */
    public Collection<RunResult> run(
            Object name, ChainedOptionsBuilder options, DoubleConsumer progress) {
        // Another JMH, of another user even, would make this one refuse to start.
        System.setProperty("jmh.ignoreLock", "true");
        double iterations = plan.warmups() + plan.iterations();
        QuietOutput output = new QuietOutput(number -> progress.accept(number / iterations));
        try {
            return new Runner(options.build(), output).run();
        } catch (RunnerException e) {
            throw new IllegalStateException(
                    "the benchmark of " + name + " failed:\n" + output.text(), e);
        }
    }

    /**
     * {@return the scores of all iterations}
     *
     * @param results of {@link #run}
     */
    public static List<Double> scores(Collection<RunResult> results) {
        return results.stream()
                .flatMap(result -> result.getBenchmarkResults().stream())
                .map(BenchmarkResult::getIterationResults)
                .flatMap(Collection::stream)
                .map(iteration -> score(iteration.getPrimaryResult()))
                .toList();
    }

    private static double score(org.openjdk.jmh.results.Result<?> result) {
        return result.getScore();
    }
}
