// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.bench;

import dev.cpulocal.bench.RemoteRun.Kind;
import dev.cpulocal.cli.bench.RemoteResult.Row;
import dev.cpulocal.cli.terminal.Table;
import dev.cpulocal.cli.terminal.Units;
import java.util.Comparator;
import java.util.Optional;

/** The cost of work on another CPU's data as text for people. */
public final class RemoteText {

    private RemoteText() {}

    /** {@return the lines, ended} */
    public static String render(RemoteResult result) {
        Table table = new Table("lrrlr").row("", "busy threads", "ns", "low..high", "99 % within");
        for (Row row : result.rows()) {
            table.row(
                    row.label(),
                    row.busyThreads(),
                    Units.digits(row.nanos().median()),
                    CounterText.range(row.nanos()),
                    Units.digits(row.p99Nanos().median()));
        }
        return "Work on another CPU's data, beside the fence alone\n" + table.render(0);
    }

    /** {@return a vector beside the fence that it needs, in a sentence} */
    public static Optional<String> headline(RemoteResult result) {
        Optional<Row> vector = busiest(result, Kind.VECTOR);
        Optional<Row> fence = busiest(result, Kind.FENCE_RSEQ_CPU);
        Optional<Row> batch = busiest(result, Kind.VECTOR_OF_BATCH);
        return vector.flatMap(
                one -> fence.flatMap(alone -> batch.map(of64 -> sentence(one, alone, of64))));
    }

    private static String sentence(Row vector, Row fence, Row batch) {
        return "An operation vector on another CPU's data takes "
                + Units.digits(vector.nanos().median())
                + " ns, of which the fence alone is "
                + Units.digits(fence.nanos().median())
                + "; in a batch of 64 each takes "
                + Units.digits(batch.nanos().median())
                + " ns";
    }

    private static Optional<Row> busiest(RemoteResult result, Kind kind) {
        return result.rows().stream()
                .filter(row -> row.kind().equals(kind.name()))
                .max(Comparator.comparingInt(Row::busyThreads));
    }
}
