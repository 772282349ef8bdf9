// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

import java.time.Duration;

/**
 * How much a search may take. What exceeds it ends in {@link Verdict.Kind#EXHAUSTED}.
 *
 * @param states distinct states
 * @param time from beginning to end
 * @param bytes memory for states: the set of those seen, outside the heap, and those that wait
 */
public record Budget(long states, Duration time, long bytes) {

    /** The least memory that a search can be limited to. */
    public static final long LEAST_BYTES = 1 << 20;

    /** No limit but memory: three quarters of the heap, and as much outside of it. */
    public static final Budget DEFAULT =
            new Budget(
                    Long.MAX_VALUE, Duration.ofDays(365), Runtime.getRuntime().maxMemory() / 4 * 3);

    /** Checks the limits. */
    public Budget {
        if (states < 1) {
            throw new IllegalArgumentException("states: " + states + " (expected: 1 or more)");
        }
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException("time: " + time + " (expected: longer than 0)");
        }
        if (bytes < LEAST_BYTES) {
            throw new IllegalArgumentException("bytes: " + bytes + " (expected: 1 MiB or more)");
        }
    }

    /** {@return the same with another limit of states} */
    public Budget withStates(long newStates) {
        return new Budget(newStates, time, bytes);
    }

    /** {@return the same with another limit of time} */
    public Budget withTime(Duration newTime) {
        return new Budget(states, newTime, bytes);
    }

    /** {@return the same with another limit of memory} */
    public Budget withBytes(long newBytes) {
        return new Budget(states, time, newBytes);
    }
}
