// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import dev.cpulocal.internal.Disturbance;
import dev.cpulocal.internal.Libc;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/** Threads that do the same at the same time, in peace or disturbed. */
public final class Workers {

    private static final long DEADLINE_SECONDS = 60;

    /** What one thread does. */
    @FunctionalInterface
    public interface Work<T> {
        T run(int thread) throws Exception;
    }

    private Workers() {}

    /** {@return 8 for each CPU} */
    public static int count() {
        return 8 * Runtime.getRuntime().availableProcessors();
    }

    /** Runs as many platform as virtual threads; {@return what each returned}. */
    public static <T> List<T> runMixed(int threads, Work<T> work) throws Exception {
        CountDownLatch start = new CountDownLatch(1);
        List<FutureTask<T>> tasks = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int number = i;
            FutureTask<T> task =
                    new FutureTask<>(() -> {
                        start.await();
                        return work.run(number);
                    });
            tasks.add(task);
            if (i % 2 == 0) {
                Thread.ofPlatform().daemon().start(task);
            } else {
                Thread.ofVirtual().start(task);
            }
        }
        start.countDown();
        return results(tasks);
    }

    /**
     * Runs platform threads while they are moved from CPU to CPU and signalled all the time;
     * {@return what each returned}.
     */
    public static <T> List<T> runDisturbed(int threads, Work<T> work) throws Exception {
        CountDownLatch started = new CountDownLatch(threads);
        int[] numbers = new int[threads];
        List<FutureTask<T>> tasks = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int number = i;
            FutureTask<T> task =
                    new FutureTask<>(() -> {
                        numbers[number] = Libc.gettid();
                        started.countDown();
                        started.await();
                        return work.run(number);
                    });
            tasks.add(task);
            Thread.ofPlatform().daemon().start(task);
        }
        started.await();
        try (Background _ = new Background(() -> disturb(numbers))) {
            return results(tasks);
        }
    }

    private static boolean disturb(int[] threads) {
        Random random = new Random();
        int[] cpus = Libc.affinity(0).stream().toArray();
        int thread = threads[random.nextInt(threads.length)];
        Disturbance.migrate(thread, CpuSet.of(cpus[random.nextInt(cpus.length)]));
        Disturbance.signal(threads[random.nextInt(threads.length)]);
        return true;
    }

    private static <T> List<T> results(List<FutureTask<T>> tasks) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        List<T> results = new ArrayList<>();
        for (FutureTask<T> task : tasks) {
            try {
                results.add(task.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS));
            } catch (ExecutionException | TimeoutException e) {
                throw new AssertionError("a thread failed, or hangs", e);
            }
        }
        return results;
    }

    /** Does something again and again until it is closed. */
    static final class Background implements AutoCloseable {
        private final AtomicBoolean closed = new AtomicBoolean();
        private final FutureTask<Boolean> task;

        Background(Callable<?> again) {
            task =
                    new FutureTask<>(() -> {
                        while (!closed.get()) {
                            again.call();
                        }
                        return true;
                    });
            Thread.ofPlatform().daemon().name("background").start(task);
        }

        /** {@return one that keeps stopping all ranges of a memory} */
        static Background stopping(CpuMemory memory) {
            return new Background(() -> {
                for (int range = 0; range < memory.ranges(); range++) {
                    memory.internals().stop(range);
                    Thread.onSpinWait();
                    memory.internals().resume(range);
                }
                return true;
            });
        }

        @Override
        public void close() {
            closed.set(true);
            try {
                task.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException | ExecutionException | TimeoutException e) {
                throw new AssertionError("the background thread failed, or hangs", e);
            }
        }
    }
}
