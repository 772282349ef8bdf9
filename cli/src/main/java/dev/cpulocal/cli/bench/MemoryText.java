// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.bench;

import dev.cpulocal.bench.MemoryFootprint.Kind;
import dev.cpulocal.cli.bench.MemoryResult.Row;
import dev.cpulocal.cli.terminal.Table;
import dev.cpulocal.cli.terminal.Units;
import java.util.Optional;

/** The memory of counters as text for people. */
public final class MemoryText {

    private MemoryText() {}

    /** {@return the lines, ended} */
    public static String render(MemoryResult result) {
        Table table =
                new Table("lrlrrr")
                        .row("", "bytes each", "low..high", "on heap", "off heap", "cells");
        for (Row row : result.rows()) {
            table.row(
                    row.label(),
                    Units.digits(row.bytes().median()),
                    CounterText.range(row.bytes()),
                    Units.digits(row.heapBytes().median()),
                    Units.digits(row.offHeapBytes().median()),
                    row.cells() == 0 ? "" : Units.digits(row.cells()));
        }
        return "Memory of "
                + Units.count(result.counters())
                + " counters, after all CPUs have added to them\n"
                + table.render(0);
    }

    /** {@return a row of counters beside contended LongAdders, in a sentence} */
    public static Optional<String> headline(MemoryResult result) {
        Optional<Row> ours = find(result, Kind.CPU_COUNTERS);
        Optional<Row> theirs = find(result, Kind.CONTENDED_LONG_ADDER);
        return ours.flatMap(row -> theirs.map(adder -> compare(result, row, adder)));
    }

    private static String compare(MemoryResult result, Row ours, Row theirs) {
        return Units.count(result.counters())
                + " counters, all CPUs adding: "
                + Units.digits(ours.bytes().median())
                + " bytes each in a row of CpuCounters, "
                + Units.digits(theirs.bytes().median())
                + " as contended LongAdders";
    }

    private static Optional<Row> find(MemoryResult result, Kind kind) {
        return result.rows().stream().filter(row -> row.kind().equals(kind.name())).findFirst();
    }
}
