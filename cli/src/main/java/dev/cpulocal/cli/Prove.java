// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli;

import dev.cpulocal.cli.museum.Site;
import dev.cpulocal.cli.prove.Check;
import dev.cpulocal.cli.prove.Comparison;
import dev.cpulocal.cli.prove.Entry;
import dev.cpulocal.cli.prove.ExhibitText;
import dev.cpulocal.cli.prove.HerdLog;
import dev.cpulocal.cli.prove.Library;
import dev.cpulocal.cli.prove.LitmusBatch;
import dev.cpulocal.cli.prove.LitmusPrinter;
import dev.cpulocal.cli.prove.LitmusReport;
import dev.cpulocal.cli.prove.ProveResult;
import dev.cpulocal.cli.prove.ProveRunner;
import dev.cpulocal.cli.prove.ProveText;
import dev.cpulocal.cli.prove.Request;
import dev.cpulocal.cli.prove.ScenarioList;
import dev.cpulocal.cli.prove.SearchOptions;
import dev.cpulocal.cli.prove.Searching;
import dev.cpulocal.cli.terminal.StatusLine;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.museum.Exhibit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** The command {@code prove}. */
@Command(
        name = "prove",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        header = "Explore every schedule and every memory order of scenarios and litmus tests.",
        description = {
            "",
            "Without an argument, checks all scenarios: the sequences of this library under preemption,"
                    + " migration and signals at every step, the kernel bugs of the museum, and their"
                    + " mutants, which must be found out. Else:",
            "  core, museum               all scenarios of a group",
            "  MB-01, core/lock, 'mb-*'   the scenarios of that name or pattern",
            "  MyScenario.java            your own: a class with a static method 'Model model()',"
                    + " 'Scenario scenario()' or 'List<Scenario> scenarios()'",
            "  x.litmus, 't/*.litmus', t  litmus files, one by one, by patterns, or below folders: prints"
                    + " every final state, as herd does",
            "",
        },
        parameterListHeading = "Arguments:%n",
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:every verdict is the expected one, or HOLDS where none is; litmus: all tests ran",
            " 1:a verdict is not; litmus: an answer differs from --expect",
            " 2:wrong usage, no such scenario or file, or a file that breaks the rules of its language",
            " 4:a budget was used up first: EXHAUSTED, nothing is proved",
            " 5:litmus: a test asks for something that is not covered",
            "70:an unexpected error",
        },
        footer = {
            "",
            "When several apply, the first of 1, 2, 4, 5 is the exit code.",
            "",
            "Examples:",
            "  cpulocal prove",
            "  cpulocal prove --list",
            "  cpulocal prove MB-01 --model tso,armv8",
            "  cpulocal prove museum --html museum",
            "  cpulocal prove SB.litmus --states-only",
            "  cpulocal prove tests --quiet --expect herd.log",
        })
final class Prove implements Callable<Integer> {

    @Parameters(
            arity = "0..*",
            paramLabel = "<what>",
            description = "Scenarios, Java files, or litmus files. Default: all scenarios.")
    private List<String> names = List.of();

    @Option(names = "--list", description = "Only list the scenarios.")
    private boolean list;

    @Option(
            names = "--model",
            split = ",",
            paramLabel = "<model>",
            converter = ModelName.class,
            completionCandidates = ModelName.class,
            description =
                    "Memory models, separated by commas: ${COMPLETION-CANDIDATES}. Default: those that"
                            + " a scenario is about; all for your own model; for a litmus file that of"
                            + " its architecture.")
    private List<MemoryModel> models = List.of();

    @Option(
            names = "--trace",
            description =
                    "Show how properties are violated, step by step. Done anyway if there is one"
                            + " scenario.")
    private boolean trace;

    @Option(
            names = "--html",
            paramLabel = "<directory>",
            description =
                    "Write a page for each scenario, with programs, traces and time lines, and an"
                            + " index.")
    private @Nullable Path html;

    @Option(names = "--states-only", description = "Litmus: print the final states alone.")
    private boolean statesOnly;

    @Option(names = "--quiet", description = "Litmus: print the counts alone.")
    private boolean quiet;

    @Option(
            names = "--expect",
            paramLabel = "<log>",
            description = "Litmus: compare all final states with what herd printed into this file.")
    private @Nullable Path log;

    @Mixin private SearchOptions search = new SearchOptions();

    @Option(names = "--json", description = "Print one JSON document instead.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Searching searching = search.searching();
        Request request = Request.of(Library.get(), names);
        List<MemoryModel> asked = models.stream().distinct().sorted().toList();
        if (!request.files().isEmpty()) {
            return litmus(request, asked, searching);
        }
        refuse(statesOnly, "--states-only", "with litmus files");
        refuse(quiet, "--quiet", "with litmus files");
        refuse(log != null, "--expect", "with litmus files");
        if (list) {
            ScenarioList scenarios = ScenarioList.of(request.entries());
            print(scenarios, scenarios.render());
            return ExitCode.OK;
        }
        return prove(request, asked, searching);
    }

    private int litmus(Request request, List<MemoryModel> asked, Searching searching)
            throws InterruptedException {
        refuse(list, "--list", "with scenarios");
        refuse(trace, "--trace", "with scenarios");
        refuse(html != null, "--html", "with scenarios");
        refuse(json && (quiet || statesOnly), "--json", "without --quiet and --states-only");
        refuse(quiet && statesOnly, "--quiet", "without --states-only");
        refuse(log != null && asked.size() > 1, "--expect", "with one --model");
        HerdLog recorded = log == null ? null : HerdLog.read(log);
        LitmusPrinter printer = new LitmusPrinter(quiet, statesOnly, asked.size() > 1);
        LitmusReport report;
        try (StatusLine status = StatusLine.start("prove")) {
            report =
                    new LitmusBatch(Main.version(), request.files(), asked, searching)
                            .run(status, json ? _ -> {} : printer);
        }
        if (recorded != null) {
            report = report.with(Comparison.of(recorded, report.tests()));
        }
        if (json) {
            Json.print(report);
        } else {
            printer.summarize(report);
        }
        return report.exitCode();
    }

    private int prove(Request request, List<MemoryModel> asked, Searching searching)
            throws IOException, InterruptedException {
        List<Check> checks =
                request.entries().stream()
                        .flatMap(entry ->
                                Check.of(entry.scenario(), asked, request.named()).stream())
                        .toList();
        if (checks.isEmpty()) {
            throw new UsageException(
                    "--model: nothing is expected of these scenarios under such models (expected:"
                            + " others, or a scenario by its id)");
        }
        Site site = html == null ? null : Site.in(html);
        ProveResult result;
        try (StatusLine status = StatusLine.start("prove")) {
            result = new ProveRunner(Main.version(), checks, searching).run(status);
        }
        print(result, text(request.entries(), result));
        if (site != null) {
            // With --json, standard output has the document alone.
            (json ? System.err : System.out).print(site.write(request.entries(), result));
        }
        return result.exitCode();
    }

    private String text(List<Entry> entries, ProveResult result) {
        Exhibit exhibit = entries.size() == 1 ? entries.getFirst().exhibit() : null;
        return (exhibit == null ? "" : ExhibitText.render(exhibit))
                + ProveText.render(result, trace || entries.size() == 1);
    }

    private static void refuse(boolean given, String option, String expected) {
        if (given) {
            throw new UsageException(option + " means nothing here (expected: " + expected + ")");
        }
    }

    private void print(Object document, String text) {
        if (json) {
            Json.print(document);
        } else {
            System.out.print(text);
        }
    }

    /** Memory models by their names in lower case. */
    static final class ModelName implements ITypeConverter<MemoryModel>, Iterable<String> {
        @Override
        public MemoryModel convert(String value) {
            return Arrays.stream(MemoryModel.values())
                    .filter(model -> model.name().equalsIgnoreCase(value))
                    .findFirst()
                    .orElseThrow(() ->
                            new TypeConversionException(
                                    value + " (expected: one of " + String.join(", ", this) + ")"));
        }

        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(MemoryModel.values())
                    .map(model -> model.name().toLowerCase(Locale.ROOT))
                    .iterator();
        }
    }
}
