// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import dev.cpulocal.IndexMode;

/**
 * What the machine code of a sequence depends on, besides the sequence.
 *
 * @param index which index chooses the range
 * @param strideBytes the distance between the ranges of two CPUs, a power of two
 * @param ranges how many ranges there are; a larger index counts as unregistered
 * @param areaOffset where the thread's {@code struct rseq} is, relative to the thread pointer
 * @param signature what the kernel expects before the abort handler
 * @param injection what makes a race reachable, for tests
 */
public record Target(
        IndexMode index,
        int strideBytes,
        int ranges,
        int areaOffset,
        int signature,
        Injection injection) {

    /**
     * What the emitted code does besides, at one instruction boundary, for tests.
     *
     * <p>Boundary i is before instruction i, counted from the entry; the last one is behind the
     * commit instruction. What is injected leaves flags and registers as they are.
     *
     * @param point which boundary; negative for none
     * @param action what to do there
     */
    public record Injection(int point, Action action) {
        /** Nothing. */
        public static final Injection NONE = new Injection(-1, Nothing.NOTHING);

        /** What a {@link CompareTwice} returns that finds a difference; no other code does. */
        public static final long LOST_ATOMICITY = Long.MIN_VALUE + 4;

        /** A {@link Loop}. */
        public Injection(int point, int turns) {
            this(point, new Loop(turns));
        }
    }

    /** What can be injected. */
    public sealed interface Action {}

    /** No action. */
    public enum Nothing implements Action {
        /** The only one. */
        NOTHING
    }

    /**
     * A delay.
     *
     * @param turns how often a loop of one instruction turns
     */
    public record Loop(int turns) implements Action {
        /** Checks the turns, of which 0 would be 2^64. */
        public Loop {
            checkTurns(turns);
        }
    }

    /**
     * Stores 1 at {@code entered}, then waits until there is 0 at {@code held}.
     *
     * @param entered the address of 8 bytes
     * @param held the address of 8 bytes
     * @param turns how often it looks, at most
     */
    public record Rendezvous(long entered, long held, int turns) implements Action {
        /** Checks the turns. */
        public Rendezvous {
            checkTurns(turns);
        }
    }

    /**
     * A delay, then a second read of the index. If it is not the one that chose the range, the
     * section leaves with {@link Injection#LOST_ATOMICITY}. Only between the first read and the
     * commit.
     *
     * @param turns of the delay
     */
    public record CompareTwice(int turns) implements Action {
        /** Checks the turns. */
        public CompareTwice {
            checkTurns(turns);
        }
    }

    private static void checkTurns(int turns) {
        if (turns < 1) {
            throw new IllegalArgumentException("turns: " + turns + " (expected: >= 1)");
        }
    }

    /** {@return the same with an injection} */
    public Target with(Injection newInjection) {
        return new Target(index, strideBytes, ranges, areaOffset, signature, newInjection);
    }
}
