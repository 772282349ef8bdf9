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
 * @param injection a delay that makes a race reachable, for tests
 */
public record Target(
        IndexMode index,
        int strideBytes,
        int ranges,
        int areaOffset,
        int signature,
        Injection injection) {

    /**
     * A delay at one point of a sequence.
     *
     * <p>The points are: 0 before the descriptor is stored, 1 at the start of the section, 2 after
     * the index is read, 3 after the stop word is tested, and 4 + i before op i.
     *
     * @param point where; negative for nowhere
     * @param loops how many turns of a two-instruction loop
     */
    public record Injection(int point, int loops) {
        /** No delay. */
        public static final Injection NONE = new Injection(-1, 0);

        /** The point before op 0. */
        public static final int FIRST_OP = 4;
    }

    /** {@return the same with a delay} */
    public Target with(Injection newInjection) {
        return new Target(index, strideBytes, ranges, areaOffset, signature, newInjection);
    }
}
