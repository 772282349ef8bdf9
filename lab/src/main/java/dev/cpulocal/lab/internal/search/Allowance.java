// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.search;

import dev.cpulocal.lab.Budget;

/** The budget of a search, of which time runs out from the beginning. */
final class Allowance {

    /** What a search took is more than it may. */
    static final class Exceeded extends RuntimeException {
        private static final long serialVersionUID = 1;

        private Exceeded(String limit) {
            super(limit, null, false, false);
        }
    }

    private static final int CALLS_BETWEEN_LOOKS = 1 << 8;

    private final Budget budget;
    private final long begin;
    private final long states;
    private final long nanos;
    private final String purpose;
    private int calls;

    private Allowance(Budget budget, long begin, long states, long nanos, String purpose) {
        this.budget = budget;
        this.begin = begin;
        this.states = states;
        this.nanos = nanos;
        this.purpose = purpose;
    }

    /** {@return what a search has that begins now} */
    static Allowance of(Budget budget) {
        return new Allowance(
                budget, System.nanoTime(), budget.states(), budget.time().toNanos(), "");
    }

    /** {@return the same for another purpose, which messages say} */
    Allowance to(String newPurpose) {
        return new Allowance(budget, begin, states, nanos, ", to " + newPurpose);
    }

    /** {@return the same with another limit of states} */
    Allowance withStates(long newStates) {
        return new Allowance(budget, begin, newStates, nanos, purpose);
    }

    /** {@return the same with half of the time that is left} */
    Allowance withHalfOfTime() {
        long used = elapsed();
        return new Allowance(budget, begin, states, used + (nanos - used) / 2, purpose);
    }

    /** {@return since when the search runs, in nanoseconds} */
    long elapsed() {
        return System.nanoTime() - begin;
    }

    /** {@return how many states it takes to exceed it, if there are some already} */
    long statesToExceed(long present) {
        return states - present + 1;
    }

    /** {@return whether states may have so many bytes} */
    boolean allowsBytes(long bytes) {
        return bytes <= budget.bytes();
    }

    /**
     * {@return what is exceeded, in words; empty if nothing is}
     *
     * @param present how many states there are
     * @param bytes how many bytes they have
     */
    String exceeded(long present, long bytes) {
        if (present > states) {
            return "states: " + states + purpose;
        }
        if (elapsed() > nanos) {
            return "time: " + budget.time().toMillis() / 1e3 + " s" + purpose;
        }
        return allowsBytes(bytes) ? "" : memoryLimit();
    }

    /** {@return that memory is exceeded, in words} */
    String memoryLimit() {
        return "memory: " + budget.bytes() + " bytes" + purpose;
    }

    /**
     * Looks whether something is exceeded.
     *
     * @throws Exceeded if so; its message says what
     */
    void check(long present, long bytes) {
        String limit = exceeded(present, bytes);
        if (!limit.isEmpty()) {
            throw new Exceeded(limit);
        }
    }

    /** The same for time alone, and once in many calls, where each does very little. */
    void checkTime() {
        if (calls++ % CALLS_BETWEEN_LOOKS == 0) {
            check(0, 0);
        }
    }
}
