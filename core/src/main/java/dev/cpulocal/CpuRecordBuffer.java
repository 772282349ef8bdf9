// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A bounded buffer of records for each CPU, last in first out: what {@link CpuBuffer} is, for
 * records of a fixed size that are copied in and out.
 *
 * <p>{@link #push} and {@link #pop} work on the buffer of the CPU the caller runs on. A full buffer
 * refuses a record, an empty one has none; neither looks at other CPUs. A record is in the buffer
 * completely or not at all, also when its thread is interrupted in the middle of copying.
 *
 * <p>All methods can be called by any thread, and a virtual thread cannot be moved inside them.
 * What was written before a push is visible to who pops or drains the record. {@link #pushRelease}
 * makes it visible also to who only reads: after {@link #size} counted the record.
 *
 * <p>Pushing and popping cost a call of a {@linkplain CpuMemory#bind bound} sequence each and what
 * the copy takes, without atomic instruction where there is rseq. A copy that is interrupted begins
 * again. {@link #drain} costs a system call, {@link #size} and {@link #get} only reads.
 *
 * {@snippet lang = java :
 * event.set(JAVA_LONG, 0, System.nanoTime());
 * event.set(JAVA_LONG, 8, id);
 * if (!EVENTS.push(event)) {
 *     DROPPED.increment();
 * }
 * }
 */
public final class CpuRecordBuffer {

    /*
     * Layout of the item on each CPU
     * ------------------------------
     *   | used bytes | record 0 | record 1 | ... |
     *
     * It is that of RecordStack. A record is copied by the sequence itself, between the caller's
     * native memory and the CPU's range.
     */

    /** The largest record. */
    public static final int MAX_RECORD_BYTES = Sequence.MAX_COPY_BYTES;

    static final Sequence PUSH = push("record-push", Op.Order.RELAXED);
    static final Sequence PUSH_RELEASE = push("record-push-release", Op.Order.RELEASE);

    private static Sequence push(String name, Op.Order order) {
        return Sequence.build(
                name,
                s -> {
                    var buffer = s.item("buffer", 16);
                    var source = s.segment("source");
                    var length = s.number("length");
                    var limit = s.number("limit");
                    var used = s.load(buffer.at(RecordStack.USED));
                    s.leaveIf(used, Op.Condition.EQUAL, limit);
                    s.copySpeculatively(
                            buffer.at(RecordStack.RECORDS).indexed(used, 1),
                            source.at(0),
                            length,
                            Sequence.MAX_COPY_BYTES);
                    var more = s.add(used, length);
                    s.commit(buffer.at(RecordStack.USED), more, Op.Width.LONG, order);
                });
    }

    /** A bound push. */
    interface Push {
        /** {@return a result} */
        long push(CpuMemory.Item buffer, MemorySegment source, long lengthBytes, long limitBytes);
    }

    /** The bound {@link RecordStack#TAKE}. */
    interface Take {
        /** {@return a result} */
        long take(CpuMemory.Item buffer, MemorySegment target, long lengthBytes);
    }

    private final RecordStack stack;
    private final CpuMemory.Item item;
    private final int recordBytes;
    private final long limitBytes;
    private final Push push;
    private final Push pushRelease;
    private final Take take;

    /**
     * Makes an empty buffer for each range of a memory. It takes 8 bytes of every range, and the
     * size of each record.
     *
     * @param memory where
     * @param capacity how many records each of them can hold
     * @param recordBytes the size of a record: a multiple of 8, 8 to {@link #MAX_RECORD_BYTES}
     * @throws IllegalArgumentException if the size is not, or the capacity is not positive, or more
     *     than a range can hold
     * @throws IllegalStateException if the memory is full
     */
    public CpuRecordBuffer(CpuMemory memory, int capacity, int recordBytes) {
        if (recordBytes < Long.BYTES
                || recordBytes > MAX_RECORD_BYTES
                || recordBytes % Long.BYTES != 0) {
            throw new IllegalArgumentException(
                    "recordBytes: " + recordBytes + " (expected: a multiple of 8, 8 to 4096)");
        }
        stack = new RecordStack(memory, capacity, recordBytes);
        item = stack.item();
        this.recordBytes = recordBytes;
        limitBytes = stack.limitBytes();
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        push = memory.bind(PUSH, Push.class, lookup);
        pushRelease = memory.bind(PUSH_RELEASE, Push.class, lookup);
        take = memory.bind(RecordStack.TAKE, Take.class, lookup);
    }

    /** {@return how many records the buffer of each CPU can hold} */
    public int capacity() {
        return stack.capacity();
    }

    /** {@return the size of a record} */
    public int recordBytes() {
        return recordBytes;
    }

    /**
     * {@return whether a record was pushed; if not, the buffer of the CPU the caller runs on is
     * full}
     *
     * @param source native memory whose first bytes are the record, and stay so during the call
     * @throws IllegalArgumentException if it is not native, or a mapped file
     * @throws IndexOutOfBoundsException if it is shorter than a record
     * @throws IllegalStateException if it is closed
     * @throws WrongThreadException if it is another thread's
     */
    public boolean push(MemorySegment source) {
        return Result.isCommitted(push.push(item, source, recordBytes, limitBytes));
    }

    /**
     * {@link #push} with release order: who sees the record counted by {@link #size} sees it, and
     * what was written before.
     *
     * @param source native memory whose first bytes are the record, and stay so during the call
     * @return whether it was pushed; if not, the buffer of the CPU the caller runs on is full
     * @throws IllegalArgumentException if it is not native, or a mapped file
     * @throws IndexOutOfBoundsException if it is shorter than a record
     * @throws IllegalStateException if it is closed
     * @throws WrongThreadException if it is another thread's
     */
    public boolean pushRelease(MemorySegment source) {
        return Result.isCommitted(pushRelease.push(item, source, recordBytes, limitBytes));
    }

    /**
     * Takes the record that was pushed last of those in the buffer of the CPU the caller runs on.
     *
     * @param target native memory whose first bytes become the record. If there is none, they may
     *     have been overwritten all the same, by an attempt that was interrupted
     * @return whether there was one
     * @throws IllegalArgumentException if it is not native, not writable, or a mapped file
     * @throws IndexOutOfBoundsException if it is shorter than a record
     * @throws IllegalStateException if it is closed
     * @throws WrongThreadException if it is another thread's
     */
    public boolean pop(MemorySegment target) {
        long result = take.take(item, target, recordBytes);
        VarHandle.acquireFence();
        return Result.isCommitted(result);
    }

    /**
     * Takes records from the buffer of a given range, from wherever the caller runs: those that
     * were pushed last, at once, as many as there are, as fit, and as can be copied at once, which
     * is 4096 bytes.
     *
     * @param range the CPU or concurrency id
     * @param target native memory where they go, in the order in which they were pushed
     * @return how many; 0 if the buffer is empty
     * @throws IllegalArgumentException if there is no such range, or the target is not native, not
     *     writable, or a mapped file
     * @throws IndexOutOfBoundsException if it is shorter than a record
     * @throws IllegalStateException if it is closed
     * @throws WrongThreadException if it is another thread's
     */
    public int drain(int range, MemorySegment target) {
        return stack.drain(range, target);
    }

    /**
     * {@return how many records the buffer of a given range holds} Read with acquire order, while
     * others may push and pop.
     *
     * @param range the CPU or concurrency id
     * @throws IllegalArgumentException if there is no such range
     */
    public int size(int range) {
        return stack.size(range);
    }

    /**
     * Copies a record that the buffer of a given range holds. If it has been popped meanwhile, or
     * another was pushed in its place, what is copied is no record.
     *
     * @param range the CPU or concurrency id
     * @param index how many records were pushed before it: less than {@link #size}
     * @param target writable memory whose first bytes become the record
     * @throws IllegalArgumentException if there is no such range
     * @throws IndexOutOfBoundsException if the buffer has no room for so many records, or the
     *     target is shorter than a record
     */
    public void get(int range, int index, MemorySegment target) {
        checkLength(target);
        int displacement = stack.displacement(index);
        for (int at = 0; at < recordBytes; at += Long.BYTES) {
            target.set(JAVA_LONG_UNALIGNED, at, stack.word(range, displacement + at));
        }
    }

    private void checkLength(MemorySegment target) {
        if (target.byteSize() < recordBytes) {
            throw new IndexOutOfBoundsException(
                    "segment: "
                            + target.byteSize()
                            + " bytes (expected: at least "
                            + recordBytes
                            + ")");
        }
    }
}
