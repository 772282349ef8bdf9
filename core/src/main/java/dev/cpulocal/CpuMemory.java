// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import dev.cpulocal.internal.Arguments;
import dev.cpulocal.internal.Binder;
import dev.cpulocal.internal.Engine;
import dev.cpulocal.internal.Offsets;
import dev.cpulocal.internal.Ranges;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Memory of which every CPU has its own copy.
 *
 * <p>Each possible CPU has a range of {@link #strideBytes} bytes. An {@link Item} has the same
 * offset in every range, so items need no padding against false sharing: neighbours in memory
 * belong to the same CPU. Pages are touched when they are first written, and a CPU that never runs
 * the process costs nothing.
 *
 * <pre>
 *            range of CPU 0           range of CPU 1           range of CPU 2
 *   base --&gt; | header | a | b | ...   | header | a | b | ...   | header | a | b | ...
 *            |&lt;------ stride -------&gt;|
 * </pre>
 *
 * <p>An operation on the current CPU's copy is a {@link Sequence}, {@linkplain #bind bound} to an
 * interface. It always completes: when the kernel keeps aborting it, when somebody else works on
 * the range, and where there is no rseq, it is completed under the range's stop word instead, with
 * the same result. The same way {@link #execute} works on any CPU's copy from anywhere.
 *
 * <p>All methods can be called by any thread, virtual threads included. The memory lives as long as
 * this object, its items, or a bound function is reachable; there is nothing to close.
 *
 * {@snippet lang = java :
 * interface TakeTokens { long take(CpuMemory.Item bucket, long n); }
 *
 * CpuMemory memory = CpuMemory.create();
 * CpuMemory.Item bucket = memory.allocate(8);
 * TakeTokens tokens = memory.bind(takeTokens, TakeTokens.class, MethodHandles.lookup());
 * if (Result.isCommitted(tokens.take(bucket, 3))) { ... }
 * }
 */
public final class CpuMemory {

    /** The stride if none is given. */
    public static final int DEFAULT_STRIDE_BYTES = 1 << 16;

    /** The least stride: a page. */
    public static final int MIN_STRIDE_BYTES = 1 << 12;

    /** The greatest stride. */
    public static final int MAX_STRIDE_BYTES = 1 << 30;

    /**
     * A place that exists once on every CPU, with the same offset.
     *
     * <p>It keeps its memory reachable. Who no longer needs it {@linkplain CpuMemory#free frees}
     * it.
     */
    public static final class Item {

        private volatile @Nullable CpuMemory memory;
        private final int offset;
        private final int sizeBytes;

        private Item(CpuMemory memory, int offset, int sizeBytes) {
            this.memory = memory;
            this.offset = offset;
            this.sizeBytes = sizeBytes;
        }

        /** {@return the distance from the start of each CPU's range} */
        public int offset() {
            return offset;
        }

        /** {@return the size on each CPU} */
        public int sizeBytes() {
            return sizeBytes;
        }

        @Override
        public String toString() {
            return "item of "
                    + sizeBytes
                    + " bytes at "
                    + offset
                    + (memory == null ? ", freed" : "");
        }
    }

    /**
     * How the operations on a memory went, since it was made.
     *
     * @param retries operations that did not complete at the first attempt
     * @param completions those of them that were completed with the sequences of the range
     *     excluded; where no thread runs machine code, all
     * @param stops how often ranges were stopped, be it to complete an operation or by {@link
     *     #execute}; a batch, and an execution on several ranges, count once
     * @param longestStopNanos the longest time that a range was stopped
     */
    public record Statistics(long retries, long completions, long stops, long longestStopNanos) {}

    /**
     * A range that is being worked on from elsewhere, while its own sequences are excluded.
     *
     * @param range the CPU or concurrency id
     * @param holder the thread that works on it
     * @param heldNanos for how long so far; microseconds, unless the thread is suspended
     * @param waiting how many threads wait for the range
     */
    public record Stop(int range, Thread holder, long heldNanos, int waiting) {}

    private static final MethodHandle OFFSET_OF = offsetOf();

    private final Ranges ranges;
    private final Offsets offsets;

    CpuMemory(Engine engine, int strideBytes) {
        if (strideBytes < MIN_STRIDE_BYTES
                || strideBytes > MAX_STRIDE_BYTES
                || Integer.bitCount(strideBytes) != 1) {
            throw new IllegalArgumentException(
                    "strideBytes: " + strideBytes + " (expected: a power of two, 4096 to 2^30)");
        }
        ranges = new Ranges(engine, strideBytes);
        offsets = new Offsets(Ranges.HEADER_BYTES, strideBytes);
    }

    /** {@return new memory, indexed by CPU, with the default stride} */
    public static CpuMemory create() {
        return create(IndexMode.CPU_ID, DEFAULT_STRIDE_BYTES);
    }

    /**
     * {@return new memory}
     *
     * <p>Where an index mode is not available ({@link Rseq#concurrencyId}), its operations are all
     * completed under the stop word.
     *
     * @param index by what a sequence chooses its range
     * @param strideBytes the size of a range: a power of two, 4 KiB to 1 GiB
     * @throws IllegalArgumentException if the stride is not
     * @throws OutOfMemoryError if there is no address space for all ranges
     */
    public static CpuMemory create(IndexMode index, int strideBytes) {
        return new CpuMemory(Engine.of(index), strideBytes);
    }

    /** {@return by what a sequence chooses its range} */
    public IndexMode indexMode() {
        return ranges.engine().index();
    }

    /** {@return the size of a range} */
    public int strideBytes() {
        return ranges.strideBytes();
    }

    /**
     * {@return how many ranges there are: one more than the largest possible CPU number; without
     * native access as many as the JVM may use processors}
     */
    public int ranges() {
        return ranges.count();
    }

    /**
     * {@return how its operations went} Counting costs nothing where an operation completes at
     * once.
     */
    public Statistics statistics() {
        return new Statistics(
                ranges.retries(), ranges.completions(), ranges.stops(), ranges.longestStopNanos());
    }

    /**
     * {@return which ranges are stopped at this moment, and by whom}
     *
     * <p>For supervision: a thread that a debugger suspends while it works on a range from
     * elsewhere lets others wait for it. They do not wait silently: after a second the logger
     * {@code dev.cpulocal} ({@link System.Logger}) warns, with the holder and its stack.
     */
    public List<Stop> stopped() {
        return ranges.holders();
    }

    Ranges internals() {
        return ranges;
    }

    /* ------------------------- Items ------------------------- */

    /**
     * {@return a new item, zero on every CPU, aligned to 8 bytes}
     *
     * @param bytes its size on each CPU; rounded up to a multiple of 8
     * @throws IllegalArgumentException if the size is not positive or exceeds a range
     * @throws IllegalStateException if no free block is large enough
     */
    public Item allocate(int bytes) {
        return allocate(bytes, Long.BYTES);
    }

    /**
     * {@return a new item, zero on every CPU}
     *
     * @param bytes its size on each CPU; rounded up to a multiple of 8
     * @param alignment of its offset, and so of its address: a power of two, 8 to 4096
     * @throws IllegalArgumentException if size or alignment are out of range
     * @throws IllegalStateException if no free block is large enough
     */
    public Item allocate(int bytes, int alignment) {
        int most = mostBytes();
        if (bytes <= 0 || bytes > most) {
            throw new IllegalArgumentException(
                    "bytes: " + bytes + " (expected: 1 to " + most + ")");
        }
        if (alignment < Long.BYTES
                || alignment > MIN_STRIDE_BYTES
                || Integer.bitCount(alignment) != 1) {
            throw new IllegalArgumentException(
                    "alignment: " + alignment + " (expected: a power of two, 8 to 4096)");
        }
        Item item = tryAllocate(bytes, alignment);
        if (item == null) {
            throw new IllegalStateException(
                    "memory is full: "
                            + bytes
                            + " bytes asked for, "
                            + freeBytes()
                            + " free in all");
        }
        return item;
    }

    /** {@return the size of the largest item} */
    int mostBytes() {
        return strideBytes() - Ranges.HEADER_BYTES;
    }

    /** A new item, or null if no free block is large enough. */
    @Nullable Item tryAllocate(int bytes, int alignment) {
        int rounded = (bytes + Long.BYTES - 1) & -Long.BYTES;
        synchronized (offsets) {
            int offset = offsets.take(rounded, alignment);
            return offset < 0 ? null : new Item(this, offset, rounded);
        }
    }

    /**
     * Frees an item; the next allocation may reuse it. No operation may be using it, which is the
     * caller's to see to; one that does works on whatever is there.
     *
     * @param item an item of this memory
     * @throws IllegalArgumentException if it belongs to another memory or was freed before
     */
    public void free(Item item) {
        synchronized (offsets) {
            checkOwn(item);
            item.memory = null;
            release(item.offset, item.sizeBytes);
        }
    }

    void release(int offset, int bytes) {
        ranges.clear(offset, bytes);
        synchronized (offsets) {
            offsets.give(offset, bytes);
        }
    }

    /** {@return how many bytes of each range are free} */
    public int freeBytes() {
        synchronized (offsets) {
            return offsets.freeBytes();
        }
    }

    private void checkOwn(Item item) {
        CpuMemory owner = item.memory;
        if (owner != this) {
            throw new IllegalArgumentException(
                    "item: "
                            + item
                            + " (expected: one of this memory"
                            + (owner == null ? ", not freed)" : ")"));
        }
    }

    /** The offset of an item that an operation may use, for {@link Arguments}. */
    long offsetOf(Item item, int sizeBytes) {
        checkOwn(item);
        if (item.sizeBytes < sizeBytes) {
            throw new IllegalArgumentException(
                    "item: " + item + " (expected: at least " + sizeBytes + " bytes)");
        }
        return item.offset;
    }

    private static MethodHandle offsetOf() {
        try {
            return MethodHandles.lookup()
                    .findVirtual(
                            CpuMemory.class,
                            "offsetOf",
                            MethodType.methodType(long.class, Item.class, int.class));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    /* ------------------------- Operations ------------------------- */

    /**
     * {@return a function that executes a sequence on the current CPU's range of this memory}
     *
     * <p>The function always completes. It returns what {@link Result} describes: the sequence's
     * value, which comparison was unequal, or out of range. Its call is compiled into the caller;
     * it costs 2 to 5 ns with rseq, and some 15 without. A call that is completed under the stop
     * word costs a system call, and waits while another thread holds the word.
     *
     * @param sequence the sequence
     * @param type an interface with one abstract method that returns long and takes, for each
     *     parameter of the sequence: for a number, a long or an int; for an item, an {@link Item}
     *     or a long, its offset; for a segment, a native {@link MemorySegment}. The function throws
     *     {@link IllegalArgumentException} for an item of another memory or a smaller one, for an
     *     offset that is not a multiple of 8 in the range, and for a segment that is not native,
     *     not writable as needed, or a mapped file; {@link IndexOutOfBoundsException} for a segment
     *     that is too short; {@link IllegalStateException} for one that is closed, and {@link
     *     WrongThreadException} for one that is another thread's
     * @param lookup of a class that has access to the interface: {@code MethodHandles.lookup()}
     * @param <T> the interface
     * @throws IllegalArgumentException if sequence, interface and lookup do not fit
     */
    public <T> T bind(Sequence sequence, Class<T> type, MethodHandles.Lookup lookup) {
        return Binder.bind(this, ranges, OFFSET_OF, sequence, type, lookup);
    }

    /**
     * Executes a sequence on a given range from wherever the caller runs, with the sequences of
     * that range excluded meanwhile. It does not matter whether its CPU is online.
     *
     * <p>Costs a system call with rseq, which interrupts that CPU if it runs this process, and
     * waits while another thread works on the range.
     *
     * @param range the CPU or concurrency id
     * @param sequence the sequence
     * @param arguments a {@code Long} or {@code Integer} for a number, an {@link Item} or its
     *     offset for an item, a native {@link MemorySegment} for a segment
     * @return the result: never aborted, stopped or unregistered
     * @throws IllegalArgumentException if there is no such range, or an argument does not fit
     * @throws IndexOutOfBoundsException if a segment is too short
     * @throws IllegalStateException if a segment is closed
     * @throws WrongThreadException if a segment is another thread's
     */
    public long execute(int range, Sequence sequence, Object... arguments) {
        checkRange(range);
        return ranges.execute(range, sequence, checked(sequence, arguments));
    }

    /**
     * Executes a sequence on every range, one after the other, with all of them excluded meanwhile
     * and one fence for all.
     *
     * @param sequence the sequence
     * @param arguments as for {@link #execute}
     * @return the results, by range
     * @throws IllegalArgumentException if an argument does not fit
     * @throws IndexOutOfBoundsException if a segment is too short
     */
    public long[] executeOnAll(Sequence sequence, Object... arguments) {
        return ranges.executeOnAll(sequence, checked(sequence, arguments));
    }

    /**
     * Executes an operation vector on a given range from wherever the caller runs, with the
     * sequences of that range, and of those that the vector names, excluded meanwhile. It does not
     * matter whether their CPUs are online.
     *
     * <p>Costs a system call with rseq, which interrupts the CPUs if they run this process, and
     * waits while another thread works on one of the ranges.
     *
     * @param range the CPU or concurrency id
     * @param vector the vector
     * @param arguments a {@code Long} or {@code Integer} for a number, an {@link Item} or its
     *     offset for an item, a native {@link MemorySegment} for a segment
     * @return {@link OperationVector#DONE}, the number of the comparison that failed, from 1, or
     *     {@link Result#OUT_OF_RANGE}
     * @throws IllegalArgumentException if there is no such range, or an argument does not fit
     * @throws IndexOutOfBoundsException if a segment is too short
     * @throws IllegalStateException if a segment is closed
     * @throws WrongThreadException if a segment is another thread's
     */
    public long execute(int range, OperationVector vector, Object... arguments) {
        return ranges.execute(checkRange(range), vector, checked(vector, arguments));
    }

    /**
     * Executes operation vectors on a given range, one after the other, with one fence for all.
     *
     * <p>Each vector is executed whatever the answers of those before it, and if an argument of any
     * of them does not fit, none is. Between them no sequence of the range runs, and nobody else
     * works on it.
     *
     * @param range the CPU or concurrency id
     * @param calls the vectors with their arguments, at most {@link OperationVector#MAX_CALLS}
     * @return the answers, as those of {@link #execute(int, OperationVector, Object...)}
     * @throws IllegalArgumentException if there is no such range, an argument does not fit, or
     *     there are too many calls
     * @throws IndexOutOfBoundsException if a segment is too short
     */
    public long[] execute(int range, List<OperationVector.Call> calls) {
        checkRange(range);
        if (calls.size() > OperationVector.MAX_CALLS) {
            throw new IllegalArgumentException(
                    "calls: "
                            + calls.size()
                            + " (expected: at most "
                            + OperationVector.MAX_CALLS
                            + ")");
        }
        return ranges.execute(
                range,
                calls.stream().map(OperationVector.Call::vector).toList(),
                calls.stream()
                        .map(call -> checked(call.vector(), call.arguments().toArray()))
                        .toList());
    }

    /**
     * Executes an operation vector on the range of the CPU that the caller runs on. The caller may
     * be moved to another CPU at any time; the vector stays on the range where it began.
     *
     * <p>Costs what {@link #execute(int, OperationVector, Object...)} does. What can be said as a
     * {@link Sequence} is faster by far as a {@linkplain #bind bound} one.
     *
     * @param vector the vector
     * @param arguments as for {@link #execute(int, OperationVector, Object...)}
     * @return the answer, as there
     */
    public long executeOnCurrent(OperationVector vector, Object... arguments) {
        return execute(ranges.current(), vector, arguments);
    }

    /**
     * Executes an operation vector on every range, one after the other, with all of them excluded
     * meanwhile and one fence for all.
     *
     * @param vector the vector
     * @param arguments as for {@link #execute(int, OperationVector, Object...)}
     * @return the answers, by range
     * @throws IllegalArgumentException if an argument does not fit
     * @throws IndexOutOfBoundsException if a segment is too short
     */
    public long[] executeOnAll(OperationVector vector, Object... arguments) {
        return ranges.executeOnAll(vector, checked(vector, arguments));
    }

    private Object[] checked(OperationVector vector, Object[] arguments) {
        return Arguments.check(this::offsetOf, strideBytes(), vector, arguments);
    }

    /** {@return the arguments of a call as the interpreter takes them, after all checks} */
    Object[] checked(Sequence sequence, Object... arguments) {
        return Arguments.check(this::offsetOf, strideBytes(), sequence, arguments);
    }

    /* ------------------------- Words ------------------------- */

    /**
     * {@return the 8 bytes that an item holds on one range}
     *
     * <p>The read is single-copy atomic and in no order with others: it may miss what sequences
     * commit at the same time. For a consistent view of several words, {@link #execute} a sequence.
     *
     * @param item the item
     * @param displacementBytes where in the item: a multiple of 8
     * @param range the CPU or concurrency id
     * @throws IllegalArgumentException if the item is not of this memory, or there is no such range
     * @throws IndexOutOfBoundsException if the place is not in the item
     */
    public long getOpaque(Item item, int displacementBytes, int range) {
        return ranges.getOpaque(checkRange(range), checkWord(item, displacementBytes));
    }

    /**
     * Sets the 8 bytes that an item holds on one range, single-copy atomic and in no order with
     * others. Sequences are not excluded, so this is for initialising: to change what they use,
     * {@link #execute} a sequence.
     *
     * @param item the item
     * @param displacementBytes where in the item: a multiple of 8
     * @param range the CPU or concurrency id
     * @param value what to store
     * @throws IllegalArgumentException if the item is not of this memory, or there is no such range
     * @throws IndexOutOfBoundsException if the place is not in the item
     */
    public void setOpaque(Item item, int displacementBytes, int range, long value) {
        ranges.setOpaque(checkRange(range), checkWord(item, displacementBytes), value);
    }

    /**
     * {@return the 8 bytes that an item holds on one range, with acquire order}
     *
     * <p>As {@link #getOpaque}, and what the caller reads or writes afterwards comes after it. So
     * it pairs with {@link #setRelease} and with {@linkplain Op.Order#RELEASE release} commits: who
     * sees their word sees what was written before it.
     *
     * @param item the item
     * @param displacementBytes where in the item: a multiple of 8
     * @param range the CPU or concurrency id
     * @throws IllegalArgumentException if the item is not of this memory, or there is no such range
     * @throws IndexOutOfBoundsException if the place is not in the item
     */
    public long getAcquire(Item item, int displacementBytes, int range) {
        return ranges.getAcquire(checkRange(range), checkWord(item, displacementBytes));
    }

    /**
     * Sets the 8 bytes that an item holds on one range, with release order.
     *
     * <p>As {@link #setOpaque}, and what the caller read or wrote before comes before it. Sequences
     * are not excluded, so the word must be one that they leave alone as long as it has the value
     * it has: that of a lock which the caller holds, for example.
     *
     * @param item the item
     * @param displacementBytes where in the item: a multiple of 8
     * @param range the CPU or concurrency id
     * @param value what to store
     * @throws IllegalArgumentException if the item is not of this memory, or there is no such range
     * @throws IndexOutOfBoundsException if the place is not in the item
     */
    public void setRelease(Item item, int displacementBytes, int range, long value) {
        ranges.setRelease(checkRange(range), checkWord(item, displacementBytes), value);
    }

    private int checkRange(int range) {
        if (range < 0 || range >= ranges()) {
            throw new IllegalArgumentException(
                    "range: " + range + " (expected: 0 to " + (ranges() - 1) + ")");
        }
        return range;
    }

    private int checkWord(Item item, int displacementBytes) {
        checkOwn(item);
        if (displacementBytes < 0
                || displacementBytes > item.sizeBytes - Long.BYTES
                || displacementBytes % Long.BYTES != 0) {
            throw new IndexOutOfBoundsException(
                    "displacementBytes: "
                            + displacementBytes
                            + " (expected: a multiple of 8 in "
                            + item
                            + ")");
        }
        return item.offset + displacementBytes;
    }
}
