// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.bench;

import dev.cpulocal.Availability;
import dev.cpulocal.bench.CBaseline;
import dev.cpulocal.bench.Configuration;
import dev.cpulocal.bench.Measurement;
import dev.cpulocal.bench.Ratio;
import dev.cpulocal.bench.Spread;
import dev.cpulocal.bench.Subject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What counting costs, side by side.
 *
 * @param limits what this machine cannot show, a sentence each
 * @param rows the measurements, by counters, kind of threads, threads and subject
 */
public record CounterResult(List<String> limits, List<Row> rows) {

    private static final int FEW_CPUS = 8;

    /**
     * One measurement.
     *
     * @param subject what counted, by its constant in {@link Subject}
     * @param label its name for people
     * @param threads how many threads counted at the same time
     * @param virtual whether they were virtual
     * @param counters how many counters they chose from at random
     * @param samples how many samples there are
     * @param nanos what one addition took, as one thread sees it
     * @param toLongAdder how many times as long as LongAdder; null for itself, or if not measured
     * @param toCLoop how many times as long as the same code in C; null likewise
     */
    public record Row(
            String subject,
            String label,
            int threads,
            boolean virtual,
            int counters,
            int samples,
            Spread nanos,
            @Nullable Spread toLongAdder,
            @Nullable Spread toCLoop) {

        static Row of(
                Measurement<Configuration> measurement, List<Measurement<Configuration>> all) {
            Configuration configuration = measurement.configuration();
            return new Row(
                    configuration.subject().name(),
                    configuration.subject().label(),
                    configuration.threads(),
                    configuration.virtual(),
                    configuration.counters(),
                    measurement.samples(),
                    measurement.nanos(),
                    ratio(Subject.LONG_ADDER, measurement, all),
                    ratio(Subject.C_LOOP, measurement, all));
        }

        private static @Nullable Spread ratio(
                Subject base,
                Measurement<Configuration> measurement,
                List<Measurement<Configuration>> all) {
            return measurement.configuration().subject() == base
                    ? null
                    : Ratio.to(measurement.configuration().with(base), measurement, all)
                            .map(Ratio::spread)
                            .orElse(null);
        }

        /** {@return what it shares with the rows it is to be compared to, for people} */
        public String scenario() {
            return (counters == 1 ? "1 counter" : counters + " counters at random")
                    + ", "
                    + (virtual ? "virtual" : "platform")
                    + " threads";
        }
    }

    /** {@return the result that consists of these measurements} */
    public static CounterResult of(List<Measurement<Configuration>> all) {
        List<Row> rows =
                all.stream()
                        .map(measurement -> Row.of(measurement, all))
                        .sorted(
                                Comparator.comparingInt(Row::counters)
                                        .thenComparing(Row::virtual)
                                        .thenComparingInt(Row::threads)
                                        .thenComparing(row -> Subject.valueOf(row.subject)))
                        .toList();
        int cpus = Runtime.getRuntime().availableProcessors();
        return new CounterResult(limits(rows, cpus, baseline(rows)), rows);
    }

    /** The C program says why it was not measured, if it was not. */
    private static Availability baseline(List<Row> rows) {
        if (rows.stream().anyMatch(row -> row.subject.equals(Subject.C_LOOP.name()))) {
            return Availability.available();
        }
        try (CBaseline baseline = CBaseline.build()) {
            return baseline.availability();
        }
    }

    static List<String> limits(List<Row> rows, int cpus, Availability baseline) {
        List<String> limits = new ArrayList<>();
        if (cpus < FEW_CPUS) {
            limits.add(
                    "With "
                            + cpus
                            + (cpus == 1 ? " CPU" : " CPUs")
                            + " there is little contention: what shared counters cost on a larger"
                            + " machine does not show here, and AtomicLong and LongAdder look better"
                            + " than they would there.");
        }
        if (rows.stream().anyMatch(row -> row.threads > cpus)) {
            limits.add(
                    "With more threads than CPUs, the time of an addition contains waiting for a"
                            + " CPU: compare within a thread count, not between them.");
        }
        if (!baseline.isAvailable()) {
            limits.add(missing("The same code called from C", baseline));
        }
        return limits;
    }

    /**
     * {@return that something was not measured, and why, in a sentence}
     *
     * @param what the thing
     * @param why what it says
     */
    static String missing(String what, Availability why) {
        return what
                + " is missing: "
                + why.reason()
                + (why.remedy().isEmpty() ? "" : "; " + why.remedy())
                + ".";
    }
}
