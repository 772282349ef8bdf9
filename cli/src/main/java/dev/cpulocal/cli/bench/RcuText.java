// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.bench;

import dev.cpulocal.bench.rcu.ReadSubject;
import dev.cpulocal.cli.bench.RcuResult.Read;
import dev.cpulocal.cli.bench.RcuResult.Writer;
import dev.cpulocal.cli.terminal.Table;
import dev.cpulocal.cli.terminal.Units;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The results of the benchmarks of RCU and of its fence as text for people. */
public final class RcuText {

    private RcuText() {}

    /** {@return the lines, ended} */
    public static String render(RcuResult result) {
        Table table = new Table("rlrlrl").row("threads", "", "ns", "low..high", "x Rcu", "");
        addReads(table, "platform threads", rows(result, false));
        addReads(table, "virtual threads", rows(result, true));
        return "A read section, in ns of a CPU\n"
                + table.render(0)
                + "\nWaiting for readers, and closing memory that they may read\n"
                + writers(result.writers())
                + result.limits().stream()
                        .map(limit -> "\n" + limit + "\n")
                        .collect(Collectors.joining());
    }

    private static List<Read> rows(RcuResult result, boolean virtual) {
        return result.reads().stream().filter(row -> row.virtual() == virtual).toList();
    }

    private static void addReads(Table table, String heading, List<Read> rows) {
        if (rows.isEmpty()) {
            return;
        }
        table.heading("").heading(heading);
        int threads = 0;
        for (Read row : rows) {
            table.row(
                    row.threads() == threads ? "" : row.threads(),
                    row.label(),
                    Units.digits(row.nanos().median()),
                    CounterText.range(row.nanos()),
                    CounterText.times(row.toRcu()),
                    CounterText.range(row.toRcu()));
            threads = row.threads();
        }
    }

    private static String writers(List<Writer> rows) {
        Table table = new Table("lrrl").row("", "other threads", "ns", "low..high");
        rows.forEach(row ->
                table.row(
                        row.label(),
                        row.threads(),
                        Units.digits(row.nanos().median()),
                        CounterText.range(row.nanos())));
        return table.render(0);
    }

    /** {@return the lines about the fence, ended} */
    public static String render(FenceResult result) {
        String fences =
                result.asymmetric()
                        ? "The light fence is no instruction here, the heavy one is membarrier.\n"
                        : "Both are full fences here.\n";
        return "The two sides of an asymmetric fence\n"
                + writers(result.rows())
                + "\nThe frequent side, with its share of the rare one, in ns\n"
                + mixed(result.mixed())
                + "\n"
                + fences
                + headline(result).map(line -> line + ".\n").orElse("");
    }

    private static String mixed(List<FenceResult.Mixed> rows) {
        Table table =
                new Table("rrlrl")
                        .row("frequent for each rare", "light, heavy", "", "full, full", "");
        rows.forEach(row ->
                table.row(
                        Units.count(row.ratio()),
                        Units.digits(row.pair().median()),
                        CounterText.range(row.pair()),
                        Units.digits(row.twoFull().median()),
                        CounterText.range(row.twoFull())));
        return table.render(0);
    }

    /** {@return where the break-even lies, in a sentence} */
    public static Optional<String> headline(FenceResult result) {
        return Double.isInfinite(result.breakEven())
                ? Optional.empty()
                : Optional.of(
                        "An asymmetric fence pays from "
                                + Units.count(Math.round(result.breakEven()))
                                + " executions of its frequent side on, for each of the rare one");
    }

    /**
     * {@return a read section beside a read lock, with the most platform threads, in a sentence}
     */
    public static Optional<String> headline(RcuResult result) {
        return rows(result, false).stream()
                .max(Comparator.comparingInt(Read::threads))
                .map(Read::threads)
                .flatMap(threads -> headline(result, threads));
    }

    private static Optional<String> headline(RcuResult result, int threads) {
        Optional<Read> rcu = row(result, threads, ReadSubject.RCU);
        Optional<Read> lock = row(result, threads, ReadSubject.READ_WRITE_LOCK);
        return rcu.flatMap(one ->
                lock.map(other ->
                        "A read section takes "
                                + Units.digits(one.nanos().median())
                                + " ns of a CPU with "
                                + threads
                                + " threads, that of a ReentrantReadWriteLock "
                                + Units.digits(other.nanos().median())));
    }

    private static Optional<Read> row(RcuResult result, int threads, ReadSubject subject) {
        return rows(result, false).stream()
                .filter(row -> row.threads() == threads && row.subject().equals(subject.name()))
                .findFirst();
    }
}
