// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli;

import dev.cpulocal.IndexMode;
import dev.cpulocal.cli.stress.FamilyName;
import dev.cpulocal.cli.stress.Mode;
import dev.cpulocal.cli.stress.StressResult;
import dev.cpulocal.cli.stress.StressRunner;
import dev.cpulocal.cli.stress.StressText;
import dev.cpulocal.cli.stress.Tested;
import dev.cpulocal.cli.terminal.Progress;
import dev.cpulocal.cli.terminal.TimeSpan;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The command {@code stress}. */
@Command(
        name = "stress",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        header = "Look for lost updates under forced migration, signals and garbage collection.",
        description = {
            "",
            "Threads, half of them virtual, add to counters, take locks, move things from CPU to CPU,"
                    + " and work on other CPUs' data, while they are moved from CPU to CPU and"
                    + " signalled. Each counts what it did; at the end nothing may be missing. This"
                    + " is done in a process of its own for each mode: rseq on, random and off, by"
                    + " CPU id and by concurrency id. First, broken imitations are run the same way,"
                    + " and must be found out.",
            "",
            "Tests, all in the same storm:",
            "  counters        CpuCounters, summed at the end",
            "  resets          CpuCounters that are reset meanwhile",
            "  tickets         compare and store, on the own CPU and on others",
            "  spinlock        CpuLock: plain additions under the lock",
            "  list            CpuList: nodes go from list to list",
            "  buffer          CpuBuffer: values go from buffer to buffer",
            "  buffer-release  the same with release order",
            "  memcpy          CpuRecordBuffer: records go from buffer to buffer",
            "  memcpy-release  the same with release order",
            "  increment       a bound addition",
            "  membarrier      additions to an active word; after a fence the other must not change",
            "  pool            CpuPool: objects are acquired and released, one owner at a time",
            "  rcu             Rcu: sections read an item that is replaced, and see none that is freed",
            "",
        },
        optionListHeading = "Options:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:nothing was lost in any mode",
            " 1:updates were lost, or the process of a mode died",
            " 2:wrong usage",
            "70:the self-check did not find out every imitation, or an unexpected error",
        },
        footer = {
            "",
            "Columns: moves = a thread was moved to another CPU; retries = operations that did not"
                    + " complete at once; completed = those that took the stop word; stops = how"
                    + " often a CPU's range was stopped; atomic adds = additions that took the"
                    + " atomic half of a counter; most pooled = the most objects that were seen in the"
                    + " pool at one time, of 96; operations, expected, found, lost = of one test;"
                    + " expected and found are updates, things that must be there once, or sections;"
                    + " age 0, 1, 2 = the oldest item that a section of rcu saw was the current one,"
                    + " replaced, or freed.",
            "",
            "Examples:",
            "  cpulocal stress",
            "  cpulocal stress --duration 10m --threads 64",
            "  cpulocal stress --rseq on --index cpu_id",
            "  cpulocal stress --test spinlock,list",
        })
final class Stress implements Callable<Integer> {

    private static final Duration LEAST = Duration.ofSeconds(1);
    private static final Duration MOST = Duration.ofHours(24);
    private static final int MOST_THREADS = 10_000;

    @Option(
            names = "--duration",
            paramLabel = "<time>",
            converter = TimeSpan.class,
            defaultValue = "60s",
            description =
                    "How long all modes take together, 1s to 24h: such as 90s or 10m. Default:"
                            + " ${DEFAULT-VALUE}.")
    private Duration duration = LEAST;

    @Option(
            names = "--threads",
            paramLabel = "<n>",
            description = "How many threads, 1 to 10000. Default: 8 for each CPU.")
    private int threads = StressRunner.defaultThreads();

    @Option(
            names = "--rseq",
            split = ",",
            paramLabel = "<setting>",
            defaultValue = "on,random,off",
            description =
                    "Which settings of cpulocal.rseq to run, separated by commas. Default:"
                            + " ${DEFAULT-VALUE}.")
    private List<String> settings = List.of();

    @Option(
            names = "--index",
            split = ",",
            paramLabel = "<field>",
            converter = Disasm.IndexName.class,
            defaultValue = "cpu_id,mm_cid",
            description =
                    "Which index modes to run, separated by commas. Default: ${DEFAULT-VALUE}.")
    private List<IndexMode> indexes = List.of();

    @Option(
            names = "--test",
            split = ",",
            paramLabel = "<test>",
            converter = FamilyId.class,
            description = "Which tests to run, separated by commas. Default: all.")
    private List<FamilyName> families = FamilyName.all();

    @Option(names = "--json", description = "Print one JSON document instead.")
    private boolean json;

    @Option(names = "--tested", hidden = true)
    private Tested tested = Tested.REAL;

    @Option(names = "--self-check", hidden = true)
    private Tested selfChecked = Tested.BROKEN;

    @Override
    public Integer call() throws IOException, InterruptedException {
        check();
        StressRunner runner =
                new StressRunner(
                        Main.version(),
                        Mode.all(settings, indexes),
                        families.stream().distinct().toList(),
                        duration,
                        threads,
                        selfChecked,
                        tested);
        StressResult result;
        try (Progress progress = Progress.start("stress", List.of(runner.expected()))) {
            result = runner.run(progress);
        }
        if (json) {
            Json.print(result);
        } else {
            System.out.print(StressText.render(result));
        }
        if (!result.selfCheckSeesLosses()) {
            return ExitCode.INTERNAL;
        }
        return result.passed() ? ExitCode.OK : ExitCode.FAILED;
    }

    private void check() {
        if (duration.compareTo(LEAST) < 0 || duration.compareTo(MOST) > 0) {
            throw new UsageException(
                    "--duration: " + duration.toMillis() + "ms (expected: 1s to 24h)");
        }
        if (threads < 1 || threads > MOST_THREADS) {
            throw new UsageException("--threads: " + threads + " (expected: 1 to 10000)");
        }
        for (String setting : settings) {
            if (!Mode.settings().contains(setting)) {
                throw new UsageException("--rseq: " + setting + " (expected: on, random or off)");
            }
        }
    }

    /** Reads the name of a family of operations. */
    static final class FamilyId implements ITypeConverter<FamilyName> {
        @Override
        public FamilyName convert(String value) {
            return FamilyName.find(value)
                    .orElseThrow(() ->
                            new TypeConversionException(
                                    value
                                            + " (expected: one of "
                                            + FamilyName.all().stream()
                                                    .map(FamilyName::id)
                                                    .collect(Collectors.joining(", "))
                                            + ")"));
        }
    }
}
