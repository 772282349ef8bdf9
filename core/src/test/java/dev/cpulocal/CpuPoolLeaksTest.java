// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.CpuPool.Leak;
import dev.cpulocal.CpuPool.Slot;
import dev.cpulocal.PooledThings.Thing;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What becomes of objects that are never released, in every mode alike. */
class CpuPoolLeaksTest extends StructureContract {

    private static final int TOTAL = 8;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final PooledThings things = new PooledThings();
    private final ConcurrentLinkedQueue<Leak> leaks = new ConcurrentLinkedQueue<>();
    private final CpuPool<Thing> pool = builder().build();

    CpuPoolLeaksTest(Mode mode) {
        super(mode);
    }

    /** Looks for lost objects whenever none is left. */
    private CpuPool.Builder<Thing> builder() {
        return things.builder(memory, TOTAL, TOTAL).watchIntervalNanos(0);
    }

    private static void collectUntil(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "it is never noticed");
            System.gc();
            Thread.sleep(2); // the JVM's own thread says what was collected
        }
    }

    /** Lets the garbage collector find everything that is unreachable by now. */
    private static void collect() throws InterruptedException {
        WeakReference<Object> unreachable = new WeakReference<>(new Object());
        collectUntil(() -> unreachable.refersTo(null));
    }

    /** Acquires when none is left, so that the pool watches those that are out. */
    private static void watchAll(CpuPool<Thing> pool) {
        pool.acquire().release();
    }

    private static void lose(CpuPool<Thing> pool, int count) {
        assertEquals(count, pool.acquireAll(count).size());
    }

    private boolean isLost(int count) {
        watchAll(pool);
        return pool.statistics().lost() == count;
    }

    @Test
    void placesOfLostObjectsAreGivenToOthers() throws Exception {
        lose(pool, TOTAL);
        watchAll(pool);
        collectUntil(() -> isLost(TOTAL));

        long overflows = pool.statistics().overflows();
        List<Slot<Thing>> slots = pool.acquireAll(TOTAL);
        assertEquals(TOTAL, slots.stream().map(Slot::get).distinct().count());
        assertEquals(overflows, pool.statistics().overflows());
        pool.releaseAll(slots);
        assertEquals(TOTAL, pool.pooledCount());
    }

    @Test
    void objectsThatAreHeldAreNotLost() throws Exception {
        List<Slot<Thing>> held = pool.acquireAll(3);
        lose(pool, TOTAL - 3);
        watchAll(pool);
        collectUntil(() -> isLost(TOTAL - 3));
        collect();
        assertTrue(isLost(TOTAL - 3));

        List<Slot<Thing>> others = pool.acquireAll(TOTAL - 3);
        held.forEach(slot -> slot.get().take());
        others.forEach(slot -> slot.get().take());
        held.forEach(slot -> slot.get().giveBack());
        pool.releaseAll(held);
        others.forEach(slot -> slot.get().giveBack());
        pool.releaseAll(others);
        assertEquals(TOTAL, pool.pooledCount());
    }

    /* ------------------------- Watching and releasing ------------------------- */

    /** Fails unless all objects are pooled, and so still there after a collection. */
    private void assertAllPooled(CpuPool<Thing> of, List<Thing> expected)
            throws InterruptedException {
        collect();
        assertEquals(expected.size(), of.pooledCount());
        assertEquals(expected.size(), of.clear());
        List<Thing> found = things.discarded();
        assertTrue(found.containsAll(expected), () -> found + " of " + expected);
        assertEquals(0, of.statistics().lost());
    }

    private List<Thing> acquireWatchAndRelease(boolean together) {
        List<Slot<Thing>> slots = pool.acquireAll(TOTAL);
        watchAll(pool);
        if (together) {
            pool.releaseAll(slots);
        } else {
            slots.forEach(Slot::release);
        }
        return slots.stream().map(Slot::get).toList();
    }

    @Test
    void watchedObjectsThatAreReleasedAreKept() throws Exception {
        assertAllPooled(pool, acquireWatchAndRelease(false));
    }

    @Test
    void watchedObjectsThatAreReleasedTogetherAreKept() throws Exception {
        assertAllPooled(pool, acquireWatchAndRelease(true));
    }

    /** The watcher has seen that the slot is out, and comes to watch it when it no longer is. */
    @Test
    void objectReleasedBeforeItIsWatchedIsKept() throws Exception {
        List<Thing> expected = releaseThenWatch();
        assertAllPooled(pool, expected);
    }

    private List<Thing> releaseThenWatch() {
        List<Slot<Thing>> slots = pool.acquireAll(TOTAL);
        slots.forEach(Slot::release);
        slots.forEach(slot -> pool.table().watch(slot));
        return slots.stream().map(Slot::get).toList();
    }

    /** The watcher comes when the slot is claimed, but not yet in a magazine. */
    @Test
    void objectWatchedWhileItIsReleasedIsKept() throws Exception {
        List<CpuPool<Thing>> self = new ArrayList<>();
        CpuPool<Thing> hooked = builder().onRelease(thing -> watchOnce(self, thing)).build();
        self.add(hooked);
        List<Thing> expected = releaseAll(hooked);
        assertAllPooled(hooked, expected);
    }

    private static void watchOnce(List<CpuPool<Thing>> self, Thing thing) {
        if (thing.number() < TOTAL) {
            self.getFirst().table().watchThoseOut();
        }
    }

    private static List<Thing> releaseAll(CpuPool<Thing> pool) {
        List<Slot<Thing>> slots = pool.acquireAll(TOTAL);
        slots.forEach(Slot::release);
        return slots.stream().map(Slot::get).toList();
    }

    /** An object whose finalizer releases it, as some that hold native memory do. */
    private static final class Finalized {
        private final Slot<Finalized> slot;
        private final CountDownLatch finalizing;
        private final CountDownLatch mayRelease;

        Finalized(Slot<Finalized> slot, CountDownLatch finalizing, CountDownLatch mayRelease) {
            this.slot = slot;
            this.finalizing = finalizing;
            this.mayRelease = mayRelease;
        }

        @Override
        @SuppressWarnings({"removal", "Finalize"})
        protected void finalize() throws InterruptedException {
            if (slot.isOut()) {
                finalizing.countDown();
                mayRelease.await();
                slot.release();
            }
        }
    }

    /** Whoever looks for lost objects while a finalizer runs must not take its slot for lost. */
    @Test
    void objectReleasedByItsFinalizerIsInOneHandAtATime() throws Exception {
        CountDownLatch finalizing = new CountDownLatch(1);
        CountDownLatch mayRelease = new CountDownLatch(1);
        CpuPool<Finalized> finalized =
                CpuPool.<Finalized>builderWithSlot(
                                slot -> new Finalized(slot, finalizing, mayRelease))
                        .memory(memory)
                        .maxTotal(1)
                        .watchIntervalNanos(0)
                        .build();
        forget(finalized);
        collectUntil(() -> finalizing.getCount() == 0);
        // What was found by that collection is told before what is found by the next.
        collect();
        finalized.trim();
        mayRelease.countDown();
        collectUntil(() -> finalized.pooledCount() == 1);
        assertEquals(0, finalized.statistics().lost());
        List<Slot<Finalized>> slots = finalized.acquireAll(40);
        assertEquals(1, slots.stream().filter(slot -> slot.handle == 0).count());
        assertEquals(40, slots.stream().map(Slot::get).distinct().count());
    }

    private static void forget(CpuPool<Finalized> pool) {
        assertEquals(0, pool.acquire().handle);
        // None is left: the one that is out is watched.
        assertEquals(SlotTable.NONE, pool.acquire().handle);
    }

    /* ------------------------- Reports ------------------------- */

    private CpuPool<Thing> reporting() {
        return builder().detectLeaks(leaks::add).build();
    }

    private static void acquireAndForget(CpuPool<Thing> pool) {
        assertTrue(pool.acquire().isOut());
    }

    @Test
    void leakIsReportedWithWhoAcquired() throws Exception {
        CpuPool<Thing> reporting = reporting();
        acquireAndForget(reporting);
        collectUntil(() -> {
            reporting.acquire().release();
            return !leaks.isEmpty();
        });
        Leak leak = leaks.element();
        assertEquals("acquired here and never released", leak.getMessage());
        assertTrue(
                List.of(leak.getStackTrace()).stream()
                        .anyMatch(frame -> frame.getMethodName().equals("acquireAndForget")));
        assertEquals(1, reporting.statistics().lost());
    }

    @Test
    void leakOfAnObjectTooManyIsReported() throws Exception {
        CpuPool<Thing> reporting = reporting();
        List<Slot<Thing>> held = reporting.acquireAll(TOTAL);
        acquireAndForget(reporting);
        collectUntil(() -> {
            reporting.trim();
            return !leaks.isEmpty();
        });
        assertEquals(1, leaks.size());
        assertEquals(1, reporting.statistics().lost());
        reporting.releaseAll(held);
        assertEquals(TOTAL, reporting.pooledCount());
    }

    @Test
    void objectsThatAreReleasedAreNotReported() throws Exception {
        CpuPool<Thing> reporting = reporting();
        for (int i = 0; i < 100; i++) {
            reporting.acquire().release();
            reporting.releaseAll(reporting.acquireAll(3));
        }
        collect();
        reporting.trim();
        assertEquals(List.of(), List.copyOf(leaks));
        assertEquals(0, reporting.statistics().lost());
    }

    @Test
    void reportThatFailsHurtsNobody() throws Exception {
        AtomicReference<@Nullable Leak> seen = new AtomicReference<>();
        CpuPool<Thing> failing =
                builder()
                        .detectLeaks(leak -> {
                            seen.set(leak);
                            throw new IllegalStateException("cannot report");
                        })
                        .build();
        acquireAndForget(failing);
        collectUntil(() -> {
            failing.acquire().release();
            return seen.get() != null;
        });
        assertEquals(1, failing.statistics().lost());
    }
}
