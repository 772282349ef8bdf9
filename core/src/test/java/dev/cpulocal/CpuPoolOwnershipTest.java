// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.CpuPool.Slot;
import dev.cpulocal.CpuPool.Statistics;
import dev.cpulocal.PooledThings.Thing;
import dev.cpulocal.Workers.Background;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** An object is in one hand at a time, whatever else happens to the pool, in every mode alike. */
class CpuPoolOwnershipTest extends StructureContract {

    private static final int PER_CPU = 4;
    private static final int TOTAL = 6;
    private static final int OPERATIONS = 1_500;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final PooledThings things = new PooledThings();
    private final ConcurrentLinkedQueue<Slot<Thing>> passedOn = new ConcurrentLinkedQueue<>();
    private final CpuPool<Thing> pool =
            things.builder(memory, PER_CPU, TOTAL).watchIntervalNanos(0).build();

    CpuPoolOwnershipTest(Mode mode) {
        super(mode);
    }

    /** Acquires, and releases here, or elsewhere, or together, or never. */
    private int work(int thread, boolean careless) {
        Random random = new Random(thread);
        int lost = 0;
        for (int i = 0; i < OPERATIONS; i++) {
            int kind = random.nextInt(100);
            if (careless && kind == 0) {
                pool.acquire().get().take();
                lost++;
            } else if (kind < 10) {
                List<Slot<Thing>> slots = pool.acquireAll(1 + random.nextInt(PER_CPU));
                slots.forEach(slot -> slot.get().take());
                slots.forEach(slot -> slot.get().giveBack());
                pool.releaseAll(slots);
            } else {
                Slot<Thing> slot = pool.acquire();
                slot.get().take();
                if (kind < 30) {
                    Slot<Thing> other = passedOn.poll();
                    passedOn.add(slot);
                    slot = other;
                }
                if (slot != null) {
                    slot.get().giveBack();
                    slot.release();
                }
            }
        }
        return lost;
    }

    /** What others do to the pool meanwhile. */
    private boolean disturb(Random random) {
        switch (random.nextInt(4)) {
            case 0 -> pool.clear();
            case 1 -> pool.trim();
            case 2 -> System.gc();
            default -> assertTrue(pool.pooledCount() <= TOTAL);
        }
        return true;
    }

    private void drainPassedOn() {
        for (Slot<Thing> slot; (slot = passedOn.poll()) != null; ) {
            slot.get().giveBack();
            slot.release();
        }
    }

    @Test
    void objectIsInOneHandAtATime() throws Exception {
        Random random = new Random(1);
        // So few are left that many are too many.
        passedOn.addAll(pool.acquireAll(TOTAL - PER_CPU + 1));
        passedOn.forEach(slot -> slot.get().take());
        try (Background _ = new Background(() -> disturb(random))) {
            Workers.runMixed(Workers.count(), thread -> work(thread, false));
        }
        drainPassedOn();

        Statistics statistics = pool.statistics();
        assertEquals(0, statistics.lost());
        assertEquals(things.made(), statistics.made());
        assertEquals(things.discarded().size(), statistics.discarded());
        assertEquals(things.made() - things.discarded().size(), pool.pooledCount());
        things.assertEachDiscardedOnce();
        assertTrue(statistics.overflows() > 0, "none was too many");
    }

    @Test
    void objectIsInOneHandAtATimeWhileThreadsAreMovedAndOthersForget() throws Exception {
        Random random = new Random(2);
        try (Background _ = new Background(() -> disturb(random))) {
            Workers.runDisturbed(8, thread -> work(thread, thread % 2 == 0));
        }
        drainPassedOn();
        awaitLost();
        pool.close();

        Statistics statistics = pool.statistics();
        assertEquals(things.made(), statistics.made());
        assertEquals(things.discarded().size(), statistics.discarded());
        assertEquals(0, pool.pooledCount());
        things.assertEachDiscardedOnce();
    }

    /** Uses the pool up, so that it watches those that are out, until one turns out to be lost. */
    private void awaitLost() throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (pool.statistics().lost() == 0) {
            assertTrue(System.nanoTime() < deadline, "none was lost");
            pool.releaseAll(pool.acquireAll(TOTAL + 1));
            System.gc();
            Thread.sleep(2); // the JVM's own thread says what was collected
        }
    }
}
