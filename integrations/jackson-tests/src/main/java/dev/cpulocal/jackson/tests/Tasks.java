// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.jackson.tests;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;

/** Tasks that run at the same time, each in a thread of its own. */
final class Tasks {

    private static final long DEADLINE_SECONDS = 120;

    /** What one of them does. */
    @FunctionalInterface
    interface Work {
        void run(int task) throws Exception;
    }

    private final List<FutureTask<Boolean>> tasks = new ArrayList<>();

    private Tasks() {}

    /** Starts tasks in threads that are made by their number. */
    static Tasks start(int count, IntFunction<Thread.Builder> threads, Work work) {
        Tasks all = new Tasks();
        for (int i = 0; i < count; i++) {
            int number = i;
            FutureTask<Boolean> task =
                    new FutureTask<>(() -> {
                        work.run(number);
                        return true;
                    });
            all.tasks.add(task);
            threads.apply(i).start(task);
        }
        return all;
    }

    static Thread.Builder virtual(int ignored) {
        return Thread.ofVirtual();
    }

    static Thread.Builder platform(int ignored) {
        return Thread.ofPlatform().daemon();
    }

    static Thread.Builder platformOrVirtual(int task) {
        return task % 2 == 0 ? platform(task) : virtual(task);
    }

    /** Waits until all have ended; fails if one has failed. */
    void join() throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        for (FutureTask<Boolean> task : tasks) {
            try {
                task.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (ExecutionException | TimeoutException e) {
                throw new AssertionError("a task failed, or hangs", e);
            }
        }
    }
}
