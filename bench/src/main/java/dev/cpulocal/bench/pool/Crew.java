// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;

/** Threads that do a part each, from the first to be started to the last to end. */
final class Crew {

    /** Makes virtual threads. */
    static final ThreadFactory VIRTUAL = Thread.ofVirtual().factory();

    /** Makes platform threads. */
    static final ThreadFactory PLATFORM = Thread.ofPlatform().daemon().factory();

    private Crew() {}

    /**
     * Does a job by threads. Interrupted, it waits all the same.
     *
     * @param factory makes them
     * @param threads how many
     * @param part what each does; is told its number, from 0
     * @throws IllegalStateException if one failed; the cause is what the first threw
     */
    static void work(ThreadFactory factory, int threads, IntConsumer part) {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        List<Thread> all = new ArrayList<>(threads);
        for (int i = 0; i < threads; i++) {
            int number = i;
            Thread thread =
                    factory.newThread(() -> {
                        try {
                            part.accept(number);
                        } catch (Throwable e) {
                            failure.compareAndSet(null, e);
                        }
                    });
            thread.start();
            all.add(thread);
        }
        all.forEach(Crew::join);
        if (failure.get() != null) {
            throw new IllegalStateException("a thread failed", failure.get());
        }
    }

    private static void join(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
