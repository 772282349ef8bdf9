// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import java.util.concurrent.locks.LockSupport;

/** Until when somebody waits. Interrupts do not end it. */
public final class Wait {

    private final boolean forEver;
    private final long deadline;

    private Wait(boolean forEver, long deadline) {
        this.forEver = forEver;
        this.deadline = deadline;
    }

    /** {@return one without end} */
    public static Wait forEver() {
        return new Wait(true, 0);
    }

    /** {@return one that begins now} */
    public static Wait nanos(long nanos) {
        return new Wait(false, System.nanoTime() + Math.min(nanos, Long.MAX_VALUE / 2));
    }

    /** {@return whether its time is up} */
    public boolean isOver() {
        return !forEver && leftNanos() <= 0;
    }

    private long leftNanos() {
        return deadline - System.nanoTime();
    }

    /**
     * Parks the caller until it is unparked or interrupted, or the time is up, or for no reason.
     */
    void park(Object blocker) {
        if (forEver) {
            LockSupport.park(blocker);
        } else {
            LockSupport.parkNanos(blocker, leftNanos());
        }
    }
}
