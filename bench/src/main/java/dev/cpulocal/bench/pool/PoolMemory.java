// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.pool;

import dev.cpulocal.bench.Child;
import dev.cpulocal.bench.Heap;
import dev.cpulocal.bench.Spread;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * What pools retain of a burst of virtual threads that use a buffer each.
 *
 * <p>Every subject is measured in JVMs of its own: the heap in use after garbage collections, less
 * what was in use before the pool was made, and how many buffers are among it. What a CpuPool has
 * off the heap, a page for each CPU, is not included.
 *
 * <pre>{@code
 * ./jdk java --enable-native-access=ALL-UNNAMED -cp bench/target/benchmarks.jar \
 *     dev.cpulocal.bench.pool.PoolTables memory
 * }</pre>
 */
public final class PoolMemory {

    /** When it is looked what is retained. */
    public enum Moment {
        /** Each thread used a buffer and ended before the next began. */
        ONE_BY_ONE("one after the other"),
        /** All held a buffer at the same time and released it, but live on. */
        RELEASED("at the same time, threads live on"),
        /** The same, and they ended. */
        ENDED("at the same time, threads ended");

        private final String label;

        Moment(String label) {
            this.label = label;
        }

        /** {@return its name in tables} */
        public String label() {
            return label;
        }
    }

    /**
     * What was measured.
     *
     * @param subject what pools
     * @param moment when it was looked
     * @param bytes how much heap is retained, over several JVMs
     * @param buffers how many buffers are
     */
    public record Retained(PoolSubject subject, Moment moment, Spread bytes, Spread buffers) {}

    /** How many threads a burst has. */
    static final int THREADS = 10_000;

    /** Stormpot is none of them: it always has as many objects as it was told. */
    private static final List<PoolSubject> SUBJECTS =
            PoolSubject.inAnyJvm().stream()
                    .filter(subject ->
                            subject != PoolSubject.CPU_POOL_LEASE
                                    && subject != PoolSubject.STORMPOT)
                    .toList();

    private PoolMemory() {}

    /**
     * {@return what pools retain}
     *
     * @param threads how many threads a burst has
     * @param forks in how many JVMs each is measured
     * @throws IOException if there is no JVM
     */
    public static List<Retained> measure(int threads, int forks) throws IOException {
        return measure(SUBJECTS, threads, forks);
    }

    static List<Retained> measure(List<PoolSubject> subjects, int threads, int forks)
            throws IOException {
        List<Retained> all = new ArrayList<>();
        for (PoolSubject subject : subjects) {
            Map<Moment, List<long[]>> samples = new LinkedHashMap<>();
            for (int fork = 0; fork < forks; fork++) {
                for (String line : run(subject, threads).lines().toList()) {
                    String[] fields = line.split(" ", -1);
                    samples.computeIfAbsent(Moment.valueOf(fields[0]), _ -> new ArrayList<>())
                            .add(new long[] {Long.parseLong(fields[1]), Long.parseLong(fields[2])});
                }
            }
            samples.forEach((moment, found) -> all.add(retained(subject, moment, found)));
        }
        return all;
    }

    private static String run(PoolSubject subject, int threads) throws IOException {
        return Child.java(
                Probe.class,
                "-XX:+UseSerialGC",
                "-Xms1g",
                "-Xmx1g",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dsubject=" + subject.name(),
                "-Dthreads=" + threads);
    }

    private static Retained retained(PoolSubject subject, Moment moment, List<long[]> samples) {
        return new Retained(
                subject,
                moment,
                Spread.of(samples.stream().map(sample -> sample[0]).toList()),
                Spread.of(samples.stream().map(sample -> sample[1]).toList()));
    }

    /** {@return the table} */
    static String markdown(List<Retained> all) {
        return """
        | pool | threads used a buffer | KiB retained | lowest - highest | buffers |
        |:---|:---|---:|---:|---:|
        """
                + all.stream().map(PoolMemory::row).collect(Collectors.joining());
    }

    private static String row(Retained retained) {
        return String.format(
                Locale.ROOT,
                "| %s | %s | %.0f | %.0f - %.0f | %.0f |%n",
                retained.subject.label(),
                retained.moment.label(),
                retained.bytes.median() / 1024,
                retained.bytes.low() / 1024,
                retained.bytes.high() / 1024,
                retained.buffers.median());
    }

    /** The program that has the pool. */
    static final class Probe {

        private static final Set<String> BUFFERS =
                Stream.of(
                                Buffer.class,
                                LibraryPoolings.Netty.Recycled.class,
                                LibraryPoolings.Stormpot.Potted.class)
                        .map(Class::getName)
                        .collect(Collectors.toSet());

        private static final int FEW = 100;

        private final PoolSubject subject = PoolSubject.valueOf(System.getProperty("subject"));
        private final long buffersBefore;
        private final long bytesBefore;

        private Probe() throws Exception {
            buffersBefore = buffers();
            bytesBefore = Heap.usedBytes();
        }

        public static void main(String[] arguments) throws Exception {
            int threads = Integer.getInteger("threads");
            // The first makes what is made once.
            new Probe().oneByOne(FEW);
            new Probe().together(FEW);
            System.out.print(new Probe().oneByOne(threads) + new Probe().together(threads));
        }

        private Pooling<?> create() {
            return subject.create(PoolConfiguration.BYTES, true);
        }

        private String oneByOne(int threads) throws Exception {
            try (Pooling<?> pooling = create()) {
                for (int i = 0; i < threads; i++) {
                    Crew.work(Crew.VIRTUAL, 1, _ -> Pooling.use(pooling));
                }
                return report(Moment.ONE_BY_ONE);
            }
        }

        private String together(int threads) throws Exception {
            try (Pooling<?> pooling = create()) {
                String living = released(pooling, threads);
                // What the scheduler's threads remember of the last threads they ran.
                Crew.work(Crew.VIRTUAL, FEW, _ -> {});
                return living + report(Moment.ENDED);
            }
        }

        private String released(Pooling<?> pooling, int threads) throws Exception {
            CountDownLatch held = new CountDownLatch(threads);
            CountDownLatch released = new CountDownLatch(threads);
            CountDownLatch end = new CountDownLatch(1);
            Thread crew =
                    Thread.ofPlatform()
                            .start(() ->
                                    Crew.work(
                                            Crew.VIRTUAL,
                                            threads,
                                            _ -> {
                                                holdOnce(pooling, held);
                                                released.countDown();
                                                await(end);
                                            }));
            released.await();
            String living = report(Moment.RELEASED);
            end.countDown();
            crew.join();
            return living;
        }

        private static <H> void holdOnce(Pooling<H> pooling, CountDownLatch held) {
            H handle = pooling.acquire();
            Buffer buffer = pooling.buffer(handle);
            buffer.take();
            held.countDown();
            await(held);
            buffer.give();
            pooling.release(handle);
        }

        private static void await(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        /** To be called before the pool is closed, which keeps it reachable. */
        private String report(Moment moment) throws Exception {
            long bytes = Heap.usedBytes() - bytesBefore;
            long buffers = buffers() - buffersBefore;
            return moment + " " + bytes + " " + buffers + "\n";
        }

        /** Counts what a histogram of live objects shows. */
        private static long buffers() throws JMException {
            String histogram =
                    (String)
                            ManagementFactory.getPlatformMBeanServer()
                                    .invoke(
                                            new ObjectName(
                                                    "com.sun.management:type=DiagnosticCommand"),
                                            "gcClassHistogram",
                                            new Object[] {new String[0]},
                                            new String[] {String[].class.getName()});
            // Number, instances, bytes, class name.
            return histogram
                    .lines()
                    .map(line -> Arrays.asList(line.strip().split("\\s+", -1)))
                    .filter(fields -> fields.size() >= 4 && BUFFERS.contains(fields.get(3)))
                    .mapToLong(fields -> Long.parseLong(fields.get(1)))
                    .sum();
        }
    }
}
