// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Measures everything and prints the tables of docs/benchmarks.md, some five minutes later; with
 * the argument {@code quick} only the counters, in half a minute.
 *
 * <pre>{@code
 * ./jdk java --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
 *     -cp bench/target/benchmarks.jar dev.cpulocal.bench.Tables [quick]
 * }</pre>
 */
public final class Tables {

    private Tables() {}

    /**
     * Measures and prints.
     *
     * @param arguments {@code quick} or none
     * @throws Exception if something cannot be measured
     */
    public static void main(String[] arguments) throws Exception {
        boolean quick = List.of(arguments).contains("quick");
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        out.println(Machine.describe());
        out.println();
        out.print(
                CounterTable.markdown(
                        CounterRun.run(
                                quick ? CounterPlans.quick() : CounterPlans.standard(),
                                Tables::progress)));
        System.err.println();
        if (!quick) {
            out.println();
            out.print(others());
            out.println();
            out.print(MemoryFootprint.markdown(MemoryFootprint.measure(8_000, 5)));
            out.println();
            out.print(FirstUse.markdown(FirstUse.measure(11)));
            out.println();
            out.print(RemoteRun.markdown(RemoteRun.measure(5)));
        }
    }

    private static void progress(double fraction, Configuration configuration) {
        System.err.printf(Locale.ROOT, "\r\033[K%3.0f %% %s", 100 * fraction, configuration);
    }

    private static String others() throws RunnerException {
        Collection<RunResult> results =
                new Runner(
                                new OptionsBuilder()
                                        .include(FreshVirtualThreadBenchmark.class.getSimpleName())
                                        .include(SumBenchmark.class.getSimpleName())
                                        .shouldFailOnError(true)
                                        .build(),
                                new QuietOutput(_ -> {}))
                        .run();
        return """
        | benchmark | subject | ns/op | lowest - highest |
        |:---|:---|---:|---:|
        """
                + results.stream().map(Tables::row).collect(Collectors.joining());
    }

    private static String row(RunResult result) {
        String name = result.getParams().getBenchmark();
        String increments = result.getParams().getParam("increments");
        Spread spread =
                Spread.of(
                        result.getBenchmarkResults().stream()
                                .flatMap(fork -> fork.getIterationResults().stream())
                                .map(iteration -> score(iteration.getPrimaryResult()))
                                .toList());
        return String.format(
                Locale.ROOT,
                "| %s | %s | %.1f | %.1f - %.1f |%n",
                name.contains("Fresh")
                        ? "a fresh virtual thread, increments: " + increments
                        : "sum of one counter",
                Subject.valueOf(result.getParams().getParam("subject")).label(),
                spread.median(),
                spread.low(),
                spread.high());
    }

    private static double score(Result<?> result) {
        return result.getScore();
    }
}
