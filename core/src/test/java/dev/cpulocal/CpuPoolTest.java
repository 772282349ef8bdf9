// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static dev.cpulocal.Thrown.assertThrown;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.CpuPool.Lease;
import dev.cpulocal.CpuPool.Slot;
import dev.cpulocal.CpuPool.Statistics;
import dev.cpulocal.PooledThings.Thing;
import dev.cpulocal.internal.Libc;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a pool does, in every mode alike. */
class CpuPoolTest extends StructureContract {

    private static final int PER_CPU = 4;
    private static final int TOTAL = 16;
    private static final int OPERATIONS = 2_000;

    private final PooledThings things = new PooledThings();
    private final CpuPool<Thing> pool = things.builder(memory, PER_CPU, TOTAL).build();

    CpuPoolTest(Mode mode) {
        super(mode);
    }

    /** Work that may throw what it likes. */
    private interface Work {
        void run() throws Exception;
    }

    /** Does something where it is not moved to another CPU. */
    private static void pinned(Work work) throws Exception {
        CpuSet allowed = Libc.affinity(0);
        assertEquals(0, Libc.setAffinity(0, CpuSet.of(allowed.last())));
        try {
            work.run();
        } finally {
            assertEquals(0, Libc.setAffinity(0, allowed));
        }
    }

    /** Whether a thread that is not moved keeps its magazine: a concurrency id may change. */
    private boolean staysWhenPinned() {
        return memory.indexMode() == IndexMode.CPU_ID;
    }

    private List<Slot<Thing>> acquire(int count) {
        List<Slot<Thing>> slots = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            slots.add(pool.acquire());
        }
        return slots;
    }

    private static Set<Thing> objects(List<Slot<Thing>> slots) {
        Set<Thing> objects = Collections.newSetFromMap(new IdentityHashMap<>());
        slots.forEach(slot -> assertTrue(objects.add(slot.get()), "handed out twice"));
        return objects;
    }

    /** {@return how many objects the pool owns} */
    private static long owned(CpuPool<?> pool) {
        Statistics statistics = pool.statistics();
        return statistics.made() - statistics.discarded() - statistics.lost();
    }

    /* ------------------------- Acquire and release ------------------------- */

    @Test
    void newPoolIsEmptyAndMakesWhatIsAskedFor() {
        assertEquals(PER_CPU, pool.maxPerCpu());
        assertEquals(TOTAL, pool.maxTotal());
        assertEquals(0, pool.pooledCount());
        assertEquals("pool of 0 objects, at most 16", pool.toString());

        Slot<Thing> slot = pool.acquire();

        assertEquals(1, things.made());
        assertSame(slot.get(), slot.get());
        assertTrue(slot.isOut());
        assertEquals("slot 0 (out) of thing 0", slot.toString());
        slot.release();
        assertEquals("slot 0 (released) of thing 0", slot.toString());
        assertEquals(1, pool.pooledCount());
        assertEquals("pool of 1 objects, at most 16", pool.toString());
    }

    @Test
    void theObjectReleasedLastIsAcquiredFirst() throws Exception {
        pinned(() -> {
            for (int round = 0; round < 100; round++) {
                List<Slot<Thing>> slots = acquire(PER_CPU);
                Collections.shuffle(slots, ThreadLocalRandom.current());
                slots.forEach(Slot::release);
                List<Slot<Thing>> again = acquire(PER_CPU);
                if (staysWhenPinned()) {
                    assertEquals(slots.reversed(), again);
                } else {
                    objects(again);
                }
                again.forEach(Slot::release);
            }
        });
        if (staysWhenPinned()) {
            assertEquals(PER_CPU, things.made());
        }
    }

    @Test
    void aSecondObjectCanBeAcquiredWhileTheFirstIsOut() {
        for (int round = 0; round < 100; round++) {
            Slot<Thing> first = pool.acquire();
            Slot<Thing> second = pool.acquire();
            assertNotSame(first.get(), second.get());
            (round % 2 == 0 ? first : second).release();
            (round % 2 == 0 ? second : first).release();
        }
        assertTrue(things.made() <= 2 * memory.ranges());
    }

    @Test
    void anyThreadCanRelease() throws Exception {
        for (int round = 0; round < 50; round++) {
            List<Slot<Thing>> slots = acquire(PER_CPU);
            Workers.runMixed(
                    PER_CPU,
                    thread -> {
                        slots.get(thread).release();
                        return thread;
                    });
            assertEquals(owned(pool), pool.pooledCount());
        }
        assertEquals(0, things.discarded().size());
        assertTrue(things.made() <= TOTAL);
    }

    @Test
    void leaseReleasesOnce() {
        Lease<Thing> lease = pool.lease();
        Thing thing = lease.get();
        lease.close();
        lease.close();
        assertThrown(IllegalStateException.class, "lease: closed (expected: open)", lease::get);
        assertEquals(1, pool.pooledCount());

        List<Slot<Thing>> all = acquireUntil(thing);

        // Somebody else has it by now.
        lease.close();
        assertTrue(all.getLast().isOut());
        assertEquals(0, pool.pooledCount());
        all.forEach(Slot::release);
    }

    /** Acquires until a thing comes, wherever it is. */
    private List<Slot<Thing>> acquireUntil(Thing thing) {
        List<Slot<Thing>> slots = new ArrayList<>();
        while (slots.isEmpty() || slots.getLast().get() != thing) {
            assertTrue(slots.size() < 100 * TOTAL, "it never comes");
            slots.add(pool.acquire());
        }
        return slots;
    }

    @Test
    void objectCanKnowItsSlot() {
        record Knowing(Slot<Knowing> slot) {}
        CpuPool<Knowing> knowing =
                CpuPool.<Knowing>builderWithSlot(Knowing::new).memory(memory).build();
        Knowing object = knowing.acquire().get();
        assertSame(object, object.slot.get());
        object.slot.release();
        assertEquals(1, knowing.pooledCount());
    }

    /* ------------------------- Bounds ------------------------- */

    @Test
    void objectsAboveTheMostAreDiscardedWhenReleased() {
        List<Slot<Thing>> slots = acquire(TOTAL + 5);

        assertEquals(TOTAL + 5, objects(slots).size());
        assertEquals(5, pool.statistics().overflows());
        assertTrue(slots.getLast().toString().startsWith("slot (out) of thing "));
        slots.forEach(Slot::release);

        assertEquals(TOTAL, pool.pooledCount());
        assertEquals(5, things.discarded().size());
        assertEquals("slot (discarded) of thing 20", slots.getLast().toString());
        assertEquals(objects(slots.subList(TOTAL, TOTAL + 5)), new HashSet<>(things.discarded()));
        assertEquals(TOTAL, owned(pool));
    }

    @Test
    void noCpuKeepsMoreThanItsMost() {
        acquire(TOTAL).forEach(Slot::release);
        pool.releaseAll(pool.acquireAll(TOTAL));
        for (int range = 0; range < memory.ranges(); range++) {
            assertTrue(pool.magazines().rounds(range) <= PER_CPU);
        }
        assertEquals(TOTAL, pool.pooledCount());
    }

    @Test
    void oneObjectIsAPoolToo() {
        CpuPool<Thing> one = things.builder(memory, 1, 1).build();
        for (int round = 0; round < 100; round++) {
            Slot<Thing> first = one.acquire();
            Slot<Thing> second = one.acquire();
            assertNotSame(first.get(), second.get());
            first.release();
            second.release();
            assertTrue(one.pooledCount() <= 1);
            assertTrue(owned(one) <= 1);
        }
    }

    /* ------------------------- One way ------------------------- */

    /** Threads that only acquire, and others that only release, neither grow nor starve. */
    @Test
    void oneWayFlowIsBoundedAndReusesObjects() throws Exception {
        int pairs = 4;
        int inFlight = 4;
        CpuPool<Thing> wide = things.builder(memory, PER_CPU, 64).build();
        BlockingQueue<Slot<Thing>> queue = new ArrayBlockingQueue<>(inFlight);
        Workers.runMixed(
                2 * pairs,
                thread -> {
                    // Half of each kind are virtual.
                    boolean acquires = thread < pairs;
                    for (int i = 0; i < OPERATIONS; i++) {
                        if (acquires) {
                            Slot<Thing> slot = wide.acquire();
                            slot.get().take();
                            queue.put(slot);
                        } else {
                            Slot<Thing> slot = queue.take();
                            slot.get().giveBack();
                            slot.release();
                        }
                    }
                    return thread;
                });

        long most = inFlight + 2L * pairs + (long) memory.ranges() * PER_CPU + PER_CPU;
        assertTrue(things.made() <= most, things.made() + " made");
        assertEquals(0, things.discarded().size());
        assertEquals(owned(wide), wide.pooledCount());
        Statistics statistics = wide.statistics();
        assertEquals((long) pairs * OPERATIONS, statistics.hits() + statistics.misses());
        assertEquals(0, statistics.overflows());
    }

    /** All that there is lies on another CPU: it is fetched, not made anew for ever. */
    @Test
    void objectsOnAnotherCpuAreFetchedWhenNoneCanBeMade() throws Exception {
        int rounds = 200;
        BlockingQueue<Slot<Thing>> queue = new ArrayBlockingQueue<>(PER_CPU);
        CpuPool<Thing> tight = things.builder(memory, PER_CPU, PER_CPU).build();
        int[] cpus = Libc.affinity(0).stream().toArray();
        Workers.runMixed(
                3,
                thread -> {
                    if (thread == 1) {
                        return thread; // a virtual thread cannot be kept on a CPU
                    }
                    Libc.setAffinity(0, CpuSet.of(cpus[thread == 0 ? 0 : cpus.length - 1]));
                    for (int i = 0; i < rounds; i++) {
                        if (thread == 0) {
                            queue.put(tight.acquire());
                        } else {
                            queue.take().release();
                        }
                    }
                    return thread;
                });
        assertTrue(tight.pooledCount() <= PER_CPU);
        assertEquals(owned(tight), tight.pooledCount());
        assertTrue(tight.statistics().overflows() < rounds, tight.statistics()::toString);
        assertEquals(tight.statistics().discarded(), things.discarded().size());
    }

    /* ------------------------- Batches ------------------------- */

    @Test
    void batchOfNoneIsNone() {
        assertEquals(List.of(), pool.acquireAll(0));
        pool.releaseAll(List.of());
        assertEquals(0, things.made());
        assertEquals(0, pool.statistics().misses());
        assertThrown(
                IllegalArgumentException.class,
                "count: -1 (expected: at least 0)",
                () -> pool.acquireAll(-1));
    }

    @Test
    void batchesTakeWhatThereIsAndMakeTheRest() {
        for (int count = 1; count <= TOTAL + 2; count++) {
            List<Slot<Thing>> slots = pool.acquireAll(count);
            assertEquals(count, objects(slots).size());
            assertTrue(slots.stream().allMatch(Slot::isOut));
            pool.releaseAll(slots);
            assertEquals(owned(pool), pool.pooledCount());
        }
        assertEquals(TOTAL, pool.pooledCount());
        Statistics statistics = pool.statistics();
        long acquires = (long) (TOTAL + 2) * (TOTAL + 3) / 2;
        assertEquals(acquires, statistics.hits() + statistics.misses());
        assertEquals(3, statistics.overflows());
        assertEquals(3, things.discarded().size());
    }

    @Test
    void batchTakesTheObjectsReleasedLast() throws Exception {
        pinned(() -> {
            List<Slot<Thing>> slots = acquire(PER_CPU);
            pool.releaseAll(slots);
            List<Slot<Thing>> two = pool.acquireAll(2);
            if (staysWhenPinned()) {
                assertEquals(slots.subList(2, 4).reversed(), two);
                assertEquals(slots.subList(0, 2).reversed(), acquire(2));
            } else {
                objects(two);
            }
        });
    }

    @Test
    void batchThatCannotBeMadeTakesNone() {
        CpuPool<Thing> limited =
                CpuPool.builder(
                                () -> {
                                    if (things.made() == 3) {
                                        throw new IllegalStateException("no more");
                                    }
                                    return things.make();
                                })
                        .memory(memory)
                        .maxPerCpu(PER_CPU)
                        .build();
        limited.releaseAll(limited.acquireAll(2));

        assertThrown(IllegalStateException.class, "no more", () -> limited.acquireAll(4));

        assertEquals(3, limited.pooledCount());
        assertEquals(3, objects(limited.acquireAll(3)).size());
    }

    @Test
    void batchWithAForeignSlotReleasesNothing() {
        List<Slot<Thing>> slots = new ArrayList<>(acquire(2));
        slots.add(things.builder(memory, 1, 1).build().acquire());
        assertThrown(
                IllegalArgumentException.class,
                "(out) of thing 2 (expected: one of this pool)",
                () -> pool.releaseAll(slots));
        slots.set(2, null);
        assertThrown(
                NullPointerException.class,
                "slot: null (expected: one of this pool)",
                () -> pool.releaseAll(slots));
        assertEquals(0, pool.pooledCount());
        pool.releaseAll(slots.subList(0, 2));
        assertEquals(2, pool.pooledCount());
    }

    @Test
    void batchWithASlotTwiceReleasesEachOnce() {
        List<Slot<Thing>> slots = acquire(3);
        slots.add(1, slots.get(0));
        slots.add(slots.get(0));
        IllegalStateException e =
                assertThrows(IllegalStateException.class, () -> pool.releaseAll(slots));
        assertEquals("slot 0 (released) of thing 0 (expected: out)", e.getMessage());
        assertEquals(1, e.getSuppressed().length);
        assertEquals(3, pool.pooledCount());
        assertEquals(3, objects(pool.acquireAll(3)).size());
    }

    /* ------------------------- Letting go ------------------------- */

    @Test
    void clearDiscardsWhatIsPooledAndOnlyThat() {
        List<Slot<Thing>> slots = acquire(TOTAL);
        List<Slot<Thing>> out = slots.subList(0, 3);
        pool.releaseAll(slots.subList(3, TOTAL));

        assertEquals(TOTAL - 3, pool.clear());

        assertEquals(0, pool.pooledCount());
        assertEquals(TOTAL - 3, things.discarded().size());
        assertTrue(out.stream().allMatch(Slot::isOut));
        assertEquals(0, pool.clear());
        out.forEach(Slot::release);
        assertEquals(3, pool.pooledCount());
        // Their places are free for others.
        assertEquals(TOTAL, objects(pool.acquireAll(TOTAL)).size());
        assertEquals(0, pool.statistics().overflows());
        assertEquals(TOTAL, owned(pool));
    }

    @Test
    void trimDiscardsWhatIsNotNeededBetweenTwoTrims() throws Exception {
        pinned(() -> {
            assertEquals(0, pool.trim());
            acquire(PER_CPU).forEach(Slot::release);
            assertEquals(0, pool.trim(), "they were just released");
            pool.acquire().release();
            assertEquals(0, pool.trim(), "one was just acquired");
            assertEquals(PER_CPU, pool.trim());
            assertEquals(0, pool.pooledCount());
            assertEquals(PER_CPU, things.discarded().size());
        });
    }

    @Test
    void trimKeepsWhatABusyCpuHasAndDrainsTheDepot() throws Exception {
        pinned(() -> {
            acquire(TOTAL).forEach(Slot::release);
            int pooledByCpus = pool.magazines().rounds();
            pool.trim();
            pool.acquire().release();
            int trimmed = pool.trim();
            if (staysWhenPinned()) {
                assertEquals(TOTAL - pooledByCpus, trimmed);
                assertEquals(pooledByCpus, pool.pooledCount());
            }
            assertEquals(pool.pooledCount(), pool.trim());
            assertEquals(TOTAL, things.discarded().size());
        });
    }

    @Test
    void closedPoolRefusesAndDiscardsWhatComesBack() {
        List<Slot<Thing>> slots = acquire(TOTAL + 2);
        pool.releaseAll(slots.subList(0, 6));

        pool.close();

        assertEquals(0, pool.pooledCount());
        assertEquals(6, things.discarded().size());
        String message = "pool: closed (expected: open)";
        assertThrown(IllegalStateException.class, message, pool::acquire);
        assertThrown(IllegalStateException.class, message, pool::lease);
        assertThrown(IllegalStateException.class, message, () -> pool.acquireAll(1));
        assertEquals(List.of(), pool.acquireAll(0));
        slots.subList(6, 9).forEach(Slot::release);
        pool.releaseAll(slots.subList(9, TOTAL + 2));
        assertEquals(TOTAL + 2, things.discarded().size());
        assertEquals(0, pool.pooledCount());
        pool.close();
        assertEquals(0, pool.clear());
        assertEquals(0, pool.trim());
        assertEquals(0, owned(pool));
        assertEquals(TOTAL + 2, things.made());
        things.assertEachDiscardedOnce();
    }

    @Test
    void closeUnderLoadDiscardsEveryObjectOnce() throws Exception {
        int threads = Workers.count();
        int closer = 0; // a platform thread: those that are virtual keep their carriers
        CountDownLatch acquires = new CountDownLatch(1_000);
        Workers.runMixed(
                threads,
                thread -> {
                    if (thread == closer) {
                        acquires.await();
                        pool.close();
                        return thread;
                    }
                    for (Slot<Thing> slot; (slot = acquireIfOpen()) != null; ) {
                        acquires.countDown();
                        slot.get().take();
                        slot.get().giveBack();
                        slot.release();
                        // Some that have not begun are virtual, and need this carrier: one that
                        // only yields may be the next again.
                        LockSupport.parkNanos(1);
                    }
                    return thread;
                });

        assertEquals(0, pool.pooledCount());
        assertEquals(0, owned(pool));
        assertEquals(things.made(), things.discarded().size());
        things.assertEachDiscardedOnce();
        for (int range = 0; range < memory.ranges(); range++) {
            assertEquals(0, pool.magazines().rounds(range));
        }
    }

    private @Nullable Slot<Thing> acquireIfOpen() {
        try {
            return pool.acquire();
        } catch (IllegalStateException e) {
            assertEquals("pool: closed (expected: open)", e.getMessage());
            return null;
        }
    }

    /* ------------------------- Statistics ------------------------- */

    @Test
    void statisticsAreExactWhenNobodyWorks() throws Exception {
        int threads = 8;
        Workers.runMixed(
                threads,
                thread -> {
                    for (int i = 0; i < OPERATIONS; i++) {
                        if (i % 8 == 0) {
                            pool.releaseAll(pool.acquireAll(3));
                        } else {
                            pool.acquire().release();
                        }
                        if (thread == 0 && i % 500 == 0) {
                            pool.clear();
                        }
                    }
                    return thread;
                });

        Statistics statistics = pool.statistics();
        long acquires = (long) threads * (OPERATIONS + 2 * OPERATIONS / 8);
        assertEquals(acquires, statistics.hits() + statistics.misses());
        assertEquals(things.made(), statistics.made());
        assertEquals(things.discarded().size(), statistics.discarded());
        assertEquals(0, statistics.lost());
        assertEquals(pool.pooledCount(), owned(pool));
        assertTrue(statistics.overflows() <= statistics.discarded());
        assertTrue(statistics.misses() >= statistics.made());
        assertTrue(statistics.stops() >= 1);
        things.assertEachDiscardedOnce();
    }

    @Test
    void hitsMissesAndBatchesAreCounted() throws Exception {
        pinned(() -> {
            acquire(TOTAL).forEach(Slot::release);
            Statistics first = pool.statistics();
            assertEquals(TOTAL, first.misses());
            assertEquals(0, first.hits());
            assertEquals(TOTAL, first.made());
            if (staysWhenPinned()) {
                // Each time that all 4 places are taken, 2 go.
                assertEquals((TOTAL - PER_CPU) / 2, first.batches());
                acquire(TOTAL);
                Statistics second = pool.statistics();
                // 4 are there; after that every second comes with the one before it.
                int pairs = (TOTAL - PER_CPU) / 2;
                assertEquals(PER_CPU + pairs, second.hits());
                assertEquals(first.misses() + pairs, second.misses());
                assertEquals(first.batches() + pairs, second.batches());
            }
        });
    }

    /* ------------------------- What is refused ------------------------- */

    @Test
    @SuppressWarnings("NullAway")
    void slotOfAnotherPoolIsRefused() {
        CpuPool<Thing> other = things.builder(memory, 1, 1).build();
        Slot<Thing> foreign = other.acquire();
        assertThrown(
                IllegalArgumentException.class,
                "slot: slot 0 (out) of thing 0 (expected: one of this pool)",
                () -> pool.release(foreign));
        assertThrown(
                NullPointerException.class,
                "slot: null (expected: one of this pool)",
                () -> pool.release(null));
        assertTrue(foreign.isOut());
        other.release(foreign);
        assertEquals(1, other.pooledCount());
        assertEquals(0, pool.pooledCount());
    }

    @Test
    void secondReleaseIsRefusedAndChangesNothing() {
        Slot<Thing> slot = pool.acquire();
        slot.release();
        for (int i = 0; i < 3; i++) {
            assertThrown(
                    IllegalStateException.class,
                    "slot 0 (released) of thing 0 (expected: out)",
                    slot::release);
        }
        assertEquals(1, pool.pooledCount());
        pool.clear();
        assertThrown(
                IllegalStateException.class,
                "slot 0 (discarded) of thing 0 (expected: out)",
                slot::release);
        assertEquals(0, pool.pooledCount());
        assertEquals(2, objects(acquire(2)).size());
    }

    @Test
    void ofTwoReleasesAtTheSameTimeOneSucceeds() throws Exception {
        for (int round = 0; round < 20; round++) {
            List<Slot<Thing>> slots = pool.acquireAll(TOTAL);
            List<Integer> successes =
                    Workers.runMixed(
                            4,
                            _ -> {
                                int count = 0;
                                for (Slot<Thing> slot : slots) {
                                    count += releases(slot) ? 1 : 0;
                                }
                                return count;
                            });
            assertEquals(TOTAL, successes.stream().mapToInt(Integer::intValue).sum());
            assertEquals(TOTAL, pool.pooledCount());
            assertEquals(TOTAL, objects(slots).size());
            pool.clear();
        }
    }

    private static boolean releases(Slot<Thing> slot) {
        try {
            slot.release();
            return true;
        } catch (IllegalStateException e) {
            assertTrue(String.valueOf(e.getMessage()).endsWith("(expected: out)"), e::toString);
            return false;
        }
    }
}
