// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static dev.cpulocal.Thrown.assertThrown;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.CpuPool.Slot;
import dev.cpulocal.PooledThings.Thing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What a pool does when its users or their code fail, in every mode alike. */
class CpuPoolFaultsTest extends StructureContract {

    private static final int PER_CPU = 4;
    private static final int TOTAL = 8;

    private final PooledThings things = new PooledThings();

    /** What code of the user does besides. */
    private Runnable fault = () -> {};

    CpuPoolFaultsTest(Mode mode) {
        super(mode);
    }

    private CpuPool.Builder<Thing> builder() {
        return things.builder(memory, PER_CPU, TOTAL);
    }

    private CpuPool.Builder<Thing> builderOf(Supplier<Thing> factory) {
        return CpuPool.builder(factory).memory(memory).maxPerCpu(PER_CPU).maxTotal(TOTAL);
    }

    /** Fails unless a pool has all its places, each once. */
    private static void assertWhole(CpuPool<Thing> pool) {
        long overflows = pool.statistics().overflows();
        pool.clear();
        List<Slot<Thing>> slots = pool.acquireAll(pool.maxTotal());
        assertEquals(pool.maxTotal(), slots.stream().map(Slot::get).distinct().count());
        assertEquals(overflows, pool.statistics().overflows());
        pool.releaseAll(slots);
        assertEquals(pool.maxTotal(), pool.pooledCount());
    }

    private static Runnable throwing(RuntimeException e) {
        return () -> {
            throw e;
        };
    }

    /* ------------------------- Factory ------------------------- */

    @Test
    void factoryThatThrowsLeavesThePoolWhole() {
        CpuPool<Thing> pool =
                builderOf(
                                () -> {
                                    fault.run();
                                    return things.make();
                                })
                        .build();
        fault = throwing(new IllegalStateException("not now"));
        for (int i = 0; i < 3 * TOTAL; i++) {
            assertThrown(IllegalStateException.class, "not now", pool::acquire);
        }
        fault =
                () -> {
                    throw new OutOfMemoryError("none left");
                };
        for (int i = 0; i < 3 * TOTAL; i++) {
            assertThrown(OutOfMemoryError.class, "none left", pool::acquire);
        }
        fault = () -> {};
        assertEquals(0, pool.statistics().made());
        assertWhole(pool);
    }

    @Test
    @SuppressWarnings("NullAway")
    void factoryThatAnswersNullLeavesThePoolWhole() {
        AtomicInteger calls = new AtomicInteger();
        CpuPool<Thing> pool =
                builderOf(() -> calls.getAndIncrement() <= TOTAL ? null : things.make()).build();
        for (int i = 0; i <= TOTAL; i++) {
            assertThrown(
                    NullPointerException.class,
                    "factory: answered null (expected: an object)",
                    pool::acquire);
        }
        assertWhole(pool);
    }

    @Test
    void factoryCanAcquireFromTheSamePool() {
        List<CpuPool<Thing>> self = new ArrayList<>();
        CpuPool<Thing> pool =
                builderOf(
                                () -> {
                                    if (things.made() % 2 == 0) {
                                        Thing made = things.make();
                                        self.getFirst().acquire().release();
                                        return made;
                                    }
                                    return things.make();
                                })
                        .build();
        self.add(pool);
        pool.acquire().release();
        assertEquals(2, pool.pooledCount());
        assertWhole(pool);
    }

    @Test
    void factoryCannotUseItsSlotBeforeItAnswers() {
        List<Slot<Thing>> slots = new ArrayList<>();
        CpuPool<Thing> pool =
                CpuPool.<Thing>builderWithSlot(
                                slot -> {
                                    slots.add(slot);
                                    fault.run();
                                    return things.make();
                                })
                        .memory(memory)
                        .maxTotal(TOTAL)
                        .build();
        fault = () -> slots.getLast().release();
        assertThrown(
                IllegalStateException.class, "slot 0 (new) of null (expected: out)", pool::acquire);
        fault = () -> slots.getLast().get();
        assertThrown(
                NullPointerException.class,
                "slot: still being filled by the factory",
                pool::acquire);
        fault = () -> {};
        // Nor can it use one that came to nothing.
        assertThrown(IllegalStateException.class, "(new) of null", slots.getFirst()::release);
        assertWhole(pool);
    }

    /* ------------------------- Actions ------------------------- */

    @Test
    void objectWhoseReleaseFailsIsDiscarded() {
        CpuPool<Thing> pool = builder().onRelease(_ -> fault.run()).build();
        Slot<Thing> slot = pool.acquire();
        RuntimeException thrown = new RuntimeException("cannot be reset");
        fault = throwing(thrown);

        assertSame(thrown, assertThrows(RuntimeException.class, slot::release));

        assertEquals(0, pool.pooledCount());
        assertEquals(List.of(slot.get()), things.discarded());
        assertThrown(IllegalStateException.class, "(discarded)", slot::release);
        fault = () -> {};
        assertWhole(pool);
    }

    @Test
    void releaseThatFailsThrowsThatEvenIfDiscardingFailsToo() {
        RuntimeException release = new RuntimeException("cannot be reset");
        RuntimeException discard = new RuntimeException("cannot be closed");
        CpuPool<Thing> pool =
                builder()
                        .onRelease(_ -> fault.run())
                        .onDiscard(_ -> {
                            throw discard;
                        })
                        .build();
        fault = throwing(release);
        assertSame(release, assertThrows(RuntimeException.class, pool.acquire()::release));
        assertEquals(List.of(discard), List.of(release.getSuppressed()));
    }

    @Test
    void batchOfWhichSomeReleasesFailReleasesTheOthers() {
        CpuPool<Thing> pool =
                builder()
                        .onRelease(thing -> {
                            if (thing.number() % 2 == 0) {
                                throw new IllegalStateException("cannot reset " + thing);
                            }
                        })
                        .build();
        List<Slot<Thing>> slots = pool.acquireAll(6);
        IllegalStateException e =
                assertThrows(IllegalStateException.class, () -> pool.releaseAll(slots));
        assertEquals("cannot reset thing 0", e.getMessage());
        assertEquals(2, e.getSuppressed().length);
        assertEquals(3, pool.pooledCount());
        assertEquals(3, things.discarded().size());
    }

    /** The actions throw the same exception each time, or errors. */
    @Test
    void discardingGoesOnWhenActionsFail() {
        RuntimeException always = new RuntimeException("cannot be closed");
        AtomicInteger discards = new AtomicInteger();
        CpuPool<Thing> pool =
                builder()
                        .onDiscard(_ -> {
                            if (discards.incrementAndGet() > 2 * TOTAL) {
                                throw new StackOverflowError("deep");
                            }
                            throw always;
                        })
                        .build();
        pool.releaseAll(pool.acquireAll(TOTAL));
        assertSame(always, assertThrows(RuntimeException.class, pool::clear));
        assertEquals(TOTAL, discards.get());
        pool.releaseAll(pool.acquireAll(TOTAL));
        pool.trim();
        assertSame(always, assertThrows(RuntimeException.class, pool::trim));
        assertEquals(2 * TOTAL, discards.get());
        pool.releaseAll(pool.acquireAll(TOTAL));
        assertThrown(StackOverflowError.class, "deep", pool::close);
        assertEquals(3 * TOTAL, discards.get());
        assertEquals(0, pool.pooledCount());
    }

    @Test
    void batchIsReleasedAlthoughOneOfItCannotBeDiscarded() {
        CpuPool<Thing> pool =
                builder()
                        .onDiscard(thing -> {
                            throw new IllegalStateException("cannot close " + thing);
                        })
                        .build();
        List<Slot<Thing>> slots = pool.acquireAll(TOTAL + 1);
        IllegalStateException e =
                assertThrows(IllegalStateException.class, () -> pool.releaseAll(slots.reversed()));
        assertEquals("cannot close thing " + TOTAL, e.getMessage());
        assertEquals(TOTAL, pool.pooledCount());
        assertEquals(TOTAL, pool.acquireAll(TOTAL).size());
    }

    /* ------------------------- Tracing ------------------------- */

    @Test
    void secondReleaseHasTheFirstAsItsCause() {
        CpuPool<Thing> pool = builder().traceReleases().build();
        Slot<Thing> slot = pool.acquire();
        releaseFirst(slot);
        Throwable cause = assertThrows(IllegalStateException.class, slot::release).getCause();
        assertNotNull(cause);
        assertEquals("first released here", cause.getMessage());
        assertTrue(
                List.of(cause.getStackTrace()).stream()
                        .anyMatch(frame -> frame.getMethodName().equals("releaseFirst")));
    }

    private static void releaseFirst(Slot<Thing> slot) {
        slot.release();
    }

    /* ------------------------- Age ------------------------- */

    private static void pass(long nanos) {
        for (long end = System.nanoTime() + nanos; System.nanoTime() <= end; ) {
            Thread.onSpinWait();
        }
    }

    @Test
    void objectThatWasPooledTooLongIsDiscardedInstead() {
        CpuPool<Thing> pool = builder().maxIdle(Duration.ofNanos(1)).build();
        Slot<Thing> slot = pool.acquire();
        Thing first = slot.get();
        slot.release();
        pass(1);
        assertNotSame(first, pool.acquire().get());
        assertEquals(List.of(first), things.discarded());
    }

    @Test
    void objectThatIsTooOldIsDiscardedInstead() {
        CpuPool<Thing> pool = builder().maxAge(Duration.ofNanos(1)).build();
        for (int i = 0; i < 3 * TOTAL; i++) {
            pass(1);
            pool.acquire().release();
        }
        assertEquals(things.discarded().size() + pool.pooledCount(), things.made());
        assertTrue(things.discarded().size() >= 3 * TOTAL - TOTAL);
        things.assertEachDiscardedOnce();
        pool.clear();
        assertEquals(things.made(), things.discarded().size());
    }

    @Test
    void youngObjectIsKept() {
        Duration day = Duration.ofDays(1);
        CpuPool<Thing> pool = builder().maxAge(day).maxIdle(day).build();
        for (int i = 0; i < 100; i++) {
            pool.acquire().release();
        }
        assertEquals(List.of(), things.discarded());
        assertTrue(things.made() <= memory.ranges());
    }

    /* ------------------------- Threads ------------------------- */

    @Test
    void interruptedThreadUsesThePoolAsOthersDo() throws Exception {
        CpuPool<Thing> pool = builder().build();
        Workers.runMixed(
                8,
                thread -> {
                    Thread.currentThread().interrupt();
                    for (int i = 0; i < 200; i++) {
                        Slot<Thing> slot = pool.acquire();
                        slot.get().take();
                        slot.get().giveBack();
                        slot.release();
                        if (i % 50 == 0) {
                            pool.releaseAll(pool.acquireAll(3));
                            pool.trim();
                        }
                        assertTrue(Thread.currentThread().isInterrupted());
                    }
                    assertTrue(Thread.interrupted());
                    return thread;
                });
        assertTrue(pool.pooledCount() <= TOTAL);
        assertWhole(pool);
    }

    @Test
    void virtualThreadsThatSleepMeanwhileOwnWhatTheyAcquired() throws Exception {
        CpuPool<Thing> pool = builder().build();
        List<Thread> threads = new ArrayList<>();
        AtomicInteger done = new AtomicInteger();
        for (int i = 0; i < 100; i++) {
            threads.add(
                    Thread.startVirtualThread(() -> {
                        for (int round = 0; round < 3; round++) {
                            Slot<Thing> slot = pool.acquire();
                            slot.get().take();
                            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                            slot.get().giveBack();
                            slot.release();
                            done.incrementAndGet();
                        }
                    }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(300, done.get());
        assertTrue(pool.pooledCount() <= TOTAL);
        assertEquals(things.made() - things.discarded().size(), pool.pooledCount());
        assertWhole(pool);
    }

    /* ------------------------- Arguments ------------------------- */

    @Test
    @SuppressWarnings("NullAway")
    void argumentsOutsideTheirBoundsAreRefused() {
        CpuPool.Builder<Thing> builder = builder();
        Class<IllegalArgumentException> type = IllegalArgumentException.class;
        for (int wrong : new int[] {0, -1, 1021, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            assertThrown(
                    type,
                    "maxPerCpu: " + wrong + " (expected: 1 to 1020)",
                    () -> builder.maxPerCpu(wrong));
        }
        for (int wrong : new int[] {0, -1, 1_000_001, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            assertThrown(
                    type,
                    "maxTotal: " + wrong + " (expected: 1 to 1000000)",
                    () -> builder.maxTotal(wrong));
        }
        for (Duration wrong : List.of(Duration.ZERO, Duration.ofNanos(-1))) {
            assertThrown(type, "maxIdle: PT", () -> builder.maxIdle(wrong));
            assertThrown(type, "maxAge: PT", () -> builder.maxAge(wrong));
        }
        Class<NullPointerException> none = NullPointerException.class;
        assertThrown(none, "factory: null", () -> CpuPool.builder(null));
        assertThrown(none, "factory: null", () -> CpuPool.builderWithSlot(null));
        assertThrown(none, "index: null", () -> builder.index(null));
        assertThrown(none, "action: null", () -> builder.onRelease(null));
        assertThrown(none, "action: null", () -> builder.onDiscard(null));
        assertThrown(none, "report: null", () -> builder.detectLeaks(null));
        assertThrown(none, "maxIdle: null", () -> builder.maxIdle(null));
        assertThrown(none, "maxAge: null", () -> builder.maxAge(null));
    }

    @Test
    void boundsCanBeReached() {
        CpuPool<Thing> widest =
                builder()
                        .maxPerCpu(1020)
                        .maxTotal(1_000_000)
                        .maxAge(Duration.ofSeconds(Long.MAX_VALUE))
                        .build();
        widest.releaseAll(widest.acquireAll(3_000));
        assertEquals(3_000, widest.pooledCount());
        for (int range = 0; range < memory.ranges(); range++) {
            assertTrue(widest.magazines().rounds(range) <= 1020);
        }
        assertEquals(3_000, widest.clear());
        CpuPool<Thing> standard = CpuPool.builder(things::make).build();
        assertEquals(32, standard.maxPerCpu());
        int perProcessor = 32 * (Runtime.getRuntime().availableProcessors() + 1);
        assertEquals(Math.max(512, perProcessor), standard.maxTotal());
        CpuPool<Thing> concurrent =
                CpuPool.builder(things::make).index(IndexMode.CONCURRENCY_ID).build();
        assertEquals(IndexMode.CONCURRENCY_ID, concurrent.magazines().memory().indexMode());
        assertNotEquals(standard.acquire().get(), concurrent.acquire().get());
    }
}
