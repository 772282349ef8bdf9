// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli;

import dev.cpulocal.bench.CounterPlans;
import dev.cpulocal.bench.pool.PoolPlans;
import dev.cpulocal.bench.rcu.ReadRun;
import dev.cpulocal.cli.bench.BenchResult;
import dev.cpulocal.cli.bench.BenchRunner;
import dev.cpulocal.cli.doctor.Examination;
import dev.cpulocal.cli.doctor.Findings;
import dev.cpulocal.cli.report.Headline;
import dev.cpulocal.cli.report.ReportPage;
import dev.cpulocal.cli.report.Results;
import dev.cpulocal.cli.stress.StressRunner;
import dev.cpulocal.cli.terminal.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code report}. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        header = "Measure this machine and write one HTML file that shows it all. Start here.",
        description = {
            "",
            "Runs doctor, bench and a short stress, and writes a page that is complete in"
                    + " itself: charts, tables, what they mean, and the numbers as JSON. About three"
                    + " minutes; under one with --quick.",
            "",
        },
        optionListHeading = "Options:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:written",
            " 1:written, and it shows that something failed",
            " 2:wrong usage, or the file cannot be written",
            "70:an unexpected error",
        },
        footer = {
            "",
            "Examples:",
            "  cpulocal report",
            "  cpulocal report --quick --output /tmp/report.html",
        })
final class Report implements Callable<Integer> {

    private static final Duration STRESS = Duration.ofSeconds(12);
    private static final Duration QUICK_STRESS = Duration.ofSeconds(3);

    @Option(
            names = "--output",
            paramLabel = "<file>",
            description = "Where to write it. Default: ${DEFAULT-VALUE} here.")
    private Path output = Path.of("report.html");

    @Option(names = "--quick", description = "Measure less, in less than a minute.")
    private boolean quick;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path file = output.toAbsolutePath().normalize();
        checkWritable(file);
        Results results = measure();
        Files.writeString(
                file, ReportPage.render(results, ZonedDateTime.now(ZoneId.systemDefault())));
        for (Headline headline : ReportPage.headlines(results)) {
            System.out.printf("%-9s %s%n", headline.badge(), headline.text());
        }
        System.out.println("\nThe report is in " + file);
        return results.failures().isEmpty() && results.stress().passed()
                ? ExitCode.OK
                : ExitCode.FAILED;
    }

    /** Refuses now what would fail minutes later. */
    private static void checkWritable(Path file) {
        Path directory = file.getParent();
        boolean writable =
                directory != null
                        && Files.isDirectory(directory)
                        && !Files.isDirectory(file)
                        && (Files.exists(file)
                                ? Files.isWritable(file)
                                : Files.isWritable(directory));
        if (!writable) {
            throw new UsageException(
                    "--output: " + file + " (expected: a file that can be written)");
        }
    }

    private Results measure() throws IOException, InterruptedException {
        Findings findings = Examination.examine(Main.version());
        BenchRunner bench =
                BenchRunner.of(
                        Main.version(),
                        BenchRunner.REPORTED,
                        quick ? CounterPlans.quick() : CounterPlans.standard(),
                        quick ? PoolPlans.quick() : PoolPlans.standard(),
                        ReadRun.quick(),
                        quick);
        StressRunner stress =
                StressRunner.of(
                        Main.version(),
                        quick ? QUICK_STRESS : STRESS,
                        StressRunner.defaultThreads());
        List<Duration> phases = new ArrayList<>(bench.expected());
        phases.add(stress.expected());
        // A benchmark that fails is a finding: the rest of the report is worth having.
        Map<String, String> failures = new LinkedHashMap<>();
        try (Progress progress = Progress.start("report", phases)) {
            BenchResult measured =
                    bench.run(
                            progress,
                            (name, e) ->
                                    failures.put("bench " + name, String.valueOf(e.getMessage())));
            return new Results(findings, measured, stress.run(progress), failures);
        }
    }
}
