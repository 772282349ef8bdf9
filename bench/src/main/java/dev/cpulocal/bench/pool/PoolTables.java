// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.pool;

import dev.cpulocal.bench.Machine;
import dev.cpulocal.bench.Plan;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Measures pools and prints the tables of docs/benchmarks.md, some 25 minutes later; or only those
 * that are named.
 *
 * <pre>{@code
 * ./jdk java --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
 *     -cp bench/target/benchmarks.jar dev.cpulocal.bench.pool.PoolTables [quick] [use] [flow] [memory] \
 *     [jackson] [safepoints] [growth]
 * }</pre>
 */
public final class PoolTables {

    /** The tables, by the names of arguments. */
    private enum Part {
        USE("Acquiring and releasing"),
        FLOW("Acquired here, released there"),
        MEMORY("What is retained"),
        JACKSON("JSON by Jackson"),
        SAFEPOINTS("Time to safepoint"),
        GROWTH("How many objects are pooled, over time");

        private final String title;

        Part(String title) {
            this.title = title;
        }

        private String measure(boolean quick) throws IOException, InterruptedException {
            return switch (this) {
                case USE -> run(quick ? PoolPlans.quick() : PoolPlans.full());
                case FLOW -> run(PoolPlans.flow(quick));
                case MEMORY ->
                        PoolMemory.markdown(PoolMemory.measure(PoolMemory.THREADS, quick ? 1 : 3));
                case JACKSON ->
                        JacksonRun.markdown(
                                JacksonRun.run(JacksonRun.plan(quick), PoolTables::progress));
                case SAFEPOINTS ->
                        PoolSafepoints.markdown(PoolSafepoints.measure(quick ? 1_000 : 8_000));
                case GROWTH ->
                        PoolGrowth.markdown(
                                PoolGrowth.measure(
                                        PoolGrowth.THREADS, quick ? 2 : 10, Duration.ofSeconds(1)));
            };
        }

        private static String run(Plan<PoolConfiguration> plan) {
            return PoolTable.markdown(PoolRun.run(plan, PoolTables::progress));
        }
    }

    private static final String QUICK = "quick";

    private PoolTables() {}

    /**
     * Measures and prints.
     *
     * @param arguments {@code quick} to measure less, and names of tables; without names all
     * @throws IllegalArgumentException if there is no such table
     * @throws Exception if something cannot be measured
     */
    public static void main(String[] arguments) throws Exception {
        List<String> names = new ArrayList<>(List.of(arguments));
        boolean quick = names.remove(QUICK);
        List<Part> parts =
                names.isEmpty()
                        ? List.of(Part.values())
                        : names.stream()
                                .map(name -> Part.valueOf(name.toUpperCase(Locale.ROOT)))
                                .toList();
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        out.println(Machine.describe());
        out.println(versions());
        for (Part part : parts) {
            out.println();
            out.println("### " + part.title);
            out.println();
            out.print(part.measure(quick));
        }
        System.err.println();
    }

    private static String versions() {
        return "Against " + String.join(", ", PoolVersions.all()) + ".";
    }

    private static void progress(double fraction, Object configuration) {
        System.err.printf(Locale.ROOT, "\r\033[K%3.0f %% %s", 100 * fraction, configuration);
    }
}
