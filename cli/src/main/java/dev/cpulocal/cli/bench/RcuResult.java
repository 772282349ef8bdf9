// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.bench;

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
 * @param reads read sections, by kind of threads, their number and subject
 * @param writers grace periods and closing memory
 */
public record RcuResult(List<Read> reads, List<Writer> writers) {

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
     * @param nanos the time of one operation: of the medians of several JVMs
     */
    public record Writer(String kind, String label, int threads, Spread nanos) {

        static Writer of(WriterRun.Row row) {
            return new Writer(row.kind().name(), row.kind().label(), row.threads(), row.nanos());
        }
    }

    /** Copies the lists. */
    public RcuResult {
        reads = List.copyOf(reads);
        writers = List.copyOf(writers);
    }

    /** {@return the result that consists of these measurements} */
    public static RcuResult of(
            List<Measurement<ReadConfiguration>> reads, List<WriterRun.Row> writers) {
        return new RcuResult(
                reads.stream()
                        .map(measurement -> Read.of(measurement, reads))
                        .sorted(
                                Comparator.comparing(Read::virtual)
                                        .thenComparingInt(Read::threads)
                                        .thenComparing(row -> ReadSubject.valueOf(row.subject)))
                        .toList(),
                writers.stream().map(Writer::of).toList());
    }
}
