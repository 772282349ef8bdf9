// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import dev.cpulocal.internal.Adder;
import dev.cpulocal.internal.CounterMemory;
import dev.cpulocal.internal.Engine;
import dev.cpulocal.internal.Ranges;
import java.lang.ref.Reference;

/**
 * A row of counters in one object: what {@link CpuCounter} is, many times, numbered from 0.
 *
 * <p>The counters of a row lie side by side on each CPU, 8 bytes each, without padding: no two CPUs
 * share a cache line of them. All methods can be called by any thread.
 *
 * {@snippet lang = java :
 * CpuCounters byStatus = new CpuCounters(600);
 * byStatus.increment(response.status());
 * long notFound = byStatus.sum(404);
 * }
 */
public final class CpuCounters {

    /** The most counters in a row. */
    public static final int MAX_SIZE =
            (CpuMemory.MAX_STRIDE_BYTES - Ranges.HEADER_BYTES) / CounterMemory.WORD_BYTES;

    private final Adder adder;
    private final long base;
    private final long first;
    private final int size;
    private final CounterMemory memory;

    /**
     * Makes a row of counters of 0, indexed by CPU.
     *
     * @param size how many, 1 to {@link #MAX_SIZE}
     * @throws IllegalArgumentException if the size is not
     */
    public CpuCounters(int size) {
        this(size, IndexMode.CPU_ID);
    }

    /**
     * Makes a row of counters of 0.
     *
     * @param size how many, 1 to {@link #MAX_SIZE}
     * @param index by what a CPU's part is chosen
     * @throws IllegalArgumentException if the size is not
     */
    public CpuCounters(int size, IndexMode index) {
        this(size, Engine.of(index));
    }

    /** Makes a row in memory of its own. */
    CpuCounters(int size, Engine engine) {
        this(size, new CounterMemory(engine, strideBytes(size)));
    }

    private CpuCounters(int size, CounterMemory memory) {
        this.adder = memory.adder();
        this.base = memory.base();
        this.first = memory.allocate(size).offset();
        this.size = size;
        this.memory = memory;
    }

    static int strideBytes(int size) {
        if (size < 1 || size > MAX_SIZE) {
            throw new IllegalArgumentException(
                    "size: " + size + " (expected: 1 to " + MAX_SIZE + ")");
        }
        int bytes = Ranges.HEADER_BYTES + size * CounterMemory.WORD_BYTES;
        return Math.max(CpuMemory.DEFAULT_STRIDE_BYTES, Integer.highestOneBit(bytes - 1) << 1);
    }

    /** {@return how many counters there are} */
    public int size() {
        return size;
    }

    /**
     * Where a counter is. One unsigned comparison is less than Objects.checkIndex makes of a field.
     */
    private long at(int index) {
        if (Integer.compareUnsigned(index, size) >= 0) {
            throw new IndexOutOfBoundsException(
                    "index: " + index + " (expected: 0 to " + (size - 1) + ")");
        }
        return first + (long) index * CounterMemory.WORD_BYTES;
    }

    /**
     * Adds to a counter.
     *
     * @param index its number
     * @param x what to add; may be negative
     * @throws IndexOutOfBoundsException if there is no such counter
     */
    public void add(int index, long x) {
        long at = at(index);
        try {
            long result = adder.add(base, at, x);
            if (result != Result.COMMITTED) {
                memory.addAfter(result, at, x);
            }
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Adds 1 to a counter.
     *
     * @param index its number
     * @throws IndexOutOfBoundsException if there is no such counter
     */
    public void increment(int index) {
        add(index, 1);
    }

    /**
     * Subtracts 1 from a counter.
     *
     * @param index its number
     * @throws IndexOutOfBoundsException if there is no such counter
     */
    public void decrement(int index) {
        add(index, -1);
    }

    /**
     * {@return the sum of all additions to a counter; see {@link CpuCounter} for those that run at
     * the same time}
     *
     * @param index its number
     * @throws IndexOutOfBoundsException if there is no such counter
     */
    public long sum(int index) {
        try {
            return memory.sum((int) at(index));
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** {@return the sums of all counters, each taken as {@link #sum} does} */
    public long[] sums() {
        long[] sums = new long[size];
        for (int i = 0; i < size; i++) {
            sums[i] = sum(i);
        }
        return sums;
    }

    /**
     * {@return the sum of a counter, and takes it away; exact while others add}
     *
     * @param index its number
     * @throws IndexOutOfBoundsException if there is no such counter
     */
    public long sumThenReset(int index) {
        try {
            return memory.sumThenReset((int) at(index));
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** Sets all sums to 0, one after the other, each like {@link #sumThenReset}. */
    public void reset() {
        for (int i = 0; i < size; i++) {
            sumThenReset(i);
        }
    }

    /**
     * {@return a view of one counter of this row}
     *
     * @param index its number
     * @throws IndexOutOfBoundsException if there is no such counter
     */
    public CpuCounter counter(int index) {
        return new CpuCounter(memory, (int) at(index));
    }

    /**
     * {@return how much of the {@link #sum} of a counter was added by atomic instructions}
     *
     * <p>That is what interrupted attempts fall back to, so next to nothing where rseq is
     * available, and everything where it is not.
     *
     * @param index its number
     * @throws IndexOutOfBoundsException if there is no such counter
     */
    public long atomicSum(int index) {
        try {
            return memory.atomicSum((int) at(index));
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public String toString() {
        return "CpuCounters[" + size + "]";
    }
}
