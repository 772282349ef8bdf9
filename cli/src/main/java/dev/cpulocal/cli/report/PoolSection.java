// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.report;

import dev.cpulocal.bench.Spread;
import dev.cpulocal.bench.pool.PoolSubject;
import dev.cpulocal.cli.bench.CounterText;
import dev.cpulocal.cli.bench.PoolResult;
import dev.cpulocal.cli.bench.PoolResult.Row;
import dev.cpulocal.cli.report.Chart.Series;
import dev.cpulocal.cli.terminal.Units;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The section of the pool benchmark. */
final class PoolSection {

    private PoolSection() {}

    static Section of(PoolResult result) {
        Map<String, List<Row>> scenarios =
                result.rows().stream()
                        .collect(
                                Collectors.groupingBy(
                                        Row::scenario, LinkedHashMap::new, Collectors.toList()));
        List<Chart> charts = new ArrayList<>();
        scenarios.forEach((title, rows) -> charts.add(chart(charts.size(), title, rows)));
        Map<String, Object> model =
                Map.of(
                        "limits", result.limits(),
                        "versions", String.join(", ", result.versions()),
                        "charts", charts.stream().map(Chart::model).toList(),
                        "tables", scenarios.entrySet().stream().map(PoolSection::table).toList());
        return new Section("pool", "Pools, side by side", Pages.render("pool", model));
    }

    /** Pools as groups, and in each the thread counts. */
    private static Chart chart(int number, String title, List<Row> rows) {
        List<String> labels = rows.stream().map(Row::label).distinct().toList();
        return new Chart(
                "chart-pool-" + number,
                title,
                "Nanoseconds of a CPU per acquire and release, by thread count.",
                "ns",
                labels,
                rows.stream()
                        .map(Row::threads)
                        .distinct()
                        .map(threads -> series(threads, labels, rows))
                        .toList());
    }

    private static Series series(int threads, List<String> labels, List<Row> rows) {
        List<@Nullable Spread> spreads = new ArrayList<>();
        for (String label : labels) {
            spreads.add(
                    rows.stream()
                            .filter(row -> row.label().equals(label) && row.threads() == threads)
                            .findFirst()
                            .map(Row::nanos)
                            .orElse(null));
        }
        return new Series(CounterText.threads(threads), spreads);
    }

    private static Map<String, Object> table(Map.Entry<String, List<Row>> scenario) {
        return Map.of(
                "title", scenario.getKey(),
                "rows", scenario.getValue().stream().map(PoolSection::row).toList());
    }

    private static Map<String, Object> row(Row row) {
        return Map.of(
                "ours", row.subject().equals(PoolSubject.CPU_POOL.name()),
                "threads", row.threads(),
                "label", row.label(),
                "median", Units.digits(row.nanos().median()),
                "range", CounterText.range(row.nanos()),
                "toCpuPool", CounterText.times(row.toCpuPool()),
                "toCpuPoolRange", CounterText.range(row.toCpuPool()));
    }
}
