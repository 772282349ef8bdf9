// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How a thread waits for a word in memory: it spins for a while, then parks, longer each time.
 *
 * <p>An interrupted thread cannot park, and a virtual one would keep its carrier. So the interrupt
 * is taken while it waits, and given back at the end.
 */
public final class Backoff {

    private static final int SPINS = 100;
    private static final int MOST_DOUBLINGS = 6;
    private static final long LEAST_PARK_NANOS = TimeUnit.MICROSECONDS.toNanos(20);

    private int tries;
    private boolean interrupted;

    /** Begins to wait. */
    public Backoff() {}

    /** Waits a little. */
    public void await() {
        if (tries < SPINS) {
            Thread.onSpinWait();
        } else {
            interrupted |= Thread.interrupted();
            LockSupport.parkNanos(LEAST_PARK_NANOS << Math.min(tries - SPINS, MOST_DOUBLINGS));
        }
        tries++;
    }

    /** Ends to wait. */
    public void end() {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
