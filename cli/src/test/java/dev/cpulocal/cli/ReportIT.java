// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cpulocal.Rseq;
import dev.cpulocal.cli.CommandLineRun.Result;
import dev.cpulocal.cli.terminal.Units;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code report} of the packaged jar. */
class ReportIT {

    private static final String UNSAFE = "--sun-misc-unsafe-memory-access=allow";
    private static final String RESULTS = "<script type=\"application/json\" id=\"results\">";

    @TempDir Path directory;

    @Test
    void writesOneFileThatIsCompleteInItself() throws Exception {
        Result result =
                CommandLineRun.jar(UNSAFE)
                        .in(directory)
                        .run("report", "--quick")
                        .expect(ExitCode.OK);

        Path file = directory.resolve("report.html").toRealPath();
        String page = Files.readString(file);
        JsonNode results = results(page);
        assertTrue(result.out().endsWith("\nThe report is in " + file + "\n"), result::out);
        assertTrue(result.out().contains(results.at("/doctor/verdict").asText()), result::out);
        assertTrue(result.out().contains("Nothing was lost: "), result::out);
        assertTrue(result.err().contains("report: "), "progress goes to standard error");
        assertLoadsNothing(page);
        assertShowsItsNumbers(page, results);
    }

    private static JsonNode results(String page) throws Exception {
        int begin = page.indexOf(RESULTS) + RESULTS.length();
        return Json.MAPPER.readTree(page.substring(begin, page.indexOf("</script>", begin)));
    }

    private static void assertLoadsNothing(String page) {
        int library = page.indexOf("Chart.js v");
        int libraryEnd = page.indexOf("</script>", library);
        String own = page.substring(0, library) + page.substring(libraryEnd);
        assertFalse(own.contains("http://") || own.contains("https://"), "an address");
        assertFalse(own.contains(" src="), "a resource");
        assertFalse(own.contains("@import") || own.contains("url("), "a style sheet");
        assertFalse(page.contains("sourceMappingURL"), "a source map");
        assertTrue(page.contains("default-src 'none'"), "a browser is told so, too");
    }

    private static void assertShowsItsNumbers(String page, JsonNode results) {
        assertEquals(
                Rseq.availability().isAvailable(), results.at("/doctor/machineCode").asBoolean());
        JsonNode rows = results.at("/bench/counter/rows");
        assertTrue(rows.size() >= 8, rows::toString);
        for (JsonNode row : rows) {
            BenchIT.assertSpread(row.get("nanos"));
            double median = row.at("/nanos/median").asDouble();
            assertTrue(page.contains(">" + Units.digits(median) + "<"), row::toString);
        }
        assertEquals(5, results.at("/bench/memory/rows").size());
        assertTrue(results.at("/bench/firstUse/starts").asInt() >= 3);
        assertTrue(results.at("/bench/remote/rows").size() > 0);
        assertEquals(6, results.at("/stress/modes").size());
        for (JsonNode mode : results.at("/stress/modes")) {
            String operations = Units.count(mode.at("/outcome/operations").asLong());
            assertTrue(page.contains(">" + operations + "<"), mode::toString);
            for (JsonNode check : mode.at("/outcome/checks")) {
                assertTrue(page.contains(">" + check.get("family").asText() + "<"), mode::toString);
                String found = Units.count(check.get("actual").asLong());
                assertTrue(page.contains(">" + found + "<"), check::toString);
            }
        }
        for (String section :
                List.of("counter", "pool", "memory", "first-use", "remote", "stress", "doctor")) {
            assertTrue(page.contains("<section id=\"" + section + "\""), section);
        }
    }

    @Test
    void refusesAFileThatCannotBeWrittenBeforeItMeasures() throws Exception {
        for (Path wrong :
                new Path[] {directory, directory.resolve("no-such-directory/report.html")}) {
            Result result =
                    CommandLineRun.jar()
                            .run("report", "--output", wrong.toString())
                            .expect(ExitCode.USAGE);

            assertTrue(result.err().startsWith("cpulocal report: --output: "), result::err);
        }
    }
}
