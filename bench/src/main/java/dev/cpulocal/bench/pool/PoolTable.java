// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.pool;

import dev.cpulocal.bench.Measurement;
import dev.cpulocal.bench.Spread;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Measurements of pools as a table in Markdown. */
final class PoolTable {

    private PoolTable() {}

    /** {@return the table: a row for each measurement, with its ratio to CpuPool} */
    static String markdown(List<Measurement<PoolConfiguration>> all) {
        return """
        | threads | work | pool | ns/op | lowest - highest | x CpuPool |
        |---:|:---|:---|---:|---:|---:|
        """
                + all.stream()
                        .map(measurement -> row(measurement, all))
                        .collect(Collectors.joining());
    }

    private static String row(
            Measurement<PoolConfiguration> measurement, List<Measurement<PoolConfiguration>> all) {
        PoolConfiguration configuration = measurement.configuration();
        return String.format(
                Locale.ROOT,
                "| %d | %s | %s | %.1f | %.1f - %.1f | %s |%n",
                configuration.threads(),
                configuration.work().label(),
                configuration.label(),
                measurement.nanos().median(),
                measurement.nanos().low(),
                measurement.nanos().high(),
                PoolRun.toCpuPool(measurement, all).map(PoolTable::text).orElse(""));
    }

    static String text(Spread ratio) {
        return String.format(
                Locale.ROOT, "%.2f (%.2f - %.2f)", ratio.median(), ratio.low(), ratio.high());
    }
}
