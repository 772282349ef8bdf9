// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.rcu;

import dev.cpulocal.AsymmetricFence;
import dev.cpulocal.Rcu;
import dev.cpulocal.SegmentReclaimer;
import dev.cpulocal.bench.rcu.WriterRun.Kind;
import java.lang.foreign.Arena;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/** What {@link WriterRun} starts in JVMs: prints kind, threads, ratio and median nanoseconds. */
final class WriterProgram {

    /** The property that says whether to measure fences, else grace periods and closing memory. */
    static final String FENCES = "cpulocal.bench.fences";

    /** How often each is measured; the median is printed. */
    static final int ROUNDS = 15;

    /** How long each time, at least. */
    static final int ROUND_MILLIS = 20;

    /** How many threads share grace periods. */
    static final int CALLERS = 20;

    /** How many threads read meanwhile. */
    static final List<Integer> READERS = List.of(0, 1, 8, 64);

    private static final long ROUND_NANOS = ROUND_MILLIS * 1_000_000L;
    private static final int FAST = 5_000_000;
    private static final long SEGMENT_BYTES = 4096;
    private static final List<Integer> RATIOS = List.of(10, 100, 1_000, 10_000, 100_000, 1_000_000);
    private static final List<Integer> PARKED = List.of(0, 100, 1_000, 10_000);

    private final Rcu rcu = Rcu.builder("benchmark").build();
    private final SegmentReclaimer reclaimer = new SegmentReclaimer(rcu);
    private volatile boolean over;
    private int flag;
    private int other;
    private long seen;

    private WriterProgram() {}

    public static void main(String[] arguments) throws InterruptedException {
        new WriterProgram().run();
    }

    private void run() throws InterruptedException {
        for (int i = 0; i < ROUNDS; i++) {
            long _ = synchronize();
        }
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
        for (int ratio : RATIOS) {
            print(Kind.PAIR, 0, ratio, () -> pair(ratio));
            print(Kind.TWO_FULL, 0, ratio, () -> twoFull(ratio));
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
        print(kind, threads, 0, round);
    }

    private static void print(Kind kind, int threads, int ratio, LongSupplier round) {
        long[] picos = new long[ROUNDS];
        Arrays.setAll(picos, _ -> round.getAsLong());
        Arrays.sort(picos);
        System.out.println(kind + " " + threads + " " + ratio + " " + picos[ROUNDS / 2] / 1e3);
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

    /** What one of several callers did. */
    private record Calls(long began, long ended, long count) {}

    /** From the first call to the end of the last: starting the threads is not measured. */
    private long synchronizeShared() {
        CountDownLatch ready = new CountDownLatch(CALLERS);
        CountDownLatch go = new CountDownLatch(1);
        List<FutureTask<Calls>> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            FutureTask<Calls> caller =
                    new FutureTask<>(() -> {
                        ready.countDown();
                        go.await();
                        return synchronizeAgain();
                    });
            callers.add(caller);
            Thread.ofPlatform().start(caller);
        }
        try {
            ready.await();
            go.countDown();
            long began = Long.MAX_VALUE;
            long ended = Long.MIN_VALUE;
            long count = 0;
            for (FutureTask<Calls> caller : callers) {
                Calls calls = caller.get();
                began = Math.min(began, calls.began);
                ended = Math.max(ended, calls.ended);
                count += calls.count;
            }
            return (ended - began) * 1_000 / count;
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private Calls synchronizeAgain() {
        long began = System.nanoTime();
        long count = 0;
        long ended;
        do {
            rcu.synchronize();
            count++;
            ended = System.nanoTime();
        } while (ended - began < ROUND_NANOS);
        return new Calls(began, ended, count);
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
        light(FAST);
        return picos(began, FAST);
    }

    private long full() {
        long began = System.nanoTime();
        full(FAST);
        return picos(began, FAST);
    }

    private void light(int times) {
        for (int i = 0; i < times; i++) {
            flag = i;
            AsymmetricFence.light();
            seen += other;
        }
    }

    private void full(int times) {
        for (int i = 0; i < times; i++) {
            flag = i;
            VarHandle.fullFence();
            seen += other;
        }
    }

    private long pair(int ratio) {
        return repeated(() -> {
            light(ratio);
            AsymmetricFence.heavy();
        })
                / ratio;
    }

    private long twoFull(int ratio) {
        return repeated(() -> {
            full(ratio);
            VarHandle.fullFence();
        })
                / ratio;
    }

    /** So that nothing of it can be left out. */
    private long sum() {
        return flag + seen;
    }

    private long heavy() {
        return repeated(AsymmetricFence::heavy);
    }
}
