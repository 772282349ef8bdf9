// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.bench;

import dev.cpulocal.bench.pool.PoolSubject;
import dev.cpulocal.cli.bench.PoolResult.Row;
import dev.cpulocal.cli.terminal.Table;
import dev.cpulocal.cli.terminal.Units;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The result of the pool benchmark as text for people. */
public final class PoolText {

    /** What a program that shares objects between threads would have. */
    private static final Set<String> SHARED =
            Set.of(
                    PoolSubject.JACKSON_DEQUE.name(),
                    PoolSubject.JACKSON_BOUNDED.name(),
                    PoolSubject.JACKSON_LOCK_FREE.name(),
                    PoolSubject.STRIPED.name(),
                    PoolSubject.JCTOOLS.name(),
                    PoolSubject.NETTY_SHARED.name(),
                    PoolSubject.STORMPOT.name(),
                    PoolSubject.COMMONS_POOL2.name());

    private PoolText() {}

    /** {@return the lines, ended} */
    public static String render(PoolResult result) {
        Table table = new Table("rlrlrl").row("threads", "", "ns/op", "low..high", "x CpuPool", "");
        scenarios(result).forEach((scenario, rows) -> addScenario(table, scenario, rows));
        return "Acquiring and releasing a buffer, in ns of a CPU\n"
                + table.render(0)
                + "\nThe middle of all samples, and the least and greatest; of ratios, over JVMs that"
                + " ran one after the other.\n"
                + "Against "
                + String.join(", ", result.versions())
                + ".\n"
                + result.limits().stream().map(limit -> limit + "\n").collect(Collectors.joining());
    }

    private static Map<String, List<Row>> scenarios(PoolResult result) {
        return result.rows().stream()
                .collect(
                        Collectors.groupingBy(
                                Row::scenario, LinkedHashMap::new, Collectors.toList()));
    }

    private static void addScenario(Table table, String scenario, List<Row> rows) {
        table.heading("").heading(scenario);
        int threads = 0;
        for (Row row : rows) {
            table.row(
                    row.threads() == threads ? "" : row.threads(),
                    row.label(),
                    Units.digits(row.nanos().median()),
                    CounterText.range(row.nanos()),
                    CounterText.times(row.toCpuPool()),
                    CounterText.range(row.toCpuPool()));
            threads = row.threads();
        }
    }

    /** {@return CpuPool beside the best pool that threads share, a sentence for each scenario} */
    public static List<String> headlines(PoolResult result) {
        return scenarios(result).entrySet().stream()
                .flatMap(scenario -> headline(scenario.getKey(), scenario.getValue()).stream())
                .toList();
    }

    private static Optional<String> headline(String scenario, List<Row> rows) {
        int threads = rows.stream().mapToInt(Row::threads).max().orElseThrow();
        List<Row> most = rows.stream().filter(row -> row.threads() == threads).toList();
        Optional<Row> ours =
                most.stream()
                        .filter(row -> row.subject().equals(PoolSubject.CPU_POOL.name()))
                        .findFirst();
        Optional<Row> best =
                most.stream()
                        .filter(row -> SHARED.contains(row.subject()))
                        .min(Comparator.comparingDouble(row -> row.nanos().median()));
        return ours.flatMap(row ->
                best.map(other ->
                        threads
                                + " "
                                + scenario
                                + ": acquiring and releasing takes "
                                + Units.digits(row.nanos().median())
                                + " ns with CpuPool, "
                                + Units.digits(other.nanos().median())
                                + " with the best pool that threads share, "
                                + other.label()));
    }
}
