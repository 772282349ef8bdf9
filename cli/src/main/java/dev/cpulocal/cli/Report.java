// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli;

import dev.cpulocal.bench.CounterPlans;
import dev.cpulocal.bench.pool.PoolPlans;
import dev.cpulocal.bench.rcu.ReadRun;
import dev.cpulocal.cli.bench.BenchResult;
import dev.cpulocal.cli.bench.BenchRunner;
import dev.cpulocal.cli.doctor.Examination;
import dev.cpulocal.cli.doctor.Findings;
import dev.cpulocal.cli.museum.Site;
import dev.cpulocal.cli.prove.Check;
import dev.cpulocal.cli.prove.Entry;
import dev.cpulocal.cli.prove.Library;
import dev.cpulocal.cli.prove.ProveResult;
import dev.cpulocal.cli.prove.ProveRunner;
import dev.cpulocal.cli.prove.Searching;
import dev.cpulocal.cli.report.Headline;
import dev.cpulocal.cli.report.Proofs;
import dev.cpulocal.cli.report.ReportPage;
import dev.cpulocal.cli.report.Results;
import dev.cpulocal.cli.stress.StressResult;
import dev.cpulocal.cli.stress.StressRunner;
import dev.cpulocal.cli.terminal.Progress;
import dev.cpulocal.cli.terminal.StatusLine;
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
            "Runs doctor, bench, a short stress and the museum of kernel bugs, and writes a page"
                    + " that is complete in itself: charts, tables, what they mean, and the numbers"
                    + " as JSON; pages about the bugs go into a folder beside it. About four minutes;"
                    + " under one with --quick, and without the bugs.",
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
    private static final Duration PROOFS = Duration.ofSeconds(60);
    private static final Duration QUICK_STRESS = Duration.ofSeconds(3);

    @Option(
            names = "--output",
            paramLabel = "<file>",
            description = "Where to write it. Default: ${DEFAULT-VALUE} here.")
    private Path output = Path.of("report.html");

    @Option(names = "--quick", description = "Measure less, in less than a minute.")
    private boolean quick;

    @Override
    public Integer call() throws Exception {
        Path file = output.toAbsolutePath().normalize();
        checkWritable(file);
        Results results = measure(file);
        Files.writeString(
                file, ReportPage.render(results, ZonedDateTime.now(ZoneId.systemDefault())));
        for (Headline headline : ReportPage.headlines(results)) {
            System.out.printf("%-9s %s%n", headline.badge(), headline.text());
        }
        System.out.println("\nThe report is in " + file);
        Proofs proofs = results.proofs();
        boolean proved = proofs == null || proofs.passed();
        return results.failures().isEmpty() && results.stress().passed() && proved
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

    private Results measure(Path file) throws Exception {
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
        if (!quick) {
            phases.add(PROOFS);
        }
        // A benchmark that fails is a finding: the rest of the report is worth having.
        Map<String, String> failures = new LinkedHashMap<>();
        try (Progress progress = Progress.start("report", phases)) {
            BenchResult measured =
                    bench.run(
                            progress,
                            (name, e) ->
                                    failures.put("bench " + name, String.valueOf(e.getMessage())));
            StressResult stressed = stress.run(progress);
            Proofs proofs = quick ? null : prove(file, progress);
            return new Results(findings, measured, stressed, proofs, failures);
        }
    }

    /** Checks the museum, and writes its pages into a folder beside the report. */
    private static Proofs prove(Path file, Progress progress) throws Exception {
        List<Entry> entries = Library.get().find("museum");
        List<Check> checks =
                entries.stream()
                        .flatMap(entry -> Check.of(entry.scenario(), List.of(), false).stream())
                        .toList();
        ProveRunner runner = new ProveRunner(Main.version(), checks, Searching.usual());
        progress.nextPhase();
        ProveResult result =
                progress.during("the museum of kernel bugs", () -> runner.run(StatusLine.silent()));
        String name = file.getFileName().toString().replaceFirst("\\.html$", "") + "-museum";
        Site.in(file.resolveSibling(name)).write(entries, result);
        return Proofs.of(result, name + "/index.html");
    }
}
