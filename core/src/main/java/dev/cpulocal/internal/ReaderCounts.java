// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import dev.cpulocal.CpuMemory;
import dev.cpulocal.IndexMode;
import dev.cpulocal.Result;
import java.lang.ref.Reference;

/** How many read sections began and how many ended, in each of two periods. */
public class ReaderCounts {

    /*
     * Four counters, which only grow, side by side on each CPU:
     *
     *     | begun in 0 | begun in 1 | ended in 0 | ended in 1 |
     *
     * Each is split in halves, as all counters are: a section adds to the word of its CPU by a
     * restartable sequence, and if that is aborted or not available, to another word by an atomic
     * instruction. It need not end where it began, since only the sums over all CPUs are compared.
     */

    static final int WORDS = 4;
    private static final int ENDED = 2;

    private final CounterMemory.Block block;
    private final CounterMemory memory;
    private final Adder adder;
    private final long base;
    private final int offset;

    /** Counts in a block of {@link #WORDS} words. */
    ReaderCounts(CounterMemory.Block block) {
        this.block = block;
        memory = block.memory();
        adder = memory.adder();
        base = memory.base();
        offset = block.offset();
    }

    /**
     * {@return counts of 0, beside those of other domains}
     *
     * @param index by what a CPU's part is chosen
     */
    public static ReaderCounts of(IndexMode index) {
        return new ReaderCounts(
                CounterMemory.allocateShared(index, WORDS, CpuMemory.DEFAULT_STRIDE_BYTES));
    }

    /**
     * {@return counts of 0 in memory of their own}
     *
     * @param engine how the CPU's words are added to
     */
    public static ReaderCounts of(Engine engine) {
        return new ReaderCounts(
                new CounterMemory(engine, CpuMemory.DEFAULT_STRIDE_BYTES).allocate(WORDS));
    }

    /** {@return what gives their words back} */
    public Runnable release() {
        return block::free;
    }

    /** Counts a beginning. It orders nothing. */
    public void begin(int period) {
        add(word(period));
    }

    /** Counts an end. It orders nothing. */
    public void end(int period) {
        add(word(ENDED + period));
    }

    private void add(long at) {
        try {
            long result = adder.add(base, at, 1);
            if (result != Result.COMMITTED) {
                memory.addAfter(result, at, 1);
            }
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** {@return how many began in a period, as far as can be seen} */
    public long begun(int period) {
        return memory.sum(word(period));
    }

    /** {@return how many ended in a period, as far as can be seen} */
    public long ended(int period) {
        return memory.sum(word(ENDED + period));
    }

    private int word(int number) {
        return offset + number * CounterMemory.WORD_BYTES;
    }
}
