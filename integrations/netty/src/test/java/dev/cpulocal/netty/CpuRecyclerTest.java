// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.CpuPool;
import dev.cpulocal.Rseq;
import io.netty.util.Recycler;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.internal.ObjectPool;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * What Netty's recyclers promise, on all threads. A pool of one object finds it on whichever CPU it
 * was left; that is where tests need to know which object comes.
 */
class CpuRecyclerTest {

    private static final long DEADLINE_SECONDS = 60;

    /** A class as those in Netty: it keeps its handle. */
    private static final class Message {
        private final ObjectPool.Handle<Message> handle;
        final AtomicReference<Thread> user = new AtomicReference<>();

        Message(ObjectPool.Handle<Message> handle) {
            this.handle = handle;
        }

        void recycle() {
            handle.recycle(this);
        }
    }

    private final AtomicInteger made = new AtomicInteger();

    private CpuRecycler<Message> recycler(int maxPerCpu, int maxTotal) {
        return new CpuRecycler<>(maxPerCpu, maxTotal) {
            @Override
            protected Message newObject(Recycler.Handle<Message> handle) {
                made.incrementAndGet();
                return new Message(handle);
            }
        };
    }

    /** Netty's, told to keep all that is recycled. */
    private Recycler<Message> nettyRecycler() {
        return new Recycler<>(4096, 0, 32) {
            @Override
            protected Message newObject(Handle<Message> handle) {
                made.incrementAndGet();
                return new Message(handle);
            }
        };
    }

    private static <T> T on(ThreadFactory threads, Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(work);
        threads.newThread(task).start();
        return task.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    private static final ThreadFactory VIRTUAL = Thread.ofVirtual().factory();
    private static final ThreadFactory PLATFORM = Thread.ofPlatform().factory();

    @Test
    void rseqIsAvailableWhereItShouldBe() {
        assertEquals(Boolean.getBoolean("expected.rseq"), Rseq.availability().isAvailable());
    }

    @Test
    void recycledObjectIsUsedAgain() {
        CpuRecycler<Message> recycler = recycler(1, 1);
        Message message = recycler.get();
        assertEquals(0, recycler.pooledCount());
        message.recycle();
        assertEquals(1, recycler.pooledCount());
        assertSame(message, recycler.get());
    }

    @Test
    void factoryMakesWhatKeepsItsHandle() {
        CpuRecycler<Message> recycler = CpuRecycler.of(Message::new);
        Message message = recycler.get();
        message.recycle();
        assertEquals(1, recycler.pooledCount());
    }

    @Test
    void virtualThreadsFindWhatOthersRecycled() throws Exception {
        CpuRecycler<Message> recycler = recycler(1, 1_000);
        for (int i = 0; i < 100; i++) {
            useOn(VIRTUAL, recycler);
            useOn(PLATFORM, recycler);
        }
        assertTrue(made.get() <= Runtime.getRuntime().availableProcessors(), made::toString);
    }

    private static void useOn(ThreadFactory threads, CpuRecycler<Message> recycler)
            throws Exception {
        on(
                threads,
                () -> {
                    recycler.get().recycle();
                    return true;
                });
    }

    /** Why this class exists. If it fails, Netty has changed, and docs/netty.md must. */
    @Test
    void nettyRecyclesOnlyOnItsOwnThreads() throws Exception {
        Recycler<Message> recycler = nettyRecycler();
        assertEquals(1, madeByNetty(FastThreadLocalThread::new, recycler));
        assertEquals(100, madeByNetty(VIRTUAL, recycler));
        assertEquals(100, madeByNetty(PLATFORM, recycler));
    }

    private int madeByNetty(ThreadFactory threads, Recycler<Message> recycler) throws Exception {
        int before = made.get();
        return on(
                threads,
                () -> {
                    for (int i = 0; i < 100; i++) {
                        recycler.get().recycle();
                    }
                    return made.get() - before;
                });
    }

    @Test
    void secondRecycleIsRefused() {
        CpuRecycler<Message> recycler = recycler(1, 1);
        Message message = recycler.get();
        message.recycle();
        assertThrows(IllegalStateException.class, message::recycle);
        assertEquals(1, recycler.pooledCount());
        assertSame(message, recycler.get());
    }

    @Test
    void handleRecyclesItsObjectOnly() {
        CpuRecycler<Message> recycler = recycler(2, 2);
        Message message = recycler.get();
        Message other = recycler.get();
        assertThrows(IllegalArgumentException.class, () -> message.handle.recycle(other));
        assertEquals(0, recycler.pooledCount());
        message.recycle();
        other.recycle();
        assertEquals(2, recycler.pooledCount());
    }

    @Test
    void moreThanTheBoundAreDroppedAfterUse() {
        CpuRecycler<Message> recycler = recycler(2, 3);
        assertEquals(2, recycler.maxPerCpu());
        assertEquals(3, recycler.maxTotal());
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            messages.add(recycler.get());
        }
        messages.forEach(Message::recycle);
        assertEquals(3, recycler.pooledCount());
        assertEquals(2, recycler.statistics().discarded());
    }

    @Test
    void clearedObjectsAreGone() {
        CpuRecycler<Message> recycler = recycler(1, 1);
        Message message = recycler.get();
        message.recycle();
        assertEquals(1, recycler.clear());
        assertEquals(0, recycler.pooledCount());
        assertNotSame(message, recycler.get());
    }

    @Test
    void trimDropsWhatNobodyNeeds() {
        CpuRecycler<Message> recycler = recycler(1, 1);
        recycler.get().recycle();
        assertEquals(0, recycler.trim());
        assertEquals(1, recycler.trim());
        assertEquals(0, recycler.pooledCount());
    }

    @Test
    void failedNewObjectLeavesThePoolWhole() {
        AtomicInteger calls = new AtomicInteger();
        CpuRecycler<Message> recycler =
                new CpuRecycler<>(1, 1) {
                    @Override
                    protected Message newObject(Recycler.Handle<Message> handle) {
                        if (calls.getAndIncrement() == 0) {
                            throw new ArithmeticException("first");
                        }
                        return new Message(handle);
                    }
                };
        assertThrows(ArithmeticException.class, recycler::get);
        recycler.get().recycle();
        assertEquals(1, recycler.pooledCount());
        assertEquals(0, recycler.statistics().overflows());
    }

    /** One thread only gets, another only recycles. */
    @Test
    void oneWayFlowReusesObjects() throws Exception {
        int messages = 100_000;
        CpuRecycler<Message> recycler = recycler(8, 64);
        BlockingQueue<Message> queue = new ArrayBlockingQueue<>(16);
        FutureTask<Boolean> consumer =
                new FutureTask<>(() -> {
                    for (int i = 0; i < messages; i++) {
                        queue.take().recycle();
                    }
                    return true;
                });
        VIRTUAL.newThread(consumer).start();
        for (int i = 0; i < messages; i++) {
            queue.put(recycler.get());
        }
        assertTrue(consumer.get(DEADLINE_SECONDS, TimeUnit.SECONDS));
        CpuPool.Statistics statistics = recycler.statistics();
        assertEquals(statistics.made() - statistics.discarded(), recycler.pooledCount());
        assertTrue(recycler.pooledCount() <= 64, recycler::toString);
        assertTrue(made.get() < messages / 10, () -> made + " made");
    }

    @Test
    void nobodyHasWhatAnotherHas() throws Exception {
        CpuRecycler<Message> recycler = recycler(4, 12);
        List<FutureTask<Boolean>> tasks = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            FutureTask<Boolean> task =
                    new FutureTask<>(() -> {
                        for (int round = 0; round < 2_000; round++) {
                            useAlone(recycler.get());
                        }
                        return true;
                    });
            tasks.add(task);
            (i % 2 == 0 ? VIRTUAL : PLATFORM).newThread(task).start();
        }
        for (FutureTask<Boolean> task : tasks) {
            assertTrue(task.get(DEADLINE_SECONDS, TimeUnit.SECONDS));
        }
        CpuPool.Statistics statistics = recycler.statistics();
        assertEquals(statistics.made() - statistics.discarded(), recycler.pooledCount());
    }

    private static void useAlone(Message message) {
        assertNull(message.user.getAndSet(Thread.currentThread()));
        LockSupport.parkNanos(1);
        assertSame(Thread.currentThread(), message.user.getAndSet(null));
        message.recycle();
    }
}
