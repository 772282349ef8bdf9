// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.stress;

import dev.cpulocal.CpuSet;
import dev.cpulocal.internal.Disturbance;
import dev.cpulocal.internal.Libc;
import dev.cpulocal.internal.Platform;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/**
 * Moves the threads that asked for it from CPU to CPU, sends them signals, and makes garbage.
 *
 * <p>Where native functions cannot be called, it makes garbage only.
 */
final class Storm {

    private static final long PAUSE_NANOS = 20_000;
    private static final int GARBAGE_BYTES = 1 << 20;
    private static final int KEPT_GARBAGE = 16;

    private final boolean canDisturb = Platform.nativeAccess().isAvailable();
    private final Set<Integer> targets = ConcurrentHashMap.newKeySet();
    private final LongAdder migrations = new LongAdder();
    private final LongAdder signals = new LongAdder();
    private final List<Thread> threads = new ArrayList<>();
    private final long collectionsBefore = collectionsOfThisProcess();
    private volatile boolean over;

    /** Adds the calling thread, or the carrier it is on, to those that are disturbed. */
    void exposeThisThread() {
        if (canDisturb) {
            targets.add(Libc.gettid());
        }
    }

    void start() {
        start(this::makeGarbage);
        if (canDisturb) {
            CpuSet allowed = Libc.affinity(0);
            start(() -> migrate(allowed));
            start(this::signal);
        }
    }

    private void start(Runnable disturbance) {
        threads.add(Thread.ofPlatform().daemon().name("stress-storm").start(disturbance));
    }

    void end() throws InterruptedException {
        over = true;
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void migrate(CpuSet allowed) {
        int[] cpus = allowed.stream().toArray();
        RandomGenerator random = new SplittableRandom();
        while (!over) {
            for (int thread : targets) {
                CpuSet one = CpuSet.of(cpus[random.nextInt(cpus.length)]);
                count(migrations, Disturbance.migrate(thread, one));
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        targets.forEach(thread -> Disturbance.migrate(thread, allowed));
    }

    private void signal() {
        while (!over) {
            targets.forEach(thread -> count(signals, Disturbance.signal(thread)));
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private static void count(LongAdder counter, boolean done) {
        if (done) {
            counter.increment();
        }
    }

    private void makeGarbage() {
        byte[][] kept = new byte[KEPT_GARBAGE][];
        for (int i = 0; !over; i++) {
            kept[i % KEPT_GARBAGE] = new byte[GARBAGE_BYTES];
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    long migrations() {
        return migrations.sum();
    }

    long signals() {
        return signals.sum();
    }

    long collections() {
        return collectionsOfThisProcess() - collectionsBefore;
    }

    private static long collectionsOfThisProcess() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionCount)
                .sum();
    }
}
