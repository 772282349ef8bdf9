// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.lab.Checker;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Scenario;
import dev.cpulocal.lab.ScenarioFile;
import dev.cpulocal.lab.TraceTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The traces and the example in the documentation are what the checker prints, and what is run. */
class TracePagesTest {

    private static final Path ROOT = Path.of("..");
    private static final Pattern BLOCK = Pattern.compile("(?s)\n```\n(.*?)```\n");

    private static String page(String name) throws IOException {
        return Files.readString(ROOT.resolve("docs").resolve(name));
    }

    private static List<String> tables(String page) {
        return BLOCK.matcher(page)
                .results()
                .map(block -> withoutCount(block.group(1)))
                .filter(block -> block.contains("CPU 0") || block.contains("──"))
                .toList();
    }

    /** How many states there are is a matter of reductions, and none of these pages. */
    private static String withoutCount(String table) {
        return table.replaceAll("(shortest of|among) [0-9 ]+ states", "$1");
    }

    private static String table(Scenario scenario, String variant, MemoryModel memoryModel) {
        var model =
                scenario.variants().stream()
                        .filter(one -> one.name().equals(variant))
                        .findFirst()
                        .orElseThrow()
                        .model();
        return withoutCount(TraceTable.of(Checker.of(memoryModel).check(model)));
    }

    private static Scenario entry(String id) {
        return Museum.scenarios().stream()
                .filter(scenario -> scenario.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static Scenario example(String name) {
        return ScenarioFile.load(ROOT.resolve("examples").resolve(name)).getFirst();
    }

    private static List<String> real() {
        Scenario wakeup = example("LostWakeup.java");
        List<String> real = new ArrayList<>();
        real.add(table(entry("MB-01"), "no barrier after", MemoryModel.TSO));
        real.add(table(entry("FPU-08"), "owner reset", MemoryModel.SC));
        real.add(table(wakeup, "no barriers", MemoryModel.TSO));
        real.add(table(wakeup, "no barriers", MemoryModel.ARMV8));
        real.add(table(example("RestartedForEver.java"), "no fallback", MemoryModel.SC));
        return real;
    }

    @Test
    void tablesAreReal() throws IOException {
        List<String> real = real();
        List<String> shown = new ArrayList<>(tables(page("reading-a-trace.md")));
        shown.addAll(tables(page("writing-a-scenario.md")));

        assertEquals(real.size(), shown.size());
        for (String table : shown) {
            assertTrue(
                    real.stream().anyMatch(one -> one.contains(table) || table.contains(one)),
                    () ->
                            "expected one of these, or a part\n"
                                    + String.join("\n", real)
                                    + "but:\n"
                                    + table);
        }
    }

    @Test
    void pageShowsTheExampleThatIsRun() throws IOException {
        String source = Files.readString(ROOT.resolve("examples/LostWakeup.java"));
        String model = source.substring(source.indexOf("Model model("));

        assertTrue(page("writing-a-scenario.md").contains("```java\n" + model + "```"));
    }
}
