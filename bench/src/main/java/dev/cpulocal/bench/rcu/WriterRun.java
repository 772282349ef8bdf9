// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.rcu;

import dev.cpulocal.AsymmetricFence;
import dev.cpulocal.Rcu;
import dev.cpulocal.SegmentReclaimer;
import dev.cpulocal.bench.Child;
import dev.cpulocal.bench.Spread;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * What the rare side costs: grace periods, closing memory, and the heavy fence, by the number of
 * threads.
 *
 * <p>It is measured in several JVMs, one after the other, which print the median of what they took.
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
        /** An arena of a reclaimer with 4 KiB; the threads are parked. */
        CLOSE_RECLAIMED("close, SegmentReclaimer"),
        /** A shared arena of the JDK with 4 KiB; the threads are parked. */
        CLOSE_SHARED("close, Arena.ofShared"),
        /** The frequent side: a store, the light fence, a load. */
        LIGHT("store, light fence, load"),
        /** What it replaces: a store, a full fence, a load. */
        FULL("store, full fence, load"),
        /** The rare side; the threads spin. */
        HEAVY("heavy fence, threads running");

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
     * @param nanos the spread, over the JVMs, of the median time of one operation
     */
    public record Row(Kind kind, int threads, Spread nanos) {}

    private record Key(Kind kind, int threads) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byKind = kind.compareTo(other.kind);
            return byKind != 0 ? byKind : Integer.compare(threads, other.threads);
        }
    }

    private static final String FENCES = "cpulocal.bench.fences";

    private WriterRun() {}

    /**
     * Measures and prints a table in Markdown.
     *
     * @param arguments none
     * @throws IOException if there is no JVM
     */
    public static void main(String[] arguments) throws IOException {
        System.out.print(markdown(measure(5, false)));
        System.out.print(markdown(measure(5, true)));
    }

    /**
     * {@return what was measured}
     *
     * @param forks in how many JVMs
     * @param fences whether fences, else grace periods and closing memory
     * @throws IOException if there is no JVM
     */
    public static List<Row> measure(int forks, boolean fences) throws IOException {
        Map<Key, List<Double>> samples = new TreeMap<>();
        for (int fork = 0; fork < forks; fork++) {
            for (String line :
                    Child.java(Program.class, "-Xlog:disable", "-D" + FENCES + "=" + fences)
                            .strip()
                            .split("\n", -1)) {
                String[] parts = line.split(" ", -1);
                Key key = new Key(Kind.valueOf(parts[0]), Integer.parseInt(parts[1]));
                samples.computeIfAbsent(key, _ -> new ArrayList<>())
                        .add(Double.parseDouble(parts[2]));
            }
        }
        List<Row> rows = new ArrayList<>();
        samples.forEach((key, nanos) -> rows.add(new Row(key.kind, key.threads, Spread.of(nanos))));
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
                        | what | other threads | ns | lowest - highest |
                        |:---|---:|---:|---:|
                        """);
        for (Row row : rows) {
            table.append(
                    String.format(
                            java.util.Locale.ROOT,
                            "| %s | %d | %.1f | %.1f - %.1f |%n",
                            row.kind.label(),
                            row.threads,
                            row.nanos.median(),
                            row.nanos.low(),
                            row.nanos.high()));
        }
        return table.toString();
    }

    /** What runs in a JVM of its own: prints kind, threads and median nanoseconds. */
    static final class Program {

        private static final int ROUNDS = 15;
        private static final int CALLERS = 20;
        private static final long ROUND_NANOS = 20_000_000;
        private static final int FAST = 5_000_000;
        private static final long SEGMENT_BYTES = 4096;
        private static final List<Integer> READERS = List.of(0, 1, 8, 64);
        private static final List<Integer> PARKED = List.of(0, 100, 1_000, 10_000);

        private final Rcu rcu = Rcu.builder("benchmark").build();
        private final SegmentReclaimer reclaimer = new SegmentReclaimer(rcu);
        private volatile boolean over;
        private int flag;
        private int other;
        private long seen;

        private Program() {}

        public static void main(String[] arguments) throws InterruptedException {
            new Program().run();
        }

        private void run() throws InterruptedException {
            if (Boolean.getBoolean(FENCES)) {
                fences();
            } else {
                gracePeriods();
                closes();
            }
        }

        private void gracePeriods() throws InterruptedException {
            for (int count : READERS) {
                List<Thread> readers = start(count, this::readOnce);
                print(Kind.SYNCHRONIZE, count, this::synchronize);
                print(Kind.SYNCHRONIZE_SHARED, count, this::synchronizeShared);
                end(readers);
            }
        }

        private void fences() throws InterruptedException {
            print(Kind.LIGHT, 0, this::light);
            print(Kind.FULL, 0, this::full);
            other = (int) sum();
            for (int count : READERS) {
                List<Thread> spinning = start(count, Thread::onSpinWait);
                print(Kind.HEAVY, count, this::heavy);
                end(spinning);
            }
        }

        /** Stops at a number of threads that the system does not allow. */
        private void closes() throws InterruptedException {
            for (int count : PARKED) {
                List<Thread> parked = new ArrayList<>();
                try {
                    start(parked, count, LockSupport::park);
                } catch (OutOfMemoryError tooMany) {
                    end(parked);
                    return;
                }
                print(Kind.CLOSE_RECLAIMED, count, () -> close(true));
                print(Kind.CLOSE_SHARED, count, () -> close(false));
                end(parked);
            }
        }

        /** Runs some rounds, each of which says how long one operation took, in picoseconds. */
        private static void print(Kind kind, int threads, LongSupplier round) {
            long[] picos = new long[ROUNDS];
            Arrays.setAll(picos, _ -> round.getAsLong());
            Arrays.sort(picos);
            System.out.println(kind + " " + threads + " " + picos[ROUNDS / 2] / 1e3);
        }

        private static long picos(long began, long operations) {
            return (System.nanoTime() - began) * 1_000 / operations;
        }

        private List<Thread> start(int count, Runnable again) throws InterruptedException {
            List<Thread> threads = new ArrayList<>();
            start(threads, count, again);
            return threads;
        }

        private void start(List<Thread> threads, int count, Runnable again)
                throws InterruptedException {
            over = false;
            CountDownLatch started = new CountDownLatch(count);
            for (int i = 0; i < count; i++) {
                Thread thread =
                        Thread.ofPlatform()
                                .daemon()
                                .unstarted(() -> {
                                    started.countDown();
                                    while (!over) {
                                        again.run();
                                    }
                                });
                thread.start();
                threads.add(thread);
            }
            started.await();
        }

        private void end(List<Thread> threads) throws InterruptedException {
            over = true;
            for (Thread thread : threads) {
                LockSupport.unpark(thread);
                thread.join();
            }
        }

        private void readOnce() {
            rcu.readUnlock(rcu.readLock());
        }

        private long synchronize() {
            return repeated(rcu::synchronize);
        }

        /** Does it for some time, at least once; {@return how long each took, in picoseconds}. */
        private static long repeated(Runnable operation) {
            long began = System.nanoTime();
            long times = 0;
            do {
                operation.run();
                times++;
            } while (System.nanoTime() - began < ROUND_NANOS);
            return picos(began, times);
        }

        private long synchronizeShared() {
            LongAdder calls = new LongAdder();
            List<Thread> callers = new ArrayList<>();
            long began = System.nanoTime();
            for (int i = 0; i < CALLERS; i++) {
                callers.add(
                        Thread.ofPlatform()
                                .start(() -> {
                                    do {
                                        rcu.synchronize();
                                        calls.increment();
                                    } while (System.nanoTime() - began < ROUND_NANOS);
                                }));
            }
            callers.forEach(Program::join);
            return picos(began, calls.sum());
        }

        private static void join(Thread thread) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        private long close(boolean reclaimed) {
            long nanos = 0;
            long times = 0;
            do {
                Arena arena = reclaimed ? reclaimer.openArena() : Arena.ofShared();
                arena.allocate(SEGMENT_BYTES).fill((byte) 1);
                long began = System.nanoTime();
                arena.close();
                nanos += System.nanoTime() - began;
                times++;
            } while (nanos < ROUND_NANOS);
            return nanos * 1_000 / times;
        }

        private long light() {
            long began = System.nanoTime();
            for (int i = 0; i < FAST; i++) {
                flag = i;
                AsymmetricFence.light();
                seen += other;
            }
            return picos(began, FAST);
        }

        private long full() {
            long began = System.nanoTime();
            for (int i = 0; i < FAST; i++) {
                flag = i;
                VarHandle.fullFence();
                seen += other;
            }
            return picos(began, FAST);
        }

        /** So that nothing of it can be left out. */
        private long sum() {
            return flag + seen;
        }

        private long heavy() {
            return repeated(AsymmetricFence::heavy);
        }
    }
}
