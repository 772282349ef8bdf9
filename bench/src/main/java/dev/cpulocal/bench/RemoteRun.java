// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

import dev.cpulocal.CpuMemory;
import dev.cpulocal.CpuSet;
import dev.cpulocal.Membarrier;
import dev.cpulocal.Membarrier.Command;
import dev.cpulocal.OperationVector;
import dev.cpulocal.OperationVectors;
import dev.cpulocal.Rseq;
import dev.cpulocal.Sequences;
import dev.cpulocal.internal.Libc;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What it costs to work on another CPU's data, beside the fence alone, by the number of threads
 * that run.
 *
 * <p>One thread, on the first CPU, does what is measured, again and again, and takes the time of
 * each; the busy threads, on the other CPUs, add to their CPU's data by a bound sequence meanwhile.
 * It happens in several JVMs, one after the other. Where rseq is not available, only what works
 * without is measured.
 *
 * <pre>{@code
 * ./jdk java --enable-native-access=ALL-UNNAMED -cp bench/target/benchmarks.jar \
 *     dev.cpulocal.bench.RemoteRun
 * }</pre>
 */
public final class RemoteRun {

    /** What is measured. */
    public enum Kind {
        /** membarrier that makes every CPU of the process execute a barrier. */
        FENCE("membarrier PRIVATE_EXPEDITED", 1),
        /** The same, and every CPU fetches its instructions anew. */
        FENCE_SYNC_CORE("membarrier PRIVATE_EXPEDITED_SYNC_CORE", 1),
        /** membarrier that aborts the sequences of every CPU. */
        FENCE_RSEQ("membarrier PRIVATE_EXPEDITED_RSEQ", 1),
        /** membarrier that aborts the sequences of one other CPU. */
        FENCE_RSEQ_CPU("membarrier PRIVATE_EXPEDITED_RSEQ, one CPU", 1),
        /** One vector on one other CPU. */
        VECTOR("a vector on another CPU", 1),
        /** 64 vectors on one other CPU: the time of one. */
        VECTOR_OF_BATCH("a vector of a batch of 64", 64),
        /** One sequence on one other CPU. */
        SEQUENCE("a sequence on another CPU", 1),
        /** One vector on every CPU. */
        VECTOR_ON_ALL("a vector on every CPU", 1),
        /** One vector on one other CPU, in a process that has rseq switched off. */
        VECTOR_OFF("a vector on another CPU, rseq off", 1);

        private final String label;
        private final int operations;

        Kind(String label, int operations) {
            this.label = label;
            this.operations = operations;
        }

        /** {@return its name in tables} */
        public String label() {
            return label;
        }

        boolean runs(boolean on) {
            return on != (this == VECTOR_OFF);
        }
    }

    /**
     * One thing measured.
     *
     * @param kind what
     * @param busyThreads how many other threads ran
     * @param nanos the spread, over the JVMs, of the median time of one operation
     * @param p99Nanos the same of the time that 99 of 100 operations did not exceed
     */
    public record Row(Kind kind, int busyThreads, Spread nanos, Spread p99Nanos) {}

    private static final int WARMUPS = 100_000;
    private static final int SAMPLES = 20_000;
    private static final long SETTLE_MILLIS = 300;

    private RemoteRun() {}

    /**
     * Measures and prints a table in Markdown.
     *
     * @param arguments none
     * @throws IOException if there is no JVM
     */
    public static void main(String[] arguments) throws IOException {
        System.out.print(markdown(measure(5)));
    }

    /**
     * {@return what was measured}
     *
     * @param forks in how many JVMs
     * @throws IOException if there is no JVM
     */
    public static List<Row> measure(int forks) throws IOException {
        Map<Kind, Map<Integer, List<long[]>>> samples = new TreeMap<>();
        for (int fork = 0; fork < forks; fork++) {
            read(Child.java(Program.class), samples);
            read(Child.java(Program.class, "-Dcpulocal.rseq=off"), samples);
        }
        List<Row> rows = new ArrayList<>();
        samples.forEach((kind, byThreads) ->
                byThreads.forEach((busy, times) -> rows.add(row(kind, busy, times))));
        return rows;
    }

    private static void read(String output, Map<Kind, Map<Integer, List<long[]>>> samples) {
        for (String line : output.strip().split("\n", -1)) {
            String[] parts = line.split(" ", -1);
            samples.computeIfAbsent(Kind.valueOf(parts[0]), _ -> new TreeMap<>())
                    .computeIfAbsent(Integer.valueOf(parts[1]), _ -> new ArrayList<>())
                    .add(new long[] {Long.parseLong(parts[2]), Long.parseLong(parts[3])});
        }
    }

    private static Row row(Kind kind, int busy, List<long[]> times) {
        double operations = kind.operations;
        return new Row(
                kind,
                busy,
                Spread.of(times.stream().map(time -> time[0] / operations).toList()),
                Spread.of(times.stream().map(time -> time[1] / operations).toList()));
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
                        | what | busy threads | ns | lowest - highest | 99 % within, ns |
                        |:---|---:|---:|---:|---:|
                        """);
        for (Row row : rows) {
            table.append(
                    String.format(
                            java.util.Locale.ROOT,
                            "| %s | %d | %.0f | %.0f - %.0f | %.0f |%n",
                            row.kind.label(),
                            row.busyThreads,
                            row.nanos.median(),
                            row.nanos.low(),
                            row.nanos.high(),
                            row.p99Nanos.median()));
        }
        return table.toString();
    }

    /** What runs in a JVM of its own: prints kind, busy threads, median and 99th percentile. */
    static final class Program {

        interface Add {
            long add(CpuMemory.Item item, long count);
        }

        private static volatile boolean over;

        private final CpuMemory memory = CpuMemory.create();
        private final CpuMemory.Item item = memory.allocate(Long.BYTES);
        private final Add add =
                memory.bind(Sequences.LOAD_ADD_STORE, Add.class, MethodHandles.lookup());
        private final int[] cpus = Libc.affinity(0).stream().toArray();
        private final int other = cpus[cpus.length - 1];
        private final boolean on = Rseq.availability().isAvailable();
        private final List<OperationVector.Call> batch =
                Collections.nCopies(
                        Kind.VECTOR_OF_BATCH.operations, OperationVectors.ADD.with(item, 1));

        private Program() {}

        public static void main(String[] arguments) throws InterruptedException {
            new Program().run();
        }

        private void run() throws InterruptedException {
            List<Kind> kinds = Arrays.stream(Kind.values()).filter(kind -> kind.runs(on)).toList();
            // The JIT compiles on other CPUs, which then are not idle: so first everything is
            // compiled.
            kinds.forEach(kind -> time(operation(kind), WARMUPS));
            Thread.sleep(SETTLE_MILLIS);
            Libc.setAffinity(Libc.gettid(), CpuSet.of(cpus[0]));
            for (int busy : busyThreads()) {
                List<Thread> threads = start(busy);
                for (Kind kind : kinds) {
                    Runnable operation = operation(kind);
                    long[] nanos = time(operation, SAMPLES);
                    System.out.println(
                            kind
                                    + " "
                                    + busy
                                    + " "
                                    + nanos[SAMPLES / 2]
                                    + " "
                                    + nanos[SAMPLES / 100 * 99]);
                }
                end(threads);
            }
        }

        /** None, and powers of two up to one for each other CPU. */
        private List<Integer> busyThreads() {
            List<Integer> counts = new ArrayList<>(List.of(0));
            for (int count = 1; count < cpus.length - 1; count *= 2) {
                counts.add(count);
            }
            if (cpus.length > 1) {
                counts.add(cpus.length - 1);
            }
            return counts;
        }

        private List<Thread> start(int busy) {
            over = false;
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < busy; i++) {
                int cpu = cpus[cpus.length - 1 - i];
                threads.add(
                        Thread.ofPlatform()
                                .daemon()
                                .start(() -> {
                                    Libc.setAffinity(Libc.gettid(), CpuSet.of(cpu));
                                    while (!over) {
                                        add.add(item, 1);
                                    }
                                }));
            }
            return threads;
        }

        private static void end(List<Thread> threads) throws InterruptedException {
            over = true;
            for (Thread thread : threads) {
                thread.join();
            }
        }

        private Runnable operation(Kind kind) {
            return switch (kind) {
                case FENCE -> () -> Membarrier.fence(Command.PRIVATE_EXPEDITED);
                case FENCE_SYNC_CORE -> () -> Membarrier.fence(Command.PRIVATE_EXPEDITED_SYNC_CORE);
                case FENCE_RSEQ -> () -> Membarrier.fence(Command.PRIVATE_EXPEDITED_RSEQ);
                case FENCE_RSEQ_CPU -> () -> Membarrier.fenceRseq(other);
                case VECTOR, VECTOR_OFF ->
                        () -> memory.execute(other, OperationVectors.ADD, item, 1);
                case VECTOR_OF_BATCH -> () -> memory.execute(other, batch);
                case SEQUENCE -> () -> memory.execute(other, Sequences.LOAD_ADD_STORE, item, 1);
                case VECTOR_ON_ALL -> () -> memory.executeOnAll(OperationVectors.ADD, item, 1);
            };
        }

        private static long[] time(Runnable operation, int times) {
            long[] nanos = new long[times];
            long before = System.nanoTime();
            for (int i = 0; i < times; i++) {
                operation.run();
                long after = System.nanoTime();
                nanos[i] = after - before;
                before = after;
            }
            Arrays.sort(nanos);
            return nanos;
        }
    }
}
