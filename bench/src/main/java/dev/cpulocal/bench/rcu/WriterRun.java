// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.rcu;

import dev.cpulocal.bench.Child;
import dev.cpulocal.bench.Liburcu;
import dev.cpulocal.bench.Spread;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the rare side costs: grace periods, closing memory, and the heavy fence, by the number of
 * threads.
 *
 * <p>It is measured in several JVMs, one after the other, which print the median of what they took.
 * After each, {@link Liburcu} does what can be compared, if it is available.
 *
 * <pre>{@code
 * ./jdk java --enable-native-access=ALL-UNNAMED -cp bench/target/benchmarks.jar \
 *     dev.cpulocal.bench.rcu.WriterRun
 * }</pre>
 */
public final class WriterRun {

    /** What is measured. */
    public enum Kind {
        /** One caller; the threads read all the time. */
        SYNCHRONIZE("synchronize, readers running"),
        /** Twenty callers at the same time: the time divided by the calls of all. */
        SYNCHRONIZE_SHARED("synchronize, one of 20 callers"),
        /** The same as {@link #SYNCHRONIZE} by {@link Liburcu}. */
        SYNCHRONIZE_LIBURCU("synchronize, liburcu, readers running"),
        /** The same as {@link #SYNCHRONIZE_SHARED} by {@link Liburcu}. */
        SYNCHRONIZE_LIBURCU_SHARED("synchronize, liburcu, one of 20 callers"),
        /** An arena of a reclaimer with 4 KiB; the threads are parked. */
        CLOSE_RECLAIMED("close, SegmentReclaimer"),
        /** A shared arena of the JDK with 4 KiB; the threads are parked. */
        CLOSE_SHARED("close, Arena.ofShared"),
        /** The frequent side: a store, the light fence, a load. */
        LIGHT("store, light fence, load"),
        /** What it replaces: a store, a full fence, a load. */
        FULL("store, full fence, load"),
        /** The rare side; the threads spin. */
        HEAVY("heavy fence, threads running"),
        /**
         * Some executions of the frequent side and one of the rare: the time for one of the former.
         */
        PAIR("light and heavy fences"),
        /** The same with full fences on both sides. */
        TWO_FULL("full fences on both sides");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /** {@return its name in tables} */
        public String label() {
            return label;
        }
    }

    /**
     * One thing measured.
     *
     * @param kind what
     * @param threads how many other threads there are
     * @param ratio how often the frequent side is executed for each time of the rare one, where
     *     both are measured together; else 0
     * @param nanos the spread, over the JVMs or the runs of the C program, of the median time of
     *     one operation
     */
    public record Row(Kind kind, int threads, int ratio, Spread nanos) {}

    private record Key(Kind kind, int threads, int ratio) implements Comparable<Key> {
        private static final Comparator<Key> ORDER =
                Comparator.comparing(Key::kind)
                        .thenComparingInt(Key::threads)
                        .thenComparingInt(Key::ratio);

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }

    private static final int FORKS = 5;
    private static final int LIBURCU_ROUNDS = 7;

    private WriterRun() {}

    /**
     * Measures and prints a table in Markdown.
     *
     * @param arguments none
     * @throws IOException if there is no JVM
     */
    public static void main(String[] arguments) throws IOException {
        System.out.print(markdown(gracePeriods(FORKS)));
        System.out.print(markdown(fences(FORKS)));
    }

    /**
     * {@return what grace periods and closing memory took; without those of {@link Liburcu} where
     * it is not available}
     *
     * @param forks in how many JVMs
     * @throws IOException if there is no JVM
     */
    public static List<Row> gracePeriods(int forks) throws IOException {
        Map<Key, List<Double>> samples = new TreeMap<>();
        try (Liburcu liburcu = Liburcu.build()) {
            for (int fork = 0; fork < forks; fork++) {
                addJava(samples, false);
                if (liburcu.availability().isAvailable()) {
                    addLiburcu(samples, liburcu);
                }
            }
        }
        return rows(samples);
    }

    /**
     * {@return what fences took}
     *
     * @param forks in how many JVMs
     * @throws IOException if there is no JVM
     */
    public static List<Row> fences(int forks) throws IOException {
        Map<Key, List<Double>> samples = new TreeMap<>();
        for (int fork = 0; fork < forks; fork++) {
            addJava(samples, true);
        }
        return rows(samples);
    }

    private static void addJava(Map<Key, List<Double>> samples, boolean fences) throws IOException {
        String printed =
                Child.java(
                        WriterProgram.class,
                        "-Xlog:disable",
                        // A compiler on the other CPU would be interrupted by every fence.
                        "-Xbatch",
                        "-D" + WriterProgram.FENCES + "=" + fences);
        for (String line : printed.strip().split("\n", -1)) {
            String[] parts = line.split(" ", -1);
            Key key =
                    new Key(
                            Kind.valueOf(parts[0]),
                            Integer.parseInt(parts[1]),
                            Integer.parseInt(parts[2]));
            add(samples, key, Double.parseDouble(parts[3]));
        }
    }

    private static void addLiburcu(Map<Key, List<Double>> samples, Liburcu liburcu) {
        for (int readers : WriterProgram.READERS) {
            add(
                    samples,
                    new Key(Kind.SYNCHRONIZE_LIBURCU, readers, 0),
                    median(liburcu, readers, 1));
            add(
                    samples,
                    new Key(Kind.SYNCHRONIZE_LIBURCU_SHARED, readers, 0),
                    median(liburcu, readers, WriterProgram.CALLERS));
        }
    }

    private static double median(Liburcu liburcu, int readers, int callers) {
        return Spread.of(
                        liburcu.synchronize(
                                readers, callers, LIBURCU_ROUNDS, WriterProgram.ROUND_MILLIS))
                .median();
    }

    private static void add(Map<Key, List<Double>> samples, Key key, double nanos) {
        samples.computeIfAbsent(key, _ -> new ArrayList<>()).add(nanos);
    }

    private static List<Row> rows(Map<Key, List<Double>> samples) {
        List<Row> rows = new ArrayList<>();
        samples.forEach((key, nanos) ->
                rows.add(new Row(key.kind, key.threads, key.ratio, Spread.of(nanos))));
        return rows;
    }

    /**
     * {@return from how many executions of the frequent side on, for each of the rare one, the pair
     * of fences costs less than two full fences; as measured with the fewest other threads}
     *
     * @param rows what was measured
     */
    public static double breakEven(List<Row> rows) {
        double saved = first(rows, Kind.FULL) - first(rows, Kind.LIGHT);
        return saved <= 0
                ? Double.POSITIVE_INFINITY
                : (first(rows, Kind.HEAVY) - first(rows, Kind.FULL)) / saved;
    }

    private static double first(List<Row> rows, Kind kind) {
        return rows.stream()
                .filter(row -> row.kind == kind)
                .findFirst()
                .orElseThrow()
                .nanos
                .median();
    }

    /**
     * {@return the table}
     *
     * @param rows what was measured
     */
    public static String markdown(List<Row> rows) {
        StringBuilder table =
                new StringBuilder(
                        """
                        | what | other threads | frequent for each rare | ns | lowest - highest |
                        |:---|---:|---:|---:|---:|
                        """);
        for (Row row : rows) {
            table.append(
                    String.format(
                            java.util.Locale.ROOT,
                            "| %s | %d | %s | %.2f | %.2f - %.2f |%n",
                            row.kind.label(),
                            row.threads,
                            row.ratio == 0 ? "" : Integer.toString(row.ratio),
                            row.nanos.median(),
                            row.nanos.low(),
                            row.nanos.high()));
        }
        return table.toString();
    }
}
