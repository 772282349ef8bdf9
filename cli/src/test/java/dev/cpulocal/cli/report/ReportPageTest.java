// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.bench.Configuration;
import dev.cpulocal.bench.Measurement;
import dev.cpulocal.bench.Spread;
import dev.cpulocal.bench.Subject;
import dev.cpulocal.cli.Json;
import dev.cpulocal.cli.bench.BenchResult;
import dev.cpulocal.cli.bench.CounterResult;
import dev.cpulocal.cli.doctor.Examination;
import dev.cpulocal.cli.doctor.Findings;
import dev.cpulocal.cli.stress.Outcome;
import dev.cpulocal.cli.stress.StressResult;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReportPageTest {

    private static final String EVIL = "</script><img src=x onerror='alert(1)'> & \"quoted\"";
    private static final ZonedDateTime NOW = ZonedDateTime.parse("2026-01-02T03:04:05Z");

    private static Results results(String version, Map<String, String> failures) {
        Findings findings = Examination.examine(version);
        CounterResult counter =
                CounterResult.of(
                        List.of(
                                Measurement.of(
                                        new Configuration(Subject.CPU_COUNTER, 2, false, 1),
                                        List.of(List.of(3.25, 3.5, 9.75)))));
        Outcome outcome =
                new Outcome(
                        true,
                        2,
                        1,
                        1,
                        1,
                        1,
                        1,
                        1,
                        1,
                        1,
                        1,
                        1,
                        List.of(),
                        List.of(),
                        List.of("failed: " + EVIL));
        return new Results(
                findings,
                new BenchResult(
                        version,
                        findings.platform(),
                        2,
                        counter,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null),
                new StressResult(version, 1, 2, outcome, List.of()),
                new Proofs(false, "FAILED: " + EVIL, 2, 3, 4, "museum/index.html"),
                failures);
    }

    @Test
    void escapesEveryValue() {
        String page = ReportPage.render(results(EVIL, Map.of("bench", EVIL)), NOW);

        assertFalse(page.contains("<img"));
        assertTrue(page.contains("&lt;&#x2F;script&gt;") || page.contains("&lt;/script&gt;"));
        assertTrue(page.contains("\\u003c/script>"), "in JSON too");
    }

    @Test
    void embedsTheResultsAsJson() throws Exception {
        Results results = results("1.2.3", Map.of());
        String page = ReportPage.render(results, NOW);

        String start = "<script type=\"application/json\" id=\"results\">";
        int begin = page.indexOf(start) + start.length();
        String json = page.substring(begin, page.indexOf("</script>", begin));

        assertEquals(
                Json.MAPPER.readTree(Json.MAPPER.writeValueAsString(results)),
                Json.MAPPER.readTree(json));
        assertTrue(page.contains("<td class=\"number\">3.50</td><td>3.25..9.75</td>"), page);
    }

    @Test
    void showsSectionsInTheirOrderAndNoEmptyOnes() {
        List<Section> sections =
                List.of(
                        new Section("second", "Second <b>", "<p>content</p>"),
                        new Section("empty", "Nothing here", " \n"),
                        new Section("first", "First", "<p>more</p>"));

        String page = ReportPage.page(results("1", Map.of()), sections, NOW);

        assertTrue(page.contains("<a href=\"#second\">Second &lt;b&gt;</a>"));
        assertTrue(page.contains("<section id=\"second\" aria-labelledby=\"second-title\">"));
        assertTrue(page.indexOf("id=\"second\"") < page.indexOf("id=\"first\""));
        assertFalse(page.contains("Nothing here"));
    }

    @Test
    void aBenchmarkThatFailedIsAHeadline() {
        List<Headline> headlines =
                ReportPage.headlines(results("1", Map.of("bench memory", "no memory")));

        assertEquals(
                new Headline(Headline.Kind.BAD, "failed", "bench memory: no memory"),
                headlines.getLast());
    }

    @Test
    void proofsLeadToThePagesOfTheMuseum() {
        Results results = results("1", Map.of());
        String page = ReportPage.render(results, NOW);

        assertTrue(page.contains("<a href=\"museum/index.html\">"), page);
        assertTrue(page.contains("<section id=\"proofs\""), page);
        assertEquals("FAILED: " + EVIL, ReportPage.headlines(results).getLast().text());
        assertTrue(ProofsSection.of(null).html().contains("prove museum --html"));
    }

    @Test
    void theChartLibraryNamesNoOtherFile() {
        assertFalse(Pages.chartJs().contains("sourceMappingURL"));
        assertTrue(Pages.chartJs().contains("Released under the MIT License"));
    }

    @Test
    void anAxisIsCutOnlyWhereASpreadGoesFarOut() {
        Chart usual = chart(new Spread(4, 3, 11), null);
        Chart far = chart(new Spread(4, 3, 100), new Spread(5, 4, 6));

        assertNull(usual.getMax());
        assertNotNull(far.getMax());
        assertEquals(15, far.getMax());
        assertTrue(Pages.render("figure", far.model()).contains("the table has their ends"));
        assertEquals(
                Arrays.asList(4.0, null), usual.series().getFirst().getMedians(), "gaps stay gaps");
    }

    private static Chart chart(Spread first, @Nullable Spread second) {
        return new Chart(
                "id",
                "title",
                "description",
                "ns",
                List.of("a", "b"),
                List.of(new Chart.Series("series", Arrays.asList(first, second))));
    }
}
