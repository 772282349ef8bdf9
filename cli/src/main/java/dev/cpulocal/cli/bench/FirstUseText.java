// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.bench;

import dev.cpulocal.bench.Spread;
import dev.cpulocal.cli.bench.FirstUseResult.Row;
import dev.cpulocal.cli.terminal.Table;
import dev.cpulocal.cli.terminal.Units;
import java.util.Optional;

/** The times of first use as text for people. */
public final class FirstUseText {

    private FirstUseText() {}

    /** {@return the lines, ended} */
    public static String render(FirstUseResult result) {
        Table table =
                new Table("lrlrl").row("ms", "CpuCounters", "low..high", "LongAdder", "low..high");
        for (Row row : result.rows()) {
            table.row(
                    row.label(),
                    Units.digits(row.counterMillis().median()),
                    CounterText.range(row.counterMillis()),
                    CounterText.times(row.adderMillis()),
                    CounterText.range(row.adderMillis()));
        }
        return "First use, in "
                + result.starts()
                + " JVMs each\n"
                + table.render(0)
                + committed(result);
    }

    private static String committed(FirstUseResult result) {
        return result.committed()
                ? ""
                : "Not every first addition was committed by a sequence: see 'cpulocal doctor'.\n";
    }

    /** {@return the first addition beside LongAdder's, in a sentence} */
    public static Optional<String> headline(FirstUseResult result) {
        return result.rows().stream()
                .filter(row -> row.id().equals("firstAddition"))
                .findFirst()
                .map(FirstUseText::headline);
    }

    private static String headline(Row row) {
        Spread adder = row.adderMillis();
        return "A fresh JVM has done its first addition after "
                + Units.digits(row.counterMillis().median())
                + " ms with CpuCounters"
                + (adder == null ? "" : ", " + Units.digits(adder.median()) + " with LongAdder");
    }
}
