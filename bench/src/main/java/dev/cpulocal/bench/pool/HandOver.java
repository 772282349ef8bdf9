// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.pool;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jctools.queues.SpscArrayQueue;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Pairs of threads, of which one only acquires and the other only releases. Each has a queue of its
 * own.
 *
 * @param <H> of the pool
 */
final class HandOver<H> {

    private static final int QUEUED = 128;
    private static final int SPINS = 200;
    private static final long PARK_NANOS = 10_000;

    private final Pooling<H> pooling;
    private final Blackhole hole;
    private volatile boolean failed;

    HandOver(Pooling<H> pooling, Blackhole hole) {
        this.pooling = pooling;
        this.hole = hole;
    }

    /**
     * Does it.
     *
     * @param threads makes threads
     * @param pairs how many pairs
     * @param each how many buffers each hands over
     * @throws IllegalStateException if a thread failed
     */
    void run(ThreadFactory threads, int pairs, int each) {
        List<Queue<H>> queues =
                Stream.<Queue<H>>generate(() -> new SpscArrayQueue<>(QUEUED)).limit(pairs).toList();
        Crew.work(
                threads,
                2 * pairs,
                number -> {
                    Queue<H> queue = queues.get(number / 2);
                    boolean complete = false;
                    try {
                        if (number % 2 == 0) {
                            acquire(queue, each);
                        } else {
                            release(queue, each);
                        }
                        complete = true;
                    } finally {
                        failed |= !complete;
                    }
                });
    }

    private void acquire(Queue<H> queue, int each) {
        for (int i = 0; i < each; i++) {
            H handle = pooling.acquire();
            Buffer buffer = pooling.buffer(handle);
            buffer.take();
            hole.consume(buffer);
            for (int spins = 0; !queue.offer(handle); spins++) {
                pause(spins);
            }
        }
    }

    private void release(Queue<H> queue, int each) {
        for (int i = 0; i < each; i++) {
            H handle;
            for (int spins = 0; (handle = queue.poll()) == null; spins++) {
                pause(spins);
            }
            pooling.buffer(handle).give();
            pooling.release(handle);
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // whoever is waited for may need this CPU
    private void pause(int spins) {
        if (failed) {
            throw new IllegalStateException("hand-over: another thread failed");
        }
        if (spins % SPINS < SPINS - 1) {
            Thread.onSpinWait();
        } else if (Thread.currentThread().isVirtual()) {
            // The scheduler may go on for ever with those that yield, and let others starve.
            LockSupport.parkNanos(PARK_NANOS);
        } else {
            Thread.yield();
        }
    }
}
