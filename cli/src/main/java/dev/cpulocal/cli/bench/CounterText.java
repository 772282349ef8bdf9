// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.bench;

import dev.cpulocal.bench.Spread;
import dev.cpulocal.bench.Subject;
import dev.cpulocal.cli.bench.CounterResult.Row;
import dev.cpulocal.cli.terminal.Table;
import dev.cpulocal.cli.terminal.Units;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The result of the counter benchmark as text for people. */
public final class CounterText {

    private CounterText() {}

    /** {@return the lines, ended} */
    public static String render(CounterResult result) {
        Map<String, List<Row>> scenarios =
                result.rows().stream()
                        .collect(
                                Collectors.groupingBy(
                                        Row::scenario, LinkedHashMap::new, Collectors.toList()));
        Table table =
                new Table("rlrlrlrl")
                        .row("threads", "", "ns/op", "low..high", "x LongAdder", "", "x C", "");
        scenarios.forEach((scenario, rows) -> addScenario(table, scenario, rows));
        return table.render(0)
                + "\nThe middle of all samples, and the least and greatest; of ratios, over pairs"
                + " of JVMs that ran one after the other.\n"
                + result.limits().stream().map(limit -> limit + "\n").collect(Collectors.joining());
    }

    private static void addScenario(Table table, String scenario, List<Row> rows) {
        table.heading("").heading(scenario);
        int threads = 0;
        for (Row row : rows) {
            table.row(
                    row.threads() == threads ? "" : row.threads(),
                    row.label(),
                    Units.digits(row.nanos().median()),
                    range(row.nanos()),
                    times(row.toLongAdder()),
                    range(row.toLongAdder()),
                    times(row.toCLoop()),
                    range(row.toCLoop()));
            threads = row.threads();
        }
    }

    /** {@return a ratio; empty if there is none} */
    public static String times(@Nullable Spread ratio) {
        return ratio == null ? "" : Units.digits(ratio.median());
    }

    /** {@return the ends of a spread; empty if there is none} */
    public static String range(@Nullable Spread spread) {
        return spread == null
                ? ""
                : Units.digits(spread.low()) + ".." + Units.digits(spread.high());
    }

    /** {@return how many threads, in words} */
    public static String threads(int count) {
        return count + (count == 1 ? " thread" : " threads");
    }

    /** {@return CpuCounter beside LongAdder, a sentence for each scenario} */
    public static List<String> headlines(CounterResult result) {
        Map<String, List<String>> scenarios = new LinkedHashMap<>();
        for (Row row : result.rows()) {
            if (row.subject().equals(Subject.CPU_COUNTER.name())) {
                scenarios
                        .computeIfAbsent(row.scenario(), _ -> new ArrayList<>())
                        .add(headline(row));
            }
        }
        return scenarios.entrySet().stream()
                .map(scenario ->
                        scenario.getKey()
                                + ": an addition to CpuCounter takes "
                                + String.join(", ", scenario.getValue()))
                .toList();
    }

    private static String headline(Row row) {
        Spread ratio = row.toLongAdder();
        return Units.digits(row.nanos().median())
                + " ns with "
                + threads(row.threads())
                + (ratio == null
                        ? ""
                        : " (" + times(ratio) + " times LongAdder, " + range(ratio) + ")");
    }
}
