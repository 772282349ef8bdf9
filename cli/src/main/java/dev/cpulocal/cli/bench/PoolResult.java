// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.bench;

import dev.cpulocal.bench.Measurement;
import dev.cpulocal.bench.Spread;
import dev.cpulocal.bench.pool.PoolConfiguration;
import dev.cpulocal.bench.pool.PoolConfiguration.Work;
import dev.cpulocal.bench.pool.PoolRun;
import dev.cpulocal.bench.pool.PoolSubject;
import dev.cpulocal.bench.pool.PoolVersions;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What acquiring and releasing costs, side by side.
 *
 * @param versions the libraries that were measured, each with its version
 * @param limits what this machine cannot show, a sentence each
 * @param rows the measurements, by work, threads and subject
 */
public record PoolResult(List<String> versions, List<String> limits, List<Row> rows) {

    private static final int FEW_CPUS = 8;

    /**
     * One measurement.
     *
     * @param subject what pooled, by its constant in {@link PoolSubject}
     * @param label its name for people
     * @param work what threads did, by its constant in {@link Work}
     * @param threads how many threads did it at the same time
     * @param virtual whether they were virtual
     * @param bytes the size of a buffer
     * @param samples how many samples there are
     * @param nanos how long a CPU worked on one acquire and release
     * @param toCpuPool how many times as long as CpuPool; null for itself, or if not measured
     */
    public record Row(
            String subject,
            String label,
            String work,
            int threads,
            boolean virtual,
            int bytes,
            int samples,
            Spread nanos,
            @Nullable Spread toCpuPool) {

        static Row of(
                Measurement<PoolConfiguration> measurement,
                List<Measurement<PoolConfiguration>> all) {
            PoolConfiguration configuration = measurement.configuration();
            return new Row(
                    configuration.subject().name(),
                    configuration.label(),
                    configuration.work().name(),
                    configuration.threads(),
                    configuration.work().isVirtual(),
                    configuration.bytes(),
                    measurement.samples(),
                    measurement.nanos(),
                    PoolRun.toCpuPool(measurement, all).orElse(null));
        }

        /** {@return what it shares with the rows it is to be compared to, for people} */
        public String scenario() {
            return Work.valueOf(work).label();
        }
    }

    /** Copies the lists. */
    public PoolResult {
        versions = List.copyOf(versions);
        limits = List.copyOf(limits);
        rows = List.copyOf(rows);
    }

    /** {@return the result that consists of these measurements} */
    public static PoolResult of(List<Measurement<PoolConfiguration>> all) {
        List<Row> rows =
                all.stream()
                        .map(measurement -> Row.of(measurement, all))
                        .sorted(
                                Comparator.comparing((Row row) -> Work.valueOf(row.work))
                                        .thenComparingInt(Row::threads)
                                        .thenComparing(row -> PoolSubject.valueOf(row.subject))
                                        .thenComparingInt(Row::bytes))
                        .toList();
        return new PoolResult(
                PoolVersions.all(), limits(Runtime.getRuntime().availableProcessors()), rows);
    }

    static List<String> limits(int cpus) {
        return cpus >= FEW_CPUS
                ? List.of()
                : List.of(
                        "With "
                                + cpus
                                + (cpus == 1 ? " CPU" : " CPUs")
                                + " there is little contention: pools that all threads share look"
                                + " better than they would on a larger machine.");
    }
}
