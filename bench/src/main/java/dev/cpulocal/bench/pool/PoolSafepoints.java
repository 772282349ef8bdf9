// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.pool;

import dev.cpulocal.bench.Child;
import dev.cpulocal.bench.Spread;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How long the JVM waits until all threads stand at a safepoint, while they do nothing but acquire
 * and release: a call of machine code has no safepoint in it.
 *
 * <p>A thread on each CPU runs, and one asks for garbage collections. What the JVM logs is taken,
 * once the code is compiled.
 */
public final class PoolSafepoints {

    /** What threads do. */
    enum Load {
        /** {@link PoolSubject#CPU_POOL}. */
        CPU_POOL("CpuPool"),
        /** {@link PoolSubject#JCTOOLS}. */
        JCTOOLS("JCTools MpmcArrayQueue"),
        /** Nothing, again and again. */
        LOOP("an empty loop");

        private final String label;

        Load(String label) {
            this.label = label;
        }
    }

    /** What collects garbage. */
    enum Collector {
        G1("-XX:+UseG1GC"),
        ZGC("-XX:+UseZGC");

        private final String option;

        Collector(String option) {
            this.option = option;
        }
    }

    /**
     * What was measured.
     *
     * @param load what threads did
     * @param collector what collected garbage
     * @param safepoints how many safepoints there were
     * @param nanos how long it took to reach one
     */
    record Row(Load load, Collector collector, int safepoints, Spread nanos) {}

    private static final String BEGIN = "begin";
    private static final Pattern REACHING = Pattern.compile("Reaching safepoint:\\s+(\\d+) ns");
    private static final long PAUSE_MILLIS = 10;
    private static final int WARMUP_MILLIS = 1_000;

    private PoolSafepoints() {}

    /**
     * {@return what was measured}
     *
     * @param millis for how long, each
     * @throws IOException if there is no JVM
     */
    static List<Row> measure(int millis) throws IOException {
        List<Row> rows = new ArrayList<>();
        for (Collector collector : Collector.values()) {
            for (Load load : Load.values()) {
                String output =
                        Child.java(
                                Program.class,
                                collector.option,
                                "-Xmx256m",
                                "-Xlog:safepoint",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-Dload=" + load,
                                "-Dmillis=" + millis);
                List<Long> nanos = reaching(output);
                rows.add(new Row(load, collector, nanos.size(), Spread.of(nanos)));
            }
        }
        return rows;
    }

    /** {@return how long each safepoint took to reach, of those logged after the beginning} */
    static List<Long> reaching(String log) {
        Matcher matcher = REACHING.matcher(log.substring(log.indexOf(BEGIN) + 1));
        List<Long> nanos = new ArrayList<>();
        while (matcher.find()) {
            nanos.add(Long.valueOf(matcher.group(1)));
        }
        return nanos;
    }

    /** {@return the table} */
    static String markdown(List<Row> rows) {
        return """
        | collector | threads do | safepoints | reached after, µs | longest, µs |
        |:---|:---|---:|---:|---:|
        """
                + rows.stream().map(PoolSafepoints::row).collect(Collectors.joining());
    }

    private static String row(Row row) {
        return String.format(
                Locale.ROOT,
                "| %s | %s | %d | %.1f | %.1f |%n",
                row.collector,
                row.load.label,
                row.safepoints,
                row.nanos.median() / 1_000,
                row.nanos.high() / 1_000);
    }

    /** The program that is stopped. */
    static final class Program {

        private static volatile boolean stop;

        private Program() {}

        public static void main(String[] arguments) throws InterruptedException {
            Load load = Load.valueOf(System.getProperty("load"));
            Thread crew =
                    Thread.ofPlatform()
                            .start(() ->
                                    Crew.work(
                                            Crew.PLATFORM,
                                            Runtime.getRuntime().availableProcessors(),
                                            task(load)));
            collect(WARMUP_MILLIS);
            System.out.println(BEGIN);
            collect(Integer.getInteger("millis"));
            stop = true;
            crew.join();
        }

        private static IntConsumer task(Load load) {
            if (load == Load.LOOP) {
                return _ -> {
                    while (!stop) {}
                };
            }
            Pooling<?> pooling =
                    PoolSubject.valueOf(load.name()).create(PoolConfiguration.BYTES, false);
            return _ -> {
                while (!stop) {
                    Pooling.use(pooling);
                }
            };
        }

        private static void collect(int millis) throws InterruptedException {
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
            while (System.nanoTime() < end) {
                System.gc();
                Thread.sleep(PAUSE_MILLIS);
            }
        }
    }
}
