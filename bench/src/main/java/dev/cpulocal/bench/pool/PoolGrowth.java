// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.pool;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * How many objects pools come to own, over time: many threads acquire some, hold them for a while
 * and release them, and it is sampled how many are pooled.
 */
public final class PoolGrowth {

    /**
     * What was seen of one pool.
     *
     * @param subject the pool
     * @param samples how many were pooled, one sample after the other
     */
    record Growth(PoolSubject subject, List<Integer> samples) {

        Growth {
            samples = List.copyOf(samples);
        }

        int most() {
            return samples.stream().mapToInt(Integer::intValue).max().orElseThrow();
        }
    }

    /** How many threads there are. */
    static final int THREADS = 200;

    private static final int MOST_HELD = 3;
    private static final int SPINS = 1_000;
    private static final int YIELD_ONE_IN = 4;
    private static final int SLEEP_ONE_IN = 64;

    private final PoolSubject subject;
    private volatile boolean stop;

    private PoolGrowth(PoolSubject subject) {
        this.subject = subject;
    }

    /**
     * {@return what was seen of all pools that know how many objects they have}
     *
     * @param threads how many threads use each
     * @param samples how many samples are taken
     * @param interval how long after the other
     * @throws InterruptedException if the thread is interrupted
     */
    static List<Growth> measure(int threads, int samples, Duration interval)
            throws InterruptedException {
        List<Growth> all = new ArrayList<>();
        for (PoolSubject subject : PoolSubject.inAnyJvm()) {
            if (subject != PoolSubject.NEW && subject != PoolSubject.CPU_POOL_LEASE) {
                try (Pooling<?> pooling = subject.create(PoolConfiguration.BYTES, false)) {
                    if (pooling.pooledCount() >= 0) {
                        all.add(new PoolGrowth(subject).watch(pooling, threads, samples, interval));
                    }
                }
            }
        }
        return all;
    }

    private Growth watch(Pooling<?> pooling, int threads, int samples, Duration interval)
            throws InterruptedException {
        Thread users =
                Thread.ofPlatform()
                        .start(() ->
                                Crew.work(
                                        subject.threads(false),
                                        threads,
                                        number -> useAtRandom(pooling, number)));
        List<Integer> counts = new ArrayList<>();
        try {
            for (int i = 0; i < samples; i++) {
                TimeUnit.NANOSECONDS.sleep(interval.toNanos());
                counts.add(pooling.pooledCount());
            }
        } finally {
            stop = true;
            users.join();
        }
        return new Growth(subject, counts);
    }

    @SuppressWarnings("ThreadPriorityCheck") // to hold objects while others run is the point
    private <H> void useAtRandom(Pooling<H> pooling, int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Deque<H> held = new ArrayDeque<>();
        while (!stop) {
            for (int i = random.nextInt(MOST_HELD); i >= 0; i--) {
                held.add(pooling.acquire());
            }
            for (int i = random.nextInt(SPINS); i > 0; i--) {
                Thread.onSpinWait();
            }
            if (random.nextInt(YIELD_ONE_IN) == 0) {
                Thread.yield();
            }
            if (random.nextInt(SLEEP_ONE_IN) == 0) {
                pause();
            }
            for (H handle; (handle = held.poll()) != null; ) {
                pooling.release(handle);
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(1);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@return the table} */
    static String markdown(List<Growth> all) {
        return """
        | pool | most pooled | at first | at last |
        |:---|---:|---:|---:|
        """
                + all.stream().map(PoolGrowth::row).collect(Collectors.joining());
    }

    private static String row(Growth growth) {
        return String.format(
                Locale.ROOT,
                "| %s | %d | %d | %d |%n",
                growth.subject.label(),
                growth.most(),
                growth.samples.getFirst(),
                growth.samples.getLast());
    }
}
