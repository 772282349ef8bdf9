// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.cpulocal.CpuMemory.Item;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** The families, of the library's structures. */
final class RealFamilies {

    private RealFamilies() {}

    /** The lock. */
    static Family spinlock(CpuMemory memory) {
        CpuLock lock = new CpuLock(memory);
        return Family.spinlock(
                new Family.Lock() {
                    @Override
                    public int lock() {
                        return lock.lock();
                    }

                    @Override
                    public void unlock(int range) {
                        lock.unlock(range);
                    }
                },
                memory.ranges());
    }

    /** The list. */
    static Family list(CpuMemory memory) {
        CpuList list = new CpuList(memory, Family.THINGS);
        return Family.shuffle(
                new Family.Things() {
                    @Override
                    public int take() {
                        return list.pop();
                    }

                    @Override
                    public void give(int thing) {
                        list.push(thing);
                    }

                    @Override
                    public int[] takeAll(int range) {
                        return list.drain(range);
                    }
                },
                memory.ranges());
    }

    /** The buffer; it has room for all, so a push never fails. */
    static Family buffer(CpuMemory memory, boolean release) {
        CpuBuffer buffer = new CpuBuffer(memory, Family.THINGS);
        return Family.shuffle(
                new Family.Things() {
                    @Override
                    public int take() {
                        long value = buffer.pop();
                        return value == CpuBuffer.EMPTY ? NONE : (int) value;
                    }

                    @Override
                    public void give(int thing) {
                        check(release ? buffer.pushRelease(thing) : buffer.push(thing));
                    }

                    @Override
                    public int[] takeAll(int range) {
                        long[] values = new long[Family.THINGS];
                        int count = buffer.drain(range, values);
                        return LongStream.of(values).limit(count).mapToInt(v -> (int) v).toArray();
                    }
                },
                memory.ranges());
    }

    /** The buffer of records; it has room for all, so a push never fails. */
    static Family records(CpuMemory memory, boolean release) {
        CpuRecordBuffer buffer = new CpuRecordBuffer(memory, Family.THINGS, Family.RECORD_BYTES);
        return Family.shuffle(
                new Family.Things() {
                    @Override
                    public int take() {
                        return withRecord(1, record -> buffer.pop(record) ? read(record, 0) : NONE);
                    }

                    @Override
                    public void give(int thing) {
                        withRecord(
                                1,
                                record -> {
                                    record.set(JAVA_LONG, 0, thing);
                                    record.set(JAVA_LONG, 8, ~(long) thing);
                                    check(
                                            release
                                                    ? buffer.pushRelease(record)
                                                    : buffer.push(record));
                                    return thing;
                                });
                    }

                    @Override
                    public int[] takeAll(int range) {
                        return withRecord(
                                Family.THINGS,
                                records ->
                                        IntStream.range(0, buffer.drain(range, records))
                                                .map(i -> read(records, i))
                                                .toArray());
                    }
                },
                memory.ranges());
    }

    /** Uses a record's native memory. */
    interface RecordUse<T> {
        T use(MemorySegment record);
    }

    private static <T> T withRecord(int records, RecordUse<T> use) {
        try (Arena arena = Arena.ofConfined()) {
            return use.use(arena.allocate((long) records * Family.RECORD_BYTES, 8));
        }
    }

    /**
     * {@return the thing of which both halves of a record speak; none that exists if they differ}
     */
    private static int read(MemorySegment records, int index) {
        long first = records.getAtIndex(JAVA_LONG, 2L * index);
        long second = records.getAtIndex(JAVA_LONG, 2L * index + 1);
        return first == ~second ? (int) first : Family.THINGS;
    }

    private static void check(boolean pushed) {
        if (!pushed) {
            throw new AssertionError("a buffer with room for everything is full");
        }
    }

    /** The bound addition. */
    interface Add {
        long add(Item item, long count);
    }

    /** Additions. */
    static Family increment(CpuMemory memory) {
        Item item = memory.allocate(8);
        Add add = memory.bind(Sequences.LOAD_ADD_STORE, Add.class, MethodHandles.lookup());
        return Family.increment(
                new Family.Counter() {
                    @Override
                    public void increment() {
                        add.add(item, 1);
                    }

                    @Override
                    public long sum() {
                        return CarelessFamilies.sum(memory, item);
                    }
                });
    }
}
