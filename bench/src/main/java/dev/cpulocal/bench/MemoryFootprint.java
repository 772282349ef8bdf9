// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

import dev.cpulocal.Cpu;
import dev.cpulocal.CpuCounter;
import dev.cpulocal.CpuCounters;
import dev.cpulocal.CpuSet;
import dev.cpulocal.internal.Libc;
import dev.cpulocal.internal.Ranges;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.ref.Reference;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How much memory counters take that all CPUs have added to.
 *
 * <p>Everything is measured, in a JVM of its own, several times. <i>Heap</i>: the memory in use
 * after garbage collections, with the counters less without them; the array that holds them is made
 * before. <i>Off-heap</i>: the pages of the counters' ranges that this process alone has in memory,
 * by {@code /proc/self/pagemap}, which leaves out pages that were only read. LongAdders are
 * contended by several threads at once until most have a cell for every CPU, as they have in a busy
 * server; how many cells they have is measured too.
 *
 * <pre>{@code
 * ./jdk java --enable-native-access=ALL-UNNAMED -cp bench/target/benchmarks.jar \
 *     dev.cpulocal.bench.MemoryFootprint
 * }</pre>
 */
public final class MemoryFootprint {

    /** What is measured. */
    public enum Kind {
        /** A row. */
        CPU_COUNTERS("CpuCounters, a row"),
        /** Single counters. */
        CPU_COUNTER("CpuCounter, single objects"),
        /** Adders with cells. */
        CONTENDED_LONG_ADDER("LongAdder, contended"),
        /** Adders that only one thread at a time added to. */
        LONG_ADDER("LongAdder, never contended"),
        /** Atomic numbers. */
        ATOMIC_LONG("AtomicLong");

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
     * What was measured of one kind.
     *
     * @param kind what
     * @param counters how many there were
     * @param heapBytes heap for each
     * @param offHeapBytes other memory for each
     * @param cells for each LongAdder, how many cells it had; 0 for others
     */
    public record Footprint(
            Kind kind, int counters, Spread heapBytes, Spread offHeapBytes, Spread cells) {
        /** {@return the median of all memory for each counter} */
        public double bytes() {
            return heapBytes.median() + offHeapBytes.median();
        }
    }

    /** One measurement, in bytes for each counter. */
    private record Sample(double heap, double offHeap, double cells) {}

    /** How many counters {@link #main} makes. */
    public static final int COUNTERS = 8_000;

    /** How often {@link #main} measures each. */
    public static final int REPETITIONS = 5;

    private static final int PAGE_BYTES = 4096;
    private static final long PRESENT_AND_EXCLUSIVE = 1L << 63 | 1L << 56;

    private MemoryFootprint() {}

    /**
     * Measures and prints a table in Markdown.
     *
     * @param arguments none
     * @throws IOException if there is no JVM
     */
    public static void main(String[] arguments) throws IOException {
        System.out.print(markdown(measure(COUNTERS, REPETITIONS)));
    }

    /**
     * {@return what counters take, by kind}
     *
     * @param counters how many of each
     * @param repetitions how often
     * @throws IOException if there is no JVM
     */
    public static List<Footprint> measure(int counters, int repetitions) throws IOException {
        String output =
                Child.java(
                        Probe.class,
                        "-XX:+UseSerialGC",
                        "-Xms512m",
                        "-Xmx512m",
                        Contention.OPENS,
                        "-Dcounters=" + counters,
                        "-Drepetitions=" + repetitions);
        return output.lines().map(line -> parse(counters, line)).toList();
    }

    private static Footprint parse(int counters, String line) {
        String[] fields = line.split(" ", -1);
        List<Double> numbers = Arrays.stream(fields).skip(1).map(Double::valueOf).toList();
        List<Double> heap = new ArrayList<>();
        List<Double> offHeap = new ArrayList<>();
        List<Double> cells = new ArrayList<>();
        for (int i = 0; i < numbers.size(); i += 3) {
            heap.add(numbers.get(i));
            offHeap.add(numbers.get(i + 1));
            cells.add(numbers.get(i + 2));
        }
        return new Footprint(
                Kind.valueOf(fields[0]),
                counters,
                Spread.of(heap),
                Spread.of(offHeap),
                Spread.of(cells));
    }

    /**
     * {@return the table}
     *
     * @param footprints what was measured
     */
    public static String markdown(List<Footprint> footprints) {
        StringBuilder table =
                new StringBuilder(
                        """
                        | counters | bytes each | on heap | off heap | cells |
                        |:---|---:|---:|---:|---:|
                        """);
        for (Footprint footprint : footprints) {
            table.append(
                    String.format(
                            Locale.ROOT,
                            "| %d %s | %.1f | %.1f | %.1f | %.2f |%n",
                            footprint.counters(),
                            footprint.kind().label(),
                            footprint.bytes(),
                            footprint.heapBytes().median(),
                            footprint.offHeapBytes().median(),
                            footprint.cells().median()));
        }
        return table.toString();
    }

    /** The program that has the counters. */
    static final class Probe {

        private final int counters = Integer.getInteger("counters");

        private Probe() {}

        public static void main(String[] arguments) throws Exception {
            for (Kind kind : Kind.values()) {
                StringBuilder line = new StringBuilder(kind.name());
                // The first makes what is made once.
                new Probe().sample(kind);
                for (int i = 0; i < Integer.getInteger("repetitions"); i++) {
                    Sample sample = new Probe().sample(kind);
                    line.append(' ').append(sample.heap);
                    line.append(' ').append(sample.offHeap);
                    line.append(' ').append(sample.cells);
                }
                System.out.println(line);
            }
        }

        private Sample sample(Kind kind) throws Exception {
            Object[] kept = new Object[counters];
            long before = Heap.usedBytes();
            make(kind, kept);
            double heap = Heap.usedBytes() - before;
            try {
                double offHeap = offHeapBytes(kept);
                return new Sample(heap / counters, offHeap / counters, cells(kept) / counters);
            } finally {
                Reference.reachabilityFence(kept);
            }
        }

        private void make(Kind kind, Object[] kept) throws InterruptedException {
            switch (kind) {
                case CPU_COUNTERS -> {
                    CpuCounters row = new CpuCounters(counters);
                    kept[0] = row;
                    onEveryCpu(() -> IntStream.range(0, counters).forEach(row::increment));
                }
                case CPU_COUNTER -> {
                    Arrays.setAll(kept, _ -> new CpuCounter());
                    onEveryCpu(() -> Stream.of(kept).forEach(c -> ((CpuCounter) c).increment()));
                }
                case CONTENDED_LONG_ADDER -> {
                    Arrays.setAll(kept, _ -> new LongAdder());
                    contend(kept);
                }
                case LONG_ADDER -> {
                    Arrays.setAll(kept, _ -> new LongAdder());
                    Stream.of(adders(kept)).forEach(LongAdder::increment);
                }
                case ATOMIC_LONG -> Arrays.setAll(kept, AtomicLong::new);
            }
        }

        private static void contend(Object[] kept) {
            int cpus = Runtime.getRuntime().availableProcessors();
            int additions = 500;
            LongAdder[] without = adders(kept);
            for (int i = 0; i < 8 && without.length > 0; i++, additions *= 2) {
                LongAdder[] driven = without;
                Contention.drive(
                        2 * cpus, driven.length, additions, adder -> driven[adder].increment());
                without =
                        Stream.of(driven)
                                .filter(adder -> Contention.cells(adder) < cpus)
                                .toArray(LongAdder[]::new);
            }
        }

        private static LongAdder[] adders(Object[] kept) {
            return Stream.of(kept)
                    .filter(LongAdder.class::isInstance)
                    .map(LongAdder.class::cast)
                    .toArray(LongAdder[]::new);
        }

        private static double cells(Object[] kept) {
            return Stream.of(adders(kept)).mapToInt(Contention::cells).sum();
        }

        private static void onEveryCpu(Runnable task) throws InterruptedException {
            CpuSet allowed = Libc.affinity(0);
            for (int cpu : Cpu.online().stream().filter(allowed::contains).toArray()) {
                Thread thread =
                        Thread.ofPlatform()
                                .start(() -> {
                                    Libc.setAffinity(0, CpuSet.of(cpu));
                                    task.run();
                                });
                thread.join();
            }
        }

        /* ------------------------- Off-heap ------------------------- */

        private static double offHeapBytes(Object[] kept) throws Exception {
            Set<Object> memories = Collections.newSetFromMap(new IdentityHashMap<>());
            for (Object object : kept) {
                if (object instanceof CpuCounter || object instanceof CpuCounters) {
                    memories.add(privateField(object, "memory"));
                }
            }
            double bytes = 0;
            for (Object memory : memories) {
                bytes += residentBytes((Ranges) privateField(memory, "restartable"));
                bytes += residentBytes((Ranges) privateField(memory, "atomic"));
            }
            return bytes;
        }

        private static Object privateField(Object object, String name)
                throws ReflectiveOperationException {
            Field field = object.getClass().getDeclaredField(name);
            field.setAccessible(true);
            return field.get(object);
        }

        private static long residentBytes(Ranges ranges) throws IOException {
            long pages = (long) ranges.strideBytes() * ranges.count() / PAGE_BYTES;
            long resident = 0;
            try (RandomAccessFile pagemap = new RandomAccessFile("/proc/self/pagemap", "r")) {
                pagemap.seek(ranges.base() / PAGE_BYTES * Long.BYTES);
                for (long i = 0; i < pages; i++) {
                    long entry = Long.reverseBytes(pagemap.readLong());
                    if ((entry & PRESENT_AND_EXCLUSIVE) == PRESENT_AND_EXCLUSIVE) {
                        resident += PAGE_BYTES;
                    }
                }
            }
            return resident;
        }
    }
}
