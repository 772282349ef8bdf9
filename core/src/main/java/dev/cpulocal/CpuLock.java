// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import dev.cpulocal.internal.Backoff;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A lock for each CPU: for data that belongs to a CPU and is too much for one {@link Sequence}.
 *
 * <p>{@link #lock()} takes the lock of the CPU that the caller runs on and returns the number of
 * its range. Until {@link #unlock} with that number, the data of this range is the caller's,
 * wherever it runs meanwhile: it may be moved to another CPU, block, or leave the unlocking to
 * another thread. Threads on different CPUs do not wait for each other.
 *
 * <p>All methods can be called by any thread. What was written before {@code unlock} is visible
 * after the {@code lock} that follows it. The lock is not reentrant, has no owner, and gives no
 * waiter precedence. Who waits spins, then parks, so that a virtual thread leaves its carrier; an
 * interrupt does not end the wait and is kept. A thread that waits for the lock of the CPU it runs
 * on, and is moved, goes on with the lock of the other CPU.
 *
 * <p>Taking a free lock costs a call of a {@linkplain CpuMemory#bind bound} sequence, without
 * atomic instruction where there is rseq; releasing it, a load and a store. Taking the lock of a
 * given range from elsewhere costs a system call.
 *
 * {@snippet lang = java :
 * int range = lock.lock();
 * try {
 *     histograms[range].record(value);
 * } finally {
 *     lock.unlock(range);
 * }
 * }
 */
public final class CpuLock {

    /*
     * Layout of the item, 16 bytes on each CPU
     * ----------------------------------------
     *   | held: 0 or 1 | number of this range |
     *
     * A sequence does not know on which range it runs, and its thread may be elsewhere when the call
     * returns. So each range carries its own number, and the sequence that takes the lock returns the
     * number it loaded in the same section.
     *
     * The lock is taken by plain instructions: a load, a comparison, a store. Nobody interferes: other
     * sequences of the range run before or after, and a thread that unlocks from elsewhere stores only
     * while the word is 1, when sequences leave it alone. To take the lock of another CPU, the same
     * sequence is executed there, which excludes that CPU's own.
     *
     * Order: the release store of unlock pairs with the load in the sequence. The fence after a call
     * keeps the caller's reads from moving up before it, and costs nothing on x86-64.
     */

    private static final int HELD = 0;
    private static final int NUMBER = 8;
    private static final int BYTES = 16;
    private static final int NONE = -1;

    static final Sequence LOCK =
            Sequence.build(
                    "lock",
                    s -> {
                        var lock = s.item("lock", BYTES);
                        s.leaveIf(s.load(lock.at(HELD)), Op.Condition.NOT_EQUAL, 0);
                        var number = s.load(lock.at(NUMBER));
                        s.commit(lock.at(HELD), s.constant(1));
                        s.returns(number);
                    });

    /** The bound {@link #LOCK}. */
    interface Lock {
        /** {@return the number of the range, or a code} */
        long lock(CpuMemory.Item lock);
    }

    private final CpuMemory memory;
    private final CpuMemory.Item item;
    private final Lock lock;

    /**
     * Makes a free lock for each range of a memory. It takes 16 bytes of every range, and touches
     * all of them.
     *
     * @param memory where
     * @throws IllegalStateException if the memory is full
     */
    public CpuLock(CpuMemory memory) {
        this.memory = memory;
        item = memory.allocate(BYTES);
        for (int range = 0; range < memory.ranges(); range++) {
            memory.setRelease(item, NUMBER, range, range);
        }
        lock = memory.bind(LOCK, Lock.class, MethodHandles.lookup());
    }

    /**
     * {@return the range whose lock is taken: that of the CPU the caller ran on at that moment}
     *
     * <p>Waits while it is held.
     */
    public int lock() {
        int range = tryLock();
        return range == NONE ? waitFor() : range;
    }

    private int waitFor() {
        Backoff backoff = new Backoff();
        int range;
        do {
            backoff.await();
            range = tryLock();
        } while (range == NONE);
        backoff.end();
        return range;
    }

    /**
     * {@return the range whose lock is taken, or -1 if that of the CPU the caller ran on was held}
     */
    public int tryLock() {
        return taken(lock.lock(item));
    }

    /**
     * Takes the lock of a given range from wherever the caller runs, and waits while it is held.
     *
     * @param range the CPU or concurrency id
     * @throws IllegalArgumentException if there is no such range
     */
    public void lock(int range) {
        Backoff backoff = new Backoff();
        while (!tryLock(range)) {
            backoff.await();
        }
        backoff.end();
    }

    /**
     * {@return whether the lock of a given range is taken; if not, it was held}
     *
     * @param range the CPU or concurrency id
     * @throws IllegalArgumentException if there is no such range
     */
    public boolean tryLock(int range) {
        boolean free = memory.getOpaque(item, HELD, range) == 0;
        return free && taken(memory.execute(range, LOCK, item)) == range;
    }

    private static int taken(long result) {
        VarHandle.acquireFence();
        return Result.isCommitted(result) ? (int) result : NONE;
    }

    /**
     * Releases a lock. Any thread may, on any CPU; that it is the caller's to release is for the
     * caller to see to.
     *
     * @param range what {@code lock} returned
     * @throws IllegalArgumentException if there is no such range
     * @throws IllegalStateException if its lock is not held
     */
    public void unlock(int range) {
        if (memory.getOpaque(item, HELD, range) == 0) {
            throw new IllegalStateException("range: " + range + " (expected: one that is locked)");
        }
        memory.setRelease(item, HELD, range, 0);
    }
}
