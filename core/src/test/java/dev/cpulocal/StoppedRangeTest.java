// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.cpulocal.CpuMemory.Item;
import dev.cpulocal.CpuMemory.Stop;
import java.lang.invoke.MethodHandles;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What working on a range from elsewhere costs others at most, and how it is seen if it hangs. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class StoppedRangeTest {

    interface Add {
        long add(Item item, long count);
    }

    private final CpuMemory memory =
            new CpuMemory(Mode.CPU_ID.engine(), CpuMemory.MIN_STRIDE_BYTES);
    private final Item item = memory.allocate(8);

    private static Thread start(Runnable work) {
        return Thread.ofPlatform().daemon().start(work);
    }

    private void awaitWaiting(int range, int threads) {
        while (memory.stopped().stream()
                .noneMatch(stop -> stop.range() == range && stop.waiting() >= threads)) {
            Thread.onSpinWait();
        }
    }

    /* ------------------------- Seen ------------------------- */

    @Test
    void holderIsToldToWhoeverAsks() throws InterruptedException {
        assertEquals(List.of(), memory.stopped());
        memory.internals().stop(0);
        Thread waiter = start(() -> memory.execute(0, OperationVectors.ADD, item, 1));
        awaitWaiting(0, 1);
        Stop stop = memory.stopped().getFirst();
        assertEquals(0, stop.range());
        assertSame(Thread.currentThread(), stop.holder());
        assertEquals(1, stop.waiting());
        assertTrue(stop.heldNanos() > 0);
        assertEquals(Thread.currentThread().threadId(), memory.internals().getOpaque(0, 0));
        memory.internals().resume(0);
        waiter.join();
        assertEquals(List.of(), memory.stopped());
        assertTrue(memory.statistics().longestStopNanos() >= stop.heldNanos());
    }

    /** Work that fails in the middle, as when the owner of a segment closes it, frees the range. */
    @Test
    void holderThatFailsLeavesTheRangeFree() {
        for (int range = 0; range < memory.ranges(); range++) {
            int failing = range;
            assertThrows(
                    StackOverflowError.class,
                    () ->
                            memory.internals()
                                    .whileStopped(
                                            BitSet.valueOf(new long[] {1L << failing}),
                                            () -> {
                                                throw new StackOverflowError();
                                            }));
        }
        assertEquals(List.of(), memory.stopped());
        memory.executeOnAll(OperationVectors.ADD, item, 1);
        assertEquals(1, memory.getOpaque(item, 0, 0));
    }

    /* ------------------------- Bounded ------------------------- */

    /** Somebody who waits gets the range although others keep taking it. */
    @Test
    void nobodyStarves() throws Exception {
        int threads = 8;
        AtomicLongArray executions = new AtomicLongArray(threads);
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> hammers =
                IntStream.range(0, threads)
                        .mapToObj(thread ->
                                start(() -> {
                                    while (!over.get()) {
                                        memory.execute(0, OperationVectors.ADD, item, 1);
                                        executions.incrementAndGet(thread);
                                    }
                                }))
                        .toList();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        int fed = 0;
        while (fed < threads) {
            fed = 0;
            for (int thread = 0; thread < threads; thread++) {
                fed += executions.get(thread) >= 20 ? 1 : 0;
            }
            if (System.nanoTime() > deadline) {
                fail("executions by thread: " + executions);
            }
            Thread.onSpinWait();
        }
        over.set(true);
        for (Thread hammer : hammers) {
            hammer.join();
        }
        long all = IntStream.range(0, threads).mapToLong(executions::get).sum();
        assertEquals(all, memory.getOpaque(item, 0, 0));
    }

    /** Whoever has waited for long is not overtaken by those who come later. */
    @Test
    void thoseWhoComeLaterQueueBehindTheImpatient() throws Exception {
        memory.internals().stop(0);
        LinkedBlockingQueue<String> order = new LinkedBlockingQueue<>();
        Thread early = start(() -> executeAs("early", order));
        while (!memory.internals().isSomebodyImpatient(0)) {
            Thread.onSpinWait();
        }
        Thread late = start(() -> executeAs("late", order));
        awaitWaiting(0, 2);
        memory.internals().resume(0);
        early.join();
        late.join();
        assertEquals(List.of("early", "late"), List.copyOf(order));
    }

    private void executeAs(String name, LinkedBlockingQueue<String> order) {
        OperationVector vector = OperationVector.build("nothing", OperationVector.Builder::barrier);
        memory.internals().stop(0);
        order.add(name);
        memory.internals().resume(0);
        assertEquals(OperationVector.DONE, memory.execute(0, vector));
    }

    /** At most one thread works on a range, so there are never more fences than ranges. */
    @Test
    void oneThreadAtATimeWorksOnARange() throws Exception {
        int[] inside = new int[1];
        Workers.runMixed(
                8,
                _ -> {
                    for (int i = 0; i < 500; i++) {
                        memory.internals().stop(0);
                        inside[0]++;
                        assertEquals(1, inside[0]);
                        inside[0]--;
                        memory.internals().resume(0);
                    }
                    return true;
                });
    }

    @Test
    void interruptOfAWaiterIsKeptForLater() throws Exception {
        memory.internals().stop(0);
        FutureTask<Boolean> waiter =
                new FutureTask<>(() -> {
                    memory.execute(0, OperationVectors.ADD, item, 1);
                    return Thread.currentThread().isInterrupted();
                });
        Thread thread = start(waiter);
        awaitWaiting(0, 1);
        thread.interrupt();
        memory.internals().resume(0);
        assertTrue(waiter.get());
        assertEquals(1, memory.getOpaque(item, 0, 0));
    }

    /** A bound function on a stopped range waits, and then completes. */
    @Test
    void boundFunctionWaitsForAStoppedRange() throws Exception {
        Add add = memory.bind(Sequences.LOAD_ADD_STORE, Add.class, MethodHandles.lookup());
        for (int range = 0; range < memory.ranges(); range++) {
            memory.internals().stop(range);
        }
        FutureTask<Long> call = new FutureTask<>(() -> add.add(item, 1));
        start(call);
        while (memory.stopped().stream().noneMatch(stop -> stop.waiting() > 0)) {
            Thread.onSpinWait();
        }
        for (int range = 0; range < memory.ranges(); range++) {
            memory.internals().resume(range);
        }
        assertTrue(Result.isCommitted(call.get()));
        assertEquals(1, memory.statistics().completions());
    }
}
