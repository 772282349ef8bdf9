// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A bounded buffer of longs for each CPU, last in first out: pointers or handles that a CPU keeps
 * for itself, or a log that somebody collects.
 *
 * <p>{@link #push} and {@link #pop} work on the buffer of the CPU the caller runs on. A full buffer
 * refuses, an empty one answers {@link #EMPTY}; neither looks at other CPUs. The methods that take
 * a range work on any CPU's buffer from wherever the caller runs.
 *
 * <p>All methods can be called by any thread, and a virtual thread cannot be moved inside them.
 * What was written before a push is visible to who pops or drains the value. {@link #pushRelease}
 * makes it visible also to who only reads: after {@link #size} counted the value.
 *
 * <p>Pushing and popping cost a call of a {@linkplain CpuMemory#bind bound} sequence each, without
 * atomic instruction where there is rseq. {@link #popFrom} and {@link #drain} cost a system call,
 * {@link #size} and {@link #get} a read.
 *
 * {@snippet lang = java :
 * if (!CHUNKS.push(address)) {
 *     free(address);                  // this CPU keeps enough of them
 * }
 * }
 */
public final class CpuBuffer {

    /*
     * Layout of the item on each CPU
     * ------------------------------
     *   | used bytes | value 0 | value 1 | ... |
     *
     * It is that of RecordStack, with records of 8 bytes.
     */

    /** What a pop answers when there is no value. No value can be pushed that equals it. */
    public static final long EMPTY = Long.MIN_VALUE;

    /** The least value that can be pushed: those below are codes. */
    public static final long LEAST_VALUE = Result.LEAST_VALUE;

    static final Sequence PUSH = push("buffer-push", Op.Order.RELAXED);
    static final Sequence PUSH_RELEASE = push("buffer-push-release", Op.Order.RELEASE);

    static final Sequence POP =
            Sequence.build(
                    "buffer-pop",
                    s -> {
                        var buffer = s.item("buffer", 16);
                        var used = s.load(buffer.at(RecordStack.USED));
                        s.leaveIf(used, Op.Condition.EQUAL, 0);
                        var start = s.subtract(used, Long.BYTES);
                        var value = s.load(buffer.at(RecordStack.RECORDS).indexed(start, 1));
                        s.commit(buffer.at(RecordStack.USED), start);
                        s.returns(value);
                    });

    private static Sequence push(String name, Op.Order order) {
        return Sequence.build(
                name,
                s -> {
                    var buffer = s.item("buffer", 16);
                    var value = s.number("value");
                    var limit = s.number("limit");
                    var used = s.load(buffer.at(RecordStack.USED));
                    s.leaveIf(used, Op.Condition.EQUAL, limit);
                    s.storeSpeculatively(buffer.at(RecordStack.RECORDS).indexed(used, 1), value);
                    var more = s.add(used, Long.BYTES);
                    s.commit(buffer.at(RecordStack.USED), more, Op.Width.LONG, order);
                });
    }

    /** A bound push. */
    interface Push {
        /** {@return a result} */
        long push(CpuMemory.Item buffer, long value, long limitBytes);
    }

    /** The bound {@link #POP}. */
    interface Pop {
        /** {@return the value, or a code} */
        long pop(CpuMemory.Item buffer);
    }

    private final CpuMemory memory;
    private final RecordStack stack;
    private final CpuMemory.Item item;
    private final long limitBytes;
    private final Push push;
    private final Push pushRelease;
    private final Pop pop;

    /**
     * Makes an empty buffer for each range of a memory. It takes 8 bytes of every range, and 8 for
     * each value.
     *
     * @param memory where
     * @param capacity how many values each of them can hold
     * @throws IllegalArgumentException if that is not positive, or more than a range can hold
     * @throws IllegalStateException if the memory is full
     */
    public CpuBuffer(CpuMemory memory, int capacity) {
        this.memory = memory;
        stack = new RecordStack(memory, capacity, Long.BYTES);
        item = stack.item();
        limitBytes = stack.limitBytes();
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        push = memory.bind(PUSH, Push.class, lookup);
        pushRelease = memory.bind(PUSH_RELEASE, Push.class, lookup);
        pop = memory.bind(POP, Pop.class, lookup);
    }

    /** {@return how many values the buffer of each CPU can hold} */
    public int capacity() {
        return stack.capacity();
    }

    /**
     * {@return whether a value was pushed; if not, the buffer of the CPU the caller runs on is
     * full}
     *
     * @param value at least {@link #LEAST_VALUE}
     * @throws IllegalArgumentException if it is less
     */
    public boolean push(long value) {
        return Result.isCommitted(push.push(item, check(value), limitBytes));
    }

    /**
     * {@link #push} with release order: who sees the value counted by {@link #size} sees what was
     * written before.
     *
     * @param value at least {@link #LEAST_VALUE}
     * @return whether it was pushed; if not, the buffer of the CPU the caller runs on is full
     * @throws IllegalArgumentException if the value is less
     */
    public boolean pushRelease(long value) {
        return Result.isCommitted(pushRelease.push(item, check(value), limitBytes));
    }

    private static long check(long value) {
        if (value < LEAST_VALUE) {
            throw new IllegalArgumentException(
                    "value: " + value + " (expected: at least " + LEAST_VALUE + ")");
        }
        return value;
    }

    /**
     * {@return the value that was pushed last of those in the buffer of the CPU the caller runs on,
     * and takes it; or {@link #EMPTY}}
     */
    public long pop() {
        return value(pop.pop(item));
    }

    /**
     * {@return the value that was pushed last of those in the buffer of a given range, and takes it
     * from wherever the caller runs; or {@link #EMPTY}}
     *
     * @param range the CPU or concurrency id
     * @throws IllegalArgumentException if there is no such range
     */
    public long popFrom(int range) {
        return value(memory.execute(range, POP, item));
    }

    private static long value(long result) {
        VarHandle.acquireFence();
        return Result.isCommitted(result) ? result : EMPTY;
    }

    /**
     * Takes values from the buffer of a given range, from wherever the caller runs: those that were
     * pushed last, at once, as many as there are, as fit, and as can be copied at once, which is
     * 512.
     *
     * @param range the CPU or concurrency id
     * @param values where they go, in the order in which they were pushed
     * @return how many; 0 if the buffer is empty
     * @throws IllegalArgumentException if there is no such range, or no room for a value
     */
    public int drain(int range, long[] values) {
        int most = Math.min(values.length, Sequence.MAX_COPY_BYTES / Long.BYTES);
        if (most == 0) {
            throw new IllegalArgumentException("values: no elements (expected: at least 1)");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment target = arena.allocate(JAVA_LONG, most);
            int count = stack.drain(range, target);
            MemorySegment.copy(target, JAVA_LONG, 0, values, 0, count);
            return count;
        }
    }

    /**
     * {@return how many values the buffer of a given range holds} Read with acquire order, while
     * others may push and pop.
     *
     * @param range the CPU or concurrency id
     * @throws IllegalArgumentException if there is no such range
     */
    public int size(int range) {
        return stack.size(range);
    }

    /**
     * {@return a value that the buffer of a given range holds} If it has been popped meanwhile, the
     * answer is whatever is there.
     *
     * @param range the CPU or concurrency id
     * @param index how many values were pushed before it: less than {@link #size}
     * @throws IllegalArgumentException if there is no such range
     * @throws IndexOutOfBoundsException if the buffer has no room for so many
     */
    public long get(int range, int index) {
        return stack.word(range, stack.displacement(index));
    }
}
