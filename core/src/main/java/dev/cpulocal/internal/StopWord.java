// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The first word of every range: 0, or the number of the Java thread that works on the range from
 * elsewhere.
 *
 * <p>Sequences load it and leave if it is set. To exclude them, a thread takes the word by
 * compare-and-set, fences, works, and clears it with release order. The compare-and-set comes
 * before the fence, so a sequence that starts after the fence sees the word; one that started
 * before has committed or aborts. The release pairs with the load in the next sequence, which
 * therefore sees the work. Whoever waits for the word spins for a while, then parks; the order in
 * which waiters get it is not defined.
 */
final class StopWord {

    /** Where it is in a range. */
    static final int OFFSET = 0;

    private static final VarHandle WORD = JAVA_LONG.varHandle();
    private static final int SPINS = 100;
    private static final long LEAST_PARK_NANOS = TimeUnit.MICROSECONDS.toNanos(20);
    private static final long MOST_PARK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private StopWord() {}

    static void take(MemorySegment memory, long range) {
        long holder = Thread.currentThread().threadId();
        boolean interrupted = false;
        for (int tries = 0; !WORD.compareAndSet(memory, range + OFFSET, 0L, holder); tries++) {
            backOff(tries);
            // An interrupted thread cannot park, and a virtual one would keep its carrier.
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    static void clear(MemorySegment memory, long range) {
        WORD.setRelease(memory, range + OFFSET, 0L);
    }

    static void backOff(int tries) {
        if (tries < SPINS) {
            Thread.onSpinWait();
        } else {
            int doublings = Math.min(tries - SPINS, 10);
            LockSupport.parkNanos(Math.min(LEAST_PARK_NANOS << doublings, MOST_PARK_NANOS));
        }
    }
}
