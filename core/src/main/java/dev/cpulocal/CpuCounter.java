// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import dev.cpulocal.internal.Adder;
import dev.cpulocal.internal.CounterMemory;
import java.io.Serial;
import java.lang.ref.Reference;

/**
 * A counter that each CPU keeps for itself, with the methods of {@link
 * java.util.concurrent.atomic.LongAdder}.
 *
 * <p>Adding costs a plain instruction on memory that only this CPU writes: no lock, no atomic
 * instruction, no contention, whether threads are few or a million virtual ones. A counter takes 8
 * bytes on each CPU that adds to it, and as many again where additions were interrupted.
 *
 * <p>All methods can be called by any thread. No addition is ever lost or counted twice.
 *
 * <p><b>What a sum means while others add.</b> {@link #sum} reads the CPUs' parts one after the
 * other. It includes every addition that happened before the call, none that happened after it, and
 * of those that run at the same time any selection. It is not a snapshot: it may be a number that
 * the counter never had. The sums that one thread takes of a counter to which only positive numbers
 * are added never decrease.
 *
 * {@snippet lang = java :
 * static final CpuCounter HITS = new CpuCounter();
 *
 * HITS.increment();
 * long hits = HITS.sum();
 * }
 *
 * @see CpuCounters for many counters in one object
 */
public final class CpuCounter extends Number {

    @Serial private static final long serialVersionUID = 1;

    private final transient Adder adder;
    private final transient long base;
    private final transient long offset;
    private final transient CounterMemory memory;

    /** Makes a counter of 0, indexed by CPU. */
    public CpuCounter() {
        this(IndexMode.CPU_ID);
    }

    /**
     * Makes a counter of 0.
     *
     * @param index by what a CPU's part is chosen
     */
    public CpuCounter(IndexMode index) {
        this(CounterMemory.allocateShared(index, 1, CpuMemory.DEFAULT_STRIDE_BYTES));
        CounterCleaner.freeWithout(this, memory, (int) offset, 1);
    }

    private CpuCounter(CounterMemory.Block block) {
        this(block.memory(), block.offset());
    }

    CpuCounter(CounterMemory memory, int offset) {
        this.adder = memory.adder();
        this.base = memory.base();
        this.offset = offset;
        this.memory = memory;
    }

    /**
     * Adds.
     *
     * @param x what to add; may be negative
     */
    public void add(long x) {
        try {
            long result = adder.add(base, offset, x);
            if (result != Result.COMMITTED) {
                memory.addAfter(result, offset, x);
            }
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** Adds 1. */
    public void increment() {
        add(1);
    }

    /** Subtracts 1. */
    public void decrement() {
        add(-1);
    }

    /** {@return the sum of all additions; see above for those that run at the same time} */
    public long sum() {
        try {
            return memory.sum((int) offset);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** Sets the sum to 0, like {@link #sumThenReset}. */
    public void reset() {
        sumThenReset();
    }

    /**
     * {@return the sum, and takes it away}
     *
     * <p>Unlike LongAdder's, this is exact while others add: every addition is in the answer of one
     * reset, or stays for the next.
     */
    public long sumThenReset() {
        try {
            return memory.sumThenReset((int) offset);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** {@return the same as {@link #sum}} */
    @Override
    public long longValue() {
        return sum();
    }

    /** {@return the {@link #sum}, narrowed} */
    @Override
    public int intValue() {
        return (int) sum();
    }

    /** {@return the {@link #sum}, rounded} */
    @Override
    public float floatValue() {
        return sum();
    }

    /** {@return the {@link #sum}, rounded} */
    @Override
    public double doubleValue() {
        return sum();
    }

    /** {@return the decimal digits of the {@link #sum}} */
    @Override
    public String toString() {
        return Long.toString(sum());
    }

    /** A counter is serialised as its sum. */
    @Serial
    private Object writeReplace() {
        return new Serialized(sum());
    }

    private record Serialized(long sum) implements java.io.Serializable {
        @Serial
        private Object readResolve() {
            CpuCounter counter = new CpuCounter();
            counter.add(sum);
            return counter;
        }
    }
}
