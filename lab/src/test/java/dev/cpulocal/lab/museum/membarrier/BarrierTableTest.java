// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.membarrier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.lab.Checker;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.TraceTable;
import dev.cpulocal.lab.Verdict.Kind;
import dev.cpulocal.lab.museum.membarrier.BarrierTable.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The page about the barriers has the cells, the scenarios and the trace that the checker finds.
 */
class BarrierTableTest {

    private static final Path PAGE = Path.of("..", "docs", "membarrier-barriers.md");

    static Stream<Row> rows() {
        return BarrierTable.rows().stream();
    }

    static Stream<Row> removals() {
        return rows().filter(row -> !row.barrier().isEmpty());
    }

    private static String line(Row row) {
        String cells =
                Arrays.stream(MemoryModel.values())
                        .map(model -> cell(Objects.requireNonNull(row.cells().get(model))))
                        .collect(Collectors.joining(" | "));
        return "| "
                + String.join(" | ", removed(row), row.architectures(), row.pairs(), cells)
                + " |";
    }

    private static String removed(Row row) {
        return row.barrier().isEmpty() ? "nothing" : "`" + row.barrier() + "`";
    }

    private static String cell(Kind kind) {
        String word = kind.name().toLowerCase(Locale.ROOT);
        return kind == Kind.VIOLATED ? "**" + word + "**" : word;
    }

    private static String scenesLine(Row row) {
        return "| "
                + removed(row)
                + ", "
                + row.architectures()
                + " | "
                + String.join("; ", row.failing(MemoryModel.ARMV8))
                + " |";
    }

    @Test
    void pageHasTheCells() throws IOException {
        String page = Files.readString(PAGE);

        rows().forEach(row -> assertTrue(page.contains(line(row)), line(row)));
    }

    @ParameterizedTest
    @MethodSource("removals")
    void pageHasTheScenariosThatFail(Row row) throws IOException {
        String line = scenesLine(row);

        assertTrue(Files.readString(PAGE).contains(line), line);
    }

    @Test
    void pageHasTheTrace() throws IOException {
        Row row =
                removals()
                        .filter(one -> one.barrier().contains("mmdrop"))
                        .findFirst()
                        .orElseThrow();
        String trace = TraceTable.of(Checker.of(MemoryModel.TSO).check(row.variant().model()));

        String shown = trace.strip().replaceAll("shortest of [0-9 ]+ states", "shortest of");
        String page =
                Files.readString(PAGE).replaceAll("shortest of [0-9 ]+ states", "shortest of");
        assertTrue(page.contains(shown), trace);
    }

    @Test
    void everyBarrierIsRemovedWhereItIs() {
        List<String> lines = removals().map(Row::barrier).distinct().toList();

        assertEquals(Barrier.values().length, lines.size());
    }
}
