// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.report;

import dev.cpulocal.bench.Spread;
import dev.cpulocal.bench.Subject;
import dev.cpulocal.cli.bench.CounterResult;
import dev.cpulocal.cli.bench.CounterResult.Row;
import dev.cpulocal.cli.bench.CounterText;
import dev.cpulocal.cli.report.Chart.Series;
import dev.cpulocal.cli.terminal.Units;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The section of the counter benchmark. */
final class CounterSection {

    private static final List<Subject> MAIN =
            List.of(Subject.CPU_COUNTER, Subject.LONG_ADDER, Subject.C_LOOP);

    private CounterSection() {}

    static Section of(CounterResult result) {
        Map<String, List<Row>> scenarios = scenarios(result);
        List<Chart> charts = new ArrayList<>();
        scenarios.forEach((title, rows) -> charts.add(side(charts.size(), title, rows)));
        scenarios.forEach((title, rows) -> addParts(charts, title, rows));
        Map<String, Object> model =
                Map.of(
                        "limits", result.limits(),
                        "charts", charts.stream().map(Chart::model).toList(),
                        "tables",
                                scenarios.entrySet().stream().map(CounterSection::table).toList());
        return new Section("counter", "Counting, side by side", Pages.render("counter", model));
    }

    private static Map<String, List<Row>> scenarios(CounterResult result) {
        return result.rows().stream()
                .collect(
                        Collectors.groupingBy(
                                Row::scenario, LinkedHashMap::new, Collectors.toList()));
    }

    /** Thread counts as groups, and in each what one chooses between. */
    private static Chart side(int number, String title, List<Row> rows) {
        List<Integer> threads = rows.stream().map(Row::threads).distinct().sorted().toList();
        List<Series> series =
                MAIN.stream()
                        .filter(subject -> rows.stream().anyMatch(is(subject)))
                        .map(subject -> series(subject, rows, threads))
                        .toList();
        return new Chart(
                "chart-" + number,
                title,
                "Nanoseconds per addition, by thread count.",
                "ns per addition",
                threads.stream().map(CounterText::threads).toList(),
                series);
    }

    private static Series series(Subject subject, List<Row> rows, List<Integer> threads) {
        List<@Nullable Spread> spreads = new ArrayList<>();
        for (int count : threads) {
            spreads.add(find(rows, is(subject).and(row -> row.threads() == count)));
        }
        return new Series(subject.label(), spreads);
    }

    /** Everything measured as groups, and in each the thread counts. */
    private static void addParts(List<Chart> charts, String title, List<Row> rows) {
        List<String> labels = rows.stream().map(Row::label).distinct().toList();
        if (labels.size() > MAIN.size()) {
            List<Row> others =
                    rows.stream()
                            .filter(row ->
                                    MAIN.stream().noneMatch(subject -> is(subject).test(row)))
                            .toList();
            List<Series> series =
                    others.stream()
                            .map(Row::threads)
                            .distinct()
                            .sorted()
                            .map(count -> parts(count, rows, labels))
                            .toList();
            charts.add(
                    new Chart(
                            "chart-" + charts.size(),
                            "What each part costs: " + title,
                            "From what users take today to the parts of CpuCounter; an empty call is"
                                    + " the floor under all calls of machine code.",
                            "ns per addition",
                            labels,
                            series));
        }
    }

    private static Series parts(int threads, List<Row> rows, List<String> labels) {
        List<@Nullable Spread> spreads = new ArrayList<>();
        for (String label : labels) {
            spreads.add(find(rows, row -> row.label().equals(label) && row.threads() == threads));
        }
        return new Series(CounterText.threads(threads), spreads);
    }

    private static Predicate<Row> is(Subject subject) {
        return row -> row.subject().equals(subject.name());
    }

    private static @Nullable Spread find(List<Row> rows, Predicate<Row> wanted) {
        return rows.stream().filter(wanted).findFirst().map(Row::nanos).orElse(null);
    }

    private static Map<String, Object> table(Map.Entry<String, List<Row>> scenario) {
        return Map.of(
                "title", scenario.getKey(),
                "rows", scenario.getValue().stream().map(CounterSection::row).toList());
    }

    private static Map<String, Object> row(Row row) {
        return Map.of(
                "ours", is(Subject.CPU_COUNTER).test(row),
                "threads", row.threads(),
                "label", row.label(),
                "median", Units.digits(row.nanos().median()),
                "range", CounterText.range(row.nanos()),
                "toLongAdder", CounterText.times(row.toLongAdder()),
                "toLongAdderRange", CounterText.range(row.toLongAdder()),
                "toC", CounterText.times(row.toCLoop()),
                "toCRange", CounterText.range(row.toCLoop()));
    }
}
