// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.bench;

import dev.cpulocal.bench.RemoteRun;
import dev.cpulocal.bench.Spread;
import java.util.List;

/**
 * What it costs to work on another CPU's data.
 *
 * @param rows what was measured
 */
public record RemoteResult(List<Row> rows) {

    /**
     * One thing measured.
     *
     * @param kind its constant in {@link RemoteRun.Kind}
     * @param label its name for people
     * @param busyThreads how many other threads ran meanwhile
     * @param nanos the time of one operation: of the medians of several JVMs
     * @param p99Nanos the time that 99 of 100 operations did not exceed, likewise
     */
    public record Row(String kind, String label, int busyThreads, Spread nanos, Spread p99Nanos) {}

    /** Copies the list. */
    public RemoteResult {
        rows = List.copyOf(rows);
    }

    /** {@return the result that consists of these measurements} */
    public static RemoteResult of(List<RemoteRun.Row> rows) {
        return new RemoteResult(
                rows.stream()
                        .map(row ->
                                new Row(
                                        row.kind().name(),
                                        row.kind().label(),
                                        row.busyThreads(),
                                        row.nanos(),
                                        row.p99Nanos()))
                        .toList());
    }
}
