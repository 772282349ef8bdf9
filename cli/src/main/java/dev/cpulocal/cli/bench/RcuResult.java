// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.bench;

import dev.cpulocal.Availability;
import dev.cpulocal.bench.Liburcu;
import dev.cpulocal.bench.Measurement;
import dev.cpulocal.bench.Spread;
import dev.cpulocal.bench.rcu.ReadConfiguration;
import dev.cpulocal.bench.rcu.ReadRun;
import dev.cpulocal.bench.rcu.ReadSubject;
import dev.cpulocal.bench.rcu.WriterRun;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What read sections and grace periods cost.
 *
 * @param limits what this machine cannot show, a sentence each
 * @param reads read sections, by kind of threads, their number and subject
 * @param writers grace periods and closing memory
 */
public record RcuResult(List<String> limits, List<Read> reads, List<Writer> writers) {

    /**
     * A measurement of read sections.
     *
     * @param subject how was read, by its constant in {@link ReadSubject}
     * @param label its name for people
     * @param threads how many threads read at the same time
     * @param virtual whether they were virtual
     * @param samples how many samples there are
     * @param nanos how long a CPU worked on one section
     * @param toRcu how many times as long as Rcu; null for itself, or if not measured
     */
    public record Read(
            String subject,
            String label,
            int threads,
            boolean virtual,
            int samples,
            Spread nanos,
            @Nullable Spread toRcu) {

        static Read of(
                Measurement<ReadConfiguration> measurement,
                List<Measurement<ReadConfiguration>> all) {
            ReadConfiguration configuration = measurement.configuration();
            return new Read(
                    configuration.subject().name(),
                    configuration.subject().label(),
                    configuration.threads(),
                    configuration.virtual(),
                    measurement.samples(),
                    measurement.nanos(),
                    ReadRun.toRcu(measurement, all).orElse(null));
        }
    }

    /**
     * A measurement of the rare side.
     *
     * @param kind its constant in {@link WriterRun.Kind}
     * @param label its name for people
     * @param threads how many other threads there were
     * @param nanos the time of one operation: of the medians of several JVMs, or runs in C
     */
    public record Writer(String kind, String label, int threads, Spread nanos) {

        static Writer of(WriterRun.Row row) {
            return new Writer(row.kind().name(), row.kind().label(), row.threads(), row.nanos());
        }
    }

    /** Copies the lists. */
    public RcuResult {
        limits = List.copyOf(limits);
        reads = List.copyOf(reads);
        writers = List.copyOf(writers);
    }

    /** {@return the result that consists of these measurements} */
    public static RcuResult of(
            List<Measurement<ReadConfiguration>> reads, List<WriterRun.Row> writers) {
        List<Read> rows =
                reads.stream()
                        .map(measurement -> Read.of(measurement, reads))
                        .sorted(
                                Comparator.comparing(Read::virtual)
                                        .thenComparingInt(Read::threads)
                                        .thenComparing(row -> ReadSubject.valueOf(row.subject)))
                        .toList();
        return new RcuResult(
                limits(liburcu(rows)), rows, writers.stream().map(Writer::of).toList());
    }

    /** The C program says why it was not measured, if it was not. */
    private static Availability liburcu(List<Read> rows) {
        if (rows.stream().anyMatch(row -> row.subject.equals(ReadSubject.LIBURCU.name()))) {
            return Availability.available();
        }
        try (Liburcu liburcu = Liburcu.build()) {
            return liburcu.availability();
        }
    }

    static List<String> limits(Availability liburcu) {
        return liburcu.isAvailable()
                ? List.of()
                : List.of(CounterResult.missing("liburcu in C", liburcu));
    }
}
