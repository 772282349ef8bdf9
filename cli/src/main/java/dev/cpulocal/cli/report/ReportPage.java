// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.report;

import dev.cpulocal.cli.Json;
import dev.cpulocal.cli.doctor.Findings.Platform;
import dev.cpulocal.cli.html.Templates;
import dev.cpulocal.cli.report.Headline.Kind;
import dev.cpulocal.cli.stress.StressText;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The page: a list of sections in a frame. */
public final class ReportPage {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm xxx", Locale.ROOT);

    private ReportPage() {}

    /**
     * {@return the HTML}
     *
     * @param results what it shows
     * @param now when it was measured
     */
    public static String render(Results results, ZonedDateTime now) {
        return page(results, sections(results), now);
    }

    static String page(Results results, List<Section> sections, ZonedDateTime now) {
        Map<String, Object> model =
                Map.ofEntries(
                        Map.entry("title", "Per-CPU data on this machine"),
                        Map.entry("version", results.doctor().version()),
                        Map.entry("machine", machine(results)),
                        Map.entry("generated", TIME.format(now)),
                        Map.entry("headlines", headlines(results)),
                        Map.entry("sections", shown(sections)),
                        Map.entry("css", Templates.css()),
                        Map.entry("script", Pages.resource("report.js")),
                        Map.entry("chartJs", Pages.chartJs()),
                        Map.entry("chartVersion", Pages.CHART_VERSION),
                        Map.entry(
                                "results", Templates.scriptData(Json.MAPPER.valueToTree(results))));
        return Pages.render("page", model);
    }

    /** In the order in which they are shown. */
    private static List<Section> sections(Results results) {
        List<Section> sections = new ArrayList<>();
        sections.addAll(BenchSections.of(results.bench()));
        sections.add(StressSection.of(results.stress()));
        sections.add(ProofsSection.of(results.proofs()));
        sections.add(DoctorSection.of(results.doctor()));
        sections.add(new Section("reading", "How to read this", Pages.render("reading", Map.of())));
        return sections;
    }

    private static List<Section> shown(List<Section> sections) {
        return sections.stream().filter(section -> !section.html().isBlank()).toList();
    }

    private static String machine(Results results) {
        Platform platform = results.doctor().platform();
        int cpus = results.doctor().cpus().availableProcessors();
        return String.join(
                ", ",
                platform.processor(),
                cpus + (cpus == 1 ? " CPU" : " CPUs"),
                platform.os(),
                platform.libc(),
                "JDK " + platform.jdk());
    }

    /** {@return what stands at the top} */
    public static List<Headline> headlines(Results results) {
        List<Headline> headlines = new ArrayList<>();
        headlines.add(
                new Headline(
                        DoctorSection.kind(results.doctor()),
                        results.doctor().mode().name().toLowerCase(Locale.ROOT),
                        results.doctor().verdict()));
        results.bench()
                .headlines()
                .forEach(text -> headlines.add(new Headline(Kind.FACT, "measured", text)));
        headlines.add(
                new Headline(
                        StressSection.kind(results.stress().passed()),
                        results.stress().passed() ? "passed" : "failed",
                        StressText.verdict(results.stress())));
        Proofs proofs = results.proofs();
        if (proofs != null) {
            headlines.add(
                    new Headline(
                            StressSection.kind(proofs.passed()),
                            proofs.passed() ? "proved" : "failed",
                            proofs.summary()));
        }
        results.failures()
                .forEach((command, text) ->
                        headlines.add(new Headline(Kind.BAD, "failed", command + ": " + text)));
        return headlines;
    }
}
