// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

/**
 * What a call of a {@link Sequence} answers: a committed value, or one of these codes.
 *
 * <p>A {@code long} carries both, so that the fast path allocates nothing. The 32 smallest longs
 * are codes; everything from {@link #LEAST_VALUE} on is the value of a sequence that committed. A
 * sequence whose value may be any 64-bit pattern returns those 32 as {@link #LEAST_VALUE}.
 *
 * <p>A {@linkplain CpuMemory#bind bound} function retries and falls back by itself, so its callers
 * only ever see committed, {@link #isUnequal unequal} and {@link #OUT_OF_RANGE}.
 */
public final class Result {

    /** The value of a sequence that committed and declares no value of its own. */
    public static final long COMMITTED = 0;

    /** The kernel restarted the section: preemption, migration, signal, or a fence. Retry. */
    public static final long ABORTED = Long.MIN_VALUE;

    /** The range's stop word is set: somebody works on this CPU's data from elsewhere. */
    public static final long STOPPED = Long.MIN_VALUE + 1;

    /** The thread has no registered rseq area, or its index is not a possible one. */
    public static final long UNREGISTERED = Long.MIN_VALUE + 2;

    /**
     * A copy was longer than its bound, or would have left the CPU's range; or an index led into
     * the header of the range, as following the null of a list does. Nothing was committed.
     */
    public static final long OUT_OF_RANGE = Long.MIN_VALUE + 3;

    /**
     * The least value that can be returned. A committed sequence whose value is smaller, and so
     * would be a code, returns this one.
     */
    public static final long LEAST_VALUE = Long.MIN_VALUE + 32;

    private static final long UNEQUAL = Long.MIN_VALUE + 16;

    /** How many {@linkplain Op.Leave comparisons} a sequence can have. */
    static final int MAX_COMPARISONS = (int) (LEAST_VALUE - UNEQUAL);

    private Result() {}

    /**
     * {@return whether the sequence committed}
     *
     * @param result what the call answered
     */
    public static boolean isCommitted(long result) {
        return result >= LEAST_VALUE;
    }

    /**
     * {@return whether a comparison made the sequence leave before its commit}
     *
     * @param result what the call answered
     */
    public static boolean isUnequal(long result) {
        return result >= UNEQUAL && result < LEAST_VALUE;
    }

    /**
     * {@return which comparison made the sequence leave, counted from 0 in the order of its ops}
     *
     * @param result a result that {@link #isUnequal}
     * @throws IllegalArgumentException if it is not
     */
    public static int comparison(long result) {
        if (!isUnequal(result)) {
            throw new IllegalArgumentException(
                    "result: " + describe(result) + " (expected: an unequal one)");
        }
        return (int) (result - UNEQUAL);
    }

    /**
     * {@return the code of a sequence that left at a comparison}
     *
     * @param comparison its number, 0 to 15
     */
    public static long unequal(int comparison) {
        if (comparison < 0 || comparison >= MAX_COMPARISONS) {
            throw new IllegalArgumentException(
                    "comparison: "
                            + comparison
                            + " (expected: 0 to "
                            + (MAX_COMPARISONS - 1)
                            + ")");
        }
        return UNEQUAL + comparison;
    }

    /**
     * {@return whether a bare call must be tried again: aborted, stopped or unregistered}
     *
     * @param result what the call answered
     */
    public static boolean isTransient(long result) {
        return result < OUT_OF_RANGE;
    }

    /**
     * {@return the result in words, for messages}
     *
     * @param result what the call answered
     */
    public static String describe(long result) {
        if (isCommitted(result)) {
            return "committed " + result;
        }
        if (isUnequal(result)) {
            return "unequal at comparison " + comparison(result);
        }
        if (result == ABORTED) {
            return "aborted";
        }
        if (result == STOPPED) {
            return "stopped";
        }
        if (result == UNREGISTERED) {
            return "unregistered";
        }
        return result == OUT_OF_RANGE ? "out of range" : "unknown code " + result;
    }
}
