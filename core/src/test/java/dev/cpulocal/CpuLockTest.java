// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static dev.cpulocal.Thrown.assertThrown;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.internal.Disturbance;
import dev.cpulocal.internal.Libc;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a lock for each CPU does, in every mode alike. */
class CpuLockTest extends StructureContract {

    private static final int OPERATIONS = 2_000;
    private static final int LONGS_PER_LINE = 8;

    private final CpuLock lock;

    CpuLockTest(Mode mode) {
        super(mode);
        lock = new CpuLock(memory);
    }

    private void lockAll() {
        for (int range = 0; range < memory.ranges(); range++) {
            lock.lock(range);
        }
    }

    private void unlockAll() {
        for (int range = 0; range < memory.ranges(); range++) {
            lock.unlock(range);
        }
    }

    @Test
    void lockIsHeldUntilItIsUnlocked() {
        int range = lock.lock();

        assertFalse(lock.tryLock(range));
        lock.unlock(range);

        assertTrue(lock.tryLock(range));
        lock.unlock(range);
    }

    @Test
    void everyRangeHasALockOfItsOwn() {
        for (int range = 0; range < memory.ranges(); range++) {
            assertTrue(lock.tryLock(range));
            assertFalse(lock.tryLock(range));
        }
        unlockAll();
    }

    @Test
    void locksOfOneMemoryAreIndependent() {
        lockAll();
        CpuLock other = new CpuLock(memory);

        assertEquals(-1, lock.tryLock());
        assertTrue(other.tryLock() >= 0);
    }

    @Test
    void tryLockAnswersMinusOneWhileTheLockIsHeld() {
        lockAll();
        assertEquals(-1, lock.tryLock());
        unlockAll();

        int range = lock.tryLock();

        assertTrue(range >= 0 && range < memory.ranges());
        assertFalse(lock.tryLock(range));
    }

    @Test
    void rangeIsThatOfTheCpuTheThreadRunsOn() throws Exception {
        FutureTask<List<Integer>> task = new FutureTask<>(this::lockOnEachCpu);
        Thread.ofPlatform().start(task);
        List<Integer> ranges = task.get();

        switch (memory.indexMode()) {
            case CPU_ID -> assertEquals(Libc.affinity(0).stream().boxed().toList(), ranges);
            case CONCURRENCY_ID ->
                    ranges.forEach(range -> assertTrue(range >= 0 && range < memory.ranges()));
        }
    }

    private List<Integer> lockOnEachCpu() {
        List<Integer> ranges = new ArrayList<>();
        for (int cpu : Libc.affinity(0).stream().toArray()) {
            assertTrue(Disturbance.migrate(Libc.gettid(), CpuSet.of(cpu)));
            ranges.add(lock.lock());
            lock.unlock(ranges.getLast());
        }
        return ranges;
    }

    @Test
    void waitersOfEveryKindGetTheLockAfterAnotherThreadUnlocksIt() throws Exception {
        lockAll();
        List<FutureTask<Boolean>> waiters = new ArrayList<>();
        for (Thread.Builder kind : List.of(Thread.ofPlatform(), Thread.ofVirtual())) {
            FutureTask<Boolean> own = new FutureTask<>(() -> lock.unlock(lock.lock()), true);
            FutureTask<Boolean> given =
                    new FutureTask<>(
                            () -> {
                                lock.lock(0);
                                lock.unlock(0);
                            },
                            true);
            waiters.addAll(List.of(own, given));
            kind.start(own);
            kind.start(given);
        }
        waiters.forEach(waiter -> assertFalse(waiter.isDone()));

        unlockAll();

        for (FutureTask<Boolean> waiter : waiters) {
            assertTrue(waiter.get(60, TimeUnit.SECONDS));
        }
    }

    @Test
    void interruptDoesNotEndTheWaitAndIsKept() throws Exception {
        lockAll();
        FutureTask<Boolean> waiter =
                new FutureTask<>(() -> {
                    int range = lock.lock();
                    lock.unlock(range);
                    return Thread.interrupted();
                });
        Thread thread = Thread.ofPlatform().start(waiter);
        thread.interrupt();
        // Until it parks and so has taken the interrupt.
        while (thread.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        assertFalse(waiter.isDone());

        unlockAll();

        assertTrue(waiter.get(60, TimeUnit.SECONDS));
    }

    @Test
    void unlockingAFreeLockIsRefused() {
        assertThrown(
                IllegalStateException.class,
                "range: 0 (expected: one that is locked)",
                () -> lock.unlock(0));
        lock.lock(0);
        lock.unlock(0);
        assertThrows(IllegalStateException.class, () -> lock.unlock(0));
    }

    @Test
    void rangeThatDoesNotExistIsRefused() {
        for (int range : noRanges()) {
            String message = "range: " + range + " (expected: 0 to " + (memory.ranges() - 1);
            Class<IllegalArgumentException> type = IllegalArgumentException.class;
            assertThrown(type, message, () -> lock.lock(range));
            assertThrown(type, message, () -> lock.tryLock(range));
            assertThrown(type, message, () -> lock.unlock(range));
        }
    }

    /** Plain additions: they are lost where two threads hold a lock, or miss what one wrote. */
    @Test
    void additionsUnderTheLockAreNotLost() throws Exception {
        long[] sums = new long[memory.ranges() * LONGS_PER_LINE];
        int threads = Workers.count();

        Workers.runMixed(
                threads,
                thread -> {
                    for (int i = 0; i < OPERATIONS; i++) {
                        boolean given = i % 64 == 0;
                        int range = given ? i / 64 % memory.ranges() : lock.lock();
                        if (given) {
                            lock.lock(range);
                        }
                        sums[range * LONGS_PER_LINE]++;
                        lock.unlock(range);
                    }
                    return thread;
                });

        assertEquals((long) OPERATIONS * threads, Arrays.stream(sums).sum());
    }
}
