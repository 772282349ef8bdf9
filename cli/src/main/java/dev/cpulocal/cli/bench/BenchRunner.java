// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.bench;

import dev.cpulocal.bench.CounterRun;
import dev.cpulocal.bench.Measurement;
import dev.cpulocal.bench.Plan;
import dev.cpulocal.cli.doctor.Host;
import dev.cpulocal.cli.terminal.Progress;
import java.time.Duration;
import java.util.List;

/**
 * Runs benchmarks.
 *
 * @param version of cpulocal
 * @param counterPlan what to measure of counters
 */
public record BenchRunner(String version, Plan counterPlan) {

    /** The names of all benchmarks. */
    public static final List<String> NAMES = List.of("counter");

    /** {@return how long {@link #run} takes, about} */
    public Duration expected() {
        return Plans.expected(counterPlan);
    }

    /**
     * {@return what was measured}
     *
     * @param progress is told how far it is, as one phase
     * @throws IllegalStateException if a fork failed, as it does when an addition was lost
     */
    public BenchResult run(Progress progress) {
        List<Measurement> measurements =
                CounterRun.run(
                        counterPlan,
                        (fraction, configuration) ->
                                progress.reach(fraction, configuration.toString()));
        return new BenchResult(
                version,
                Host.platform(),
                Runtime.getRuntime().availableProcessors(),
                CounterResult.of(measurements));
    }
}
