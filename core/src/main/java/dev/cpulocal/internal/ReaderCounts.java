// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

/** How many read sections began and how many ended, in each of two periods. */
public class ReaderCounts {

    /*
     * Four counters, which only grow, side by side on each CPU:
     *
     *     | begun in 0 | begun in 1 | ended in 0 | ended in 1 |
     *
     * They are added to by atomic instructions. A section need not end where it began, since only the
     * sums over all CPUs are compared.
     */

    static final int WORDS = 4;
    private static final int ENDED = 2;

    private final CounterMemory memory;
    private final int offset;

    /** Counts in {@link #WORDS} words of the atomic half of a block. */
    ReaderCounts(CounterMemory.Block block) {
        memory = block.memory();
        offset = block.offset();
    }

    /** Counts a beginning, before everything that the caller does afterwards. */
    public void begin(int period) {
        memory.addAtomically(word(period), 1);
    }

    /** Counts an end, after everything that the caller did before. */
    public void end(int period) {
        memory.addAtomically(word(ENDED + period), 1);
    }

    /** {@return how many began in a period, as far as can be seen} */
    public long begun(int period) {
        return memory.atomicSum(word(period));
    }

    /** {@return how many ended in a period, as far as can be seen} */
    public long ended(int period) {
        return memory.atomicSum(word(ENDED + period));
    }

    private int word(int number) {
        return offset + number * CounterMemory.WORD_BYTES;
    }
}
