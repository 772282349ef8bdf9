// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Measurements as a table in Markdown. */
public final class CounterTable {

    private CounterTable() {}

    /**
     * {@return the table: a row for each measurement, with its ratios to LongAdder and to the C
     * loop}
     *
     * @param all what was measured in one run
     */
    public static String markdown(List<Measurement<Configuration>> all) {
        StringBuilder table =
                new StringBuilder(
                        """
                        | counters | threads | subject | ns/op | lowest - highest | x LongAdder | x C loop |
                        |---:|---:|:---|---:|---:|---:|---:|
                        """);
        for (Measurement<Configuration> measurement : all) {
            Configuration configuration = measurement.configuration();
            table.append(
                    String.format(
                            Locale.ROOT,
                            "| %d | %d %s | %s | %.2f | %.2f - %.2f | %s | %s |%n",
                            configuration.counters(),
                            configuration.threads(),
                            configuration.virtual() ? "virtual" : "platform",
                            configuration.subject().label(),
                            measurement.nanos().median(),
                            measurement.nanos().low(),
                            measurement.nanos().high(),
                            ratio(Subject.LONG_ADDER, measurement, all),
                            ratio(Subject.C_LOOP, measurement, all)));
        }
        return table.toString();
    }

    private static String ratio(
            Subject base,
            Measurement<Configuration> measurement,
            List<Measurement<Configuration>> all) {
        Function<Spread, String> text =
                spread ->
                        String.format(
                                Locale.ROOT,
                                "%.2f (%.2f - %.2f)",
                                spread.median(),
                                spread.low(),
                                spread.high());
        return measurement.configuration().subject() == base
                ? ""
                : Ratio.to(measurement.configuration().with(base), measurement, all)
                        .map(Ratio::spread)
                        .map(text)
                        .orElse("");
    }
}
