// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.pool;

import dev.cpulocal.bench.JmhFork;
import dev.cpulocal.bench.Measurement;
import dev.cpulocal.bench.Plan;
import dev.cpulocal.bench.Plan.Part;
import dev.cpulocal.bench.Ratio;
import dev.cpulocal.bench.Spread;
import dev.cpulocal.bench.Turns;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.DoubleConsumer;
import java.util.stream.Collectors;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;

/** Runs {@link JacksonBenchmark} in turns, with JMH's profiler of allocation. */
public final class JacksonRun {

    /**
     * One thing to measure.
     *
     * @param pool where Jackson has its buffers from
     * @param document what is written and read
     * @param virtual whether threads are virtual
     */
    public record Configuration(JacksonPool pool, Document document, boolean virtual) {
        @Override
        public String toString() {
            return pool.label() + ", " + document.label() + ", " + kind() + " threads";
        }

        private String kind() {
            return virtual ? "virtual" : "platform";
        }

        private Configuration with(JacksonPool other) {
            return new Configuration(other, document, virtual);
        }
    }

    /**
     * What was measured.
     *
     * @param times of one document written and read
     * @param bytes how many bytes are allocated for it
     */
    public record Row(Measurement<Configuration> times, Spread bytes) {}

    private static final String ALLOCATED = "gc.alloc.rate.norm";
    private static final double NANOS_PER_SECOND = 1e9;

    private final JmhFork jmh;
    private final Map<Configuration, List<Double>> bytes = new HashMap<>();

    private JacksonRun(Plan<Configuration> plan) {
        jmh = new JmhFork(plan);
    }

    /**
     * {@return a plan}
     *
     * @param quick one document and some seconds, instead of all and four minutes
     */
    static Plan<Configuration> plan(boolean quick) {
        List<Part<Configuration>> parts = new ArrayList<>();
        for (Document document : quick ? List.of(Document.MEDIA) : List.of(Document.values())) {
            for (boolean virtual : List.of(false, true)) {
                for (JacksonPool pool : JacksonPool.values()) {
                    parts.add(
                            new Part<>(new Configuration(pool, document, virtual), quick ? 1 : 2));
                }
            }
        }
        return new Plan<>(parts, 5, 5, quick ? 50 : 150);
    }

    /**
     * {@return what was measured}
     *
     * @param plan what to measure
     * @param listener is told how far the run is
     */
    static List<Row> run(Plan<Configuration> plan, Turns.Listener<? super Configuration> listener) {
        JacksonRun run = new JacksonRun(plan);
        return Turns.run(plan, listener, run::samples).stream()
                .map(times ->
                        new Row(
                                times,
                                Spread.of(
                                        run.bytes.getOrDefault(times.configuration(), List.of()))))
                .toList();
    }

    private List<Double> samples(Configuration configuration, DoubleConsumer progress) {
        Collection<RunResult> results =
                jmh.run(
                        configuration,
                        jmh.options(JacksonBenchmark.class, "writeAndRead")
                                .param("pool", configuration.pool.name())
                                .param("document", configuration.document.name())
                                .param("virtual", Boolean.toString(configuration.virtual))
                                .addProfiler(GCProfiler.class),
                        progress);
        List<Double> allocated = bytes.computeIfAbsent(configuration, _ -> new ArrayList<>());
        results.forEach(result -> allocated.add(allocated(result)));
        return JmhFork.scores(results);
    }

    private static double allocated(RunResult result) {
        return Objects.requireNonNull(
                        result.getSecondaryResults().get(ALLOCATED), "no " + ALLOCATED)
                .getScore();
    }

    /** {@return the table} */
    static String markdown(List<Row> all) {
        List<Measurement<Configuration>> times = all.stream().map(Row::times).toList();
        return """
        | document | threads | pool | documents/s | ns each | lowest - highest | x CpuRecyclerPool | bytes each |
        |:---|:---|:---|---:|---:|---:|---:|---:|
        """
                + all.stream().map(row -> row(row, times)).collect(Collectors.joining());
    }

    private static String row(Row row, List<Measurement<Configuration>> all) {
        Configuration configuration = row.times.configuration();
        Spread nanos = row.times.nanos();
        String ratio =
                configuration.pool == JacksonPool.CPU_POOL
                        ? ""
                        : Ratio.to(configuration.with(JacksonPool.CPU_POOL), row.times, all)
                                .map(Ratio::spread)
                                .map(PoolTable::text)
                                .orElse("");
        return String.format(
                Locale.ROOT,
                "| %s | %s | %s | %.0f | %.0f | %.0f - %.0f | %s | %.0f |%n",
                configuration.document.label(),
                configuration.kind(),
                configuration.pool.label(),
                NANOS_PER_SECOND / nanos.median(),
                nanos.median(),
                nanos.low(),
                nanos.high(),
                ratio,
                row.bytes.median());
    }
}
