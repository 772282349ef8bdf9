// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli;

import dev.cpulocal.bench.Configuration;
import dev.cpulocal.bench.CounterPlans;
import dev.cpulocal.bench.Plan;
import dev.cpulocal.bench.pool.PoolConfiguration;
import dev.cpulocal.bench.pool.PoolPlans;
import dev.cpulocal.bench.rcu.ReadConfiguration;
import dev.cpulocal.bench.rcu.ReadRun;
import dev.cpulocal.cli.bench.BenchResult;
import dev.cpulocal.cli.bench.BenchRunner;
import dev.cpulocal.cli.bench.Plans;
import dev.cpulocal.cli.terminal.Progress;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code bench}. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        header = "Measure side by side with what you would use today, on this machine.",
        description = {
            "",
            "Benchmarks:",
            "  counter    CpuCounter beside LongAdder, AtomicLong, the same machine code called from"
                    + " C, and the parts it is made of; one counter and 128, platform and virtual"
                    + " threads. About two minutes; half a minute with --quick.",
            "  pool       CpuPool beside the pools of Jackson, Netty, JCTools, Stormpot and Apache"
                    + " Commons, ThreadLocal, and no pool; platform and virtual threads. About three"
                    + " minutes; a quarter of a minute with --quick.",
            "  rcu        Read sections of Rcu beside read locks, StampedLock, reference counts, epochs, and"
                    + " liburcu in C; grace periods; closing memory beside Arena.ofShared. A quarter of an hour;"
                    + " two with --quick.",
            "  fence      Both sides of AsymmetricFence beside full fences, and where it pays.",
            "  memory     How many bytes a counter takes once all CPUs have added to it.",
            "  first-use  How long a fresh JVM takes to its first addition.",
            "  remote     Operation vectors on another CPU's data, one by one and in batches, beside"
                    + " membarrier alone, by the number of threads that run.",
            "",
            "Each configuration of counter, pool and rcu runs in several JVMs, which take turns; every trial is"
                    + " checked: against what its threads added, and that no object was given to two.",
            "",
        },
        parameterListHeading = "Arguments:%n",
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:measured",
            " 2:wrong usage, or no such benchmark",
            "70:a benchmark failed, as it does when an addition was lost or an object given to two, or"
                    + " an unexpected error",
        },
        footer = {
            "",
            "Examples:",
            "  cpulocal bench counter",
            "  cpulocal bench counter --threads 1,8,64 --forks 5",
            "  cpulocal bench pool --threads 1,64",
            "  cpulocal bench counter --quick --json > counter.json",
        })
final class Bench implements Callable<Integer> {

    private static final int MOST_FORKS = 100;
    private static final int MOST_THREADS = 10_000;

    @Parameters(
            arity = "0..*",
            paramLabel = "<benchmark>",
            description = "Which benchmarks to run. Default: all.")
    private List<String> names = List.of();

    @Option(names = "--quick", description = "Fewer configurations, JVMs, samples and counters.")
    private boolean quick;

    @Option(
            names = "--forks",
            paramLabel = "<n>",
            description = "counter, pool, rcu: how many JVMs for each configuration, 1 to 100.")
    private @Nullable Integer forks;

    @Option(
            names = "--threads",
            split = ",",
            paramLabel = "<n>",
            description =
                    "counter, pool, rcu: thread counts, 1 to 10000, separated by commas. Default: 1,2,4 for"
                            + " counter; for pool 1,2, and 100 virtual ones.")
    private List<Integer> threads = List.of();

    @Option(names = "--json", description = "Print one JSON document instead.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        checkNames();
        BenchRunner runner =
                BenchRunner.of(
                        Main.version(),
                        names.isEmpty() ? BenchRunner.NAMES : names,
                        plan(),
                        poolPlan(),
                        readPlan(),
                        quick);
        BenchResult result;
        try (Progress progress = Progress.start("bench", runner.expected())) {
            result = runner.run(progress, Bench::fail);
        }
        if (json) {
            Json.print(result);
        } else {
            System.out.print(result.render());
        }
        return ExitCode.OK;
    }

    private static void fail(String name, Exception e) {
        throw new IllegalStateException(name + ": " + e.getMessage(), e);
    }

    private Plan<Configuration> plan() {
        return withForks(
                Plans.withThreads(
                        quick ? CounterPlans.quick() : CounterPlans.standard(), threads()));
    }

    private Plan<PoolConfiguration> poolPlan() {
        return withForks(
                Plans.withPoolThreads(quick ? PoolPlans.quick() : PoolPlans.standard(), threads()));
    }

    private Plan<ReadConfiguration> readPlan() {
        return withForks(
                Plans.withReadThreads(quick ? ReadRun.quick() : ReadRun.standard(), threads()));
    }

    private List<Integer> threads() {
        for (int count : threads) {
            check("--threads", count, MOST_THREADS);
        }
        return threads;
    }

    private <C> Plan<C> withForks(Plan<C> plan) {
        return forks == null ? plan : Plans.withForks(plan, check("--forks", forks, MOST_FORKS));
    }

    private static int check(String option, int value, int most) {
        if (value < 1 || value > most) {
            throw new UsageException(option + ": " + value + " (expected: 1 to " + most + ")");
        }
        return value;
    }

    private void checkNames() {
        for (String name : names) {
            if (!BenchRunner.NAMES.contains(name)) {
                throw new UsageException(
                        "benchmark: "
                                + name
                                + " (expected: "
                                + String.join(", ", BenchRunner.NAMES)
                                + ")");
            }
        }
    }
}
