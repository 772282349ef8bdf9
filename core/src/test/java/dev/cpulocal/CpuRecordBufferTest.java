// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static dev.cpulocal.Thrown.assertThrown;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.internal.Ranges;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a buffer of records for each CPU does, in every mode alike. */
class CpuRecordBufferTest extends StructureContract {

    private static final int CAPACITY = 40;
    private static final int RECORD_BYTES = 48;
    private static final int OPERATIONS = 2_000;

    private final CpuRecordBuffer buffer;

    CpuRecordBufferTest(Mode mode) {
        super(mode);
        buffer = new CpuRecordBuffer(memory, CAPACITY, RECORD_BYTES);
    }

    /** Every word of a record differs, and says which record it is of. */
    private static void write(MemorySegment record, long number) {
        for (int word = 0; word < RECORD_BYTES / 8; word++) {
            record.setAtIndex(JAVA_LONG, word, number * 8 + word);
        }
    }

    /** {@return the number of a record that was written as a whole} */
    private static long read(MemorySegment record) {
        long number = record.get(JAVA_LONG, 0) / 8;
        for (int word = 0; word < RECORD_BYTES / 8; word++) {
            assertEquals(number * 8 + word, record.getAtIndex(JAVA_LONG, word));
        }
        return number;
    }

    private boolean push(long number) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment record = arena.allocate(RECORD_BYTES, 8);
            write(record, number);
            return number % 2 == 0 ? buffer.push(record) : buffer.pushRelease(record);
        }
    }

    /** Drains a range a few records at once; {@return their numbers}. */
    private List<Long> drain(int range, int most) {
        List<Long> numbers = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment target = arena.allocate((long) most * RECORD_BYTES + 7, 8);
            for (int count = buffer.drain(range, target);
                    count > 0;
                    count = buffer.drain(range, target)) {
                for (int i = 0; i < count; i++) {
                    numbers.add(read(target.asSlice((long) i * RECORD_BYTES)));
                }
            }
        }
        return numbers;
    }

    private long[] drainAll() {
        return IntStream.range(0, memory.ranges())
                .mapToObj(range -> drain(range, 3))
                .flatMap(List::stream)
                .mapToLong(number -> number)
                .sorted()
                .toArray();
    }

    private int size() {
        return IntStream.range(0, memory.ranges()).map(buffer::size).sum();
    }

    @Test
    void newBufferIsEmptyOnEveryRange() {
        assertEquals(CAPACITY, buffer.capacity());
        assertEquals(RECORD_BYTES, buffer.recordBytes());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment record = arena.allocate(RECORD_BYTES);
            assertFalse(buffer.pop(record));
            for (int range = 0; range < memory.ranges(); range++) {
                assertEquals(0, buffer.drain(range, record));
                assertEquals(0, buffer.size(range));
            }
        }
    }

    @Test
    void everyRecordThatIsPushedIsInOneBuffer() {
        for (int number = 0; number < CAPACITY; number++) {
            assertTrue(push(number));
        }

        assertEquals(CAPACITY, size());
        assertArrayEquals(LongStream.range(0, CAPACITY).toArray(), drainAll());
    }

    @Test
    void popTakesTheRecordPushedLastOnItsCpu() {
        int pushed = 0;
        while (IntStream.range(0, memory.ranges()).anyMatch(range -> buffer.size(range) == 0)
                && push(pushed)) {
            pushed++;
        }
        long[] last = new long[memory.ranges()];
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment record = arena.allocate(RECORD_BYTES, 8);
            for (int range = 0; range < memory.ranges(); range++) {
                last[range] = lastOf(range, record);
            }
            assertTrue(buffer.pop(record));
            long number = read(record);
            assertTrue(LongStream.of(last).anyMatch(l -> l == number));
        }
        assertEquals(pushed - 1, size());
    }

    private long lastOf(int range, MemorySegment record) {
        if (buffer.size(range) == 0) {
            return -1;
        }
        buffer.get(range, buffer.size(range) - 1, record);
        return read(record);
    }

    @Test
    void fullBufferRefusesAndKeepsWhatItHas() {
        int pushed = 0;
        while (push(pushed)) {
            pushed++;
        }

        assertTrue(pushed >= CAPACITY && pushed <= CAPACITY * memory.ranges());
        assertEquals(pushed, size());
        assertArrayEquals(LongStream.range(0, pushed).toArray(), drainAll());
    }

    @Test
    void drainTakesTheLastRecordsInTheOrderOfPushes() {
        int pushed = 0;
        while (push(pushed)) {
            pushed++;
        }
        int range =
                IntStream.range(0, memory.ranges())
                        .filter(r -> buffer.size(r) == CAPACITY)
                        .findFirst()
                        .orElseThrow();
        List<Long> all = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment record = arena.allocate(RECORD_BYTES, 8);
            for (int index = 0; index < CAPACITY; index++) {
                buffer.get(range, index, record);
                all.add(read(record));
            }
            MemorySegment two = arena.allocate(2 * RECORD_BYTES + 8, 8);

            assertEquals(2, buffer.drain(range, two));

            assertEquals(all.get(CAPACITY - 2), read(two));
            assertEquals(all.get(CAPACITY - 1), read(two.asSlice(RECORD_BYTES)));
        }
        assertEquals(all.subList(0, CAPACITY - 2), drain(range, CAPACITY));
    }

    @Test
    void drainTakesNoMoreThanCanBeCopiedAtOnce() {
        CpuMemory fresh = new CpuMemory(mode.engine(), STRIDE);
        CpuRecordBuffer large = new CpuRecordBuffer(fresh, 3, CpuRecordBuffer.MAX_RECORD_BYTES);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment two = arena.allocate(2L * CpuRecordBuffer.MAX_RECORD_BYTES);
            int pushed = 0;
            while (large.push(two)) {
                pushed++;
            }
            assertTrue(pushed >= 3);
            assertTrue(large.pop(two));
            for (int range = 0; range < fresh.ranges(); range++) {
                for (int left = large.size(range); left > 0; left--) {
                    assertEquals(1, large.drain(range, two));
                }
            }
        }
    }

    /** Calls everything that takes a segment. */
    private void assertRefused(
            Class<? extends Throwable> type, String message, MemorySegment segment) {
        List<Consumer<MemorySegment>> calls =
                List.of(
                        buffer::push,
                        buffer::pushRelease,
                        buffer::pop,
                        target -> buffer.drain(0, target));
        for (Consumer<MemorySegment> call : calls) {
            assertThrown(type, message, () -> call.accept(segment));
        }
        assertEquals(0, size());
    }

    @Test
    void segmentThatDoesNotFitIsRefused() {
        MemorySegment closed;
        String tooShort = "segment: 47 bytes (expected: at least 48)";
        try (Arena arena = Arena.ofConfined()) {
            closed = arena.allocate(RECORD_BYTES);
            MemorySegment shorter = arena.allocate(RECORD_BYTES - 1);
            assertRefused(IndexOutOfBoundsException.class, tooShort, shorter);
            MemorySegment readOnly = closed.asReadOnly();
            String writable = "(expected: a writable one)";
            Class<IllegalArgumentException> type = IllegalArgumentException.class;
            assertThrown(type, writable, () -> buffer.pop(readOnly));
            assertThrown(type, writable, () -> buffer.drain(0, readOnly));
        }
        MemorySegment heap = MemorySegment.ofArray(new byte[RECORD_BYTES]);
        assertRefused(IllegalArgumentException.class, "(expected: a native one)", heap);
        assertRefused(IllegalStateException.class, "Already closed", closed);
        assertThrown(
                IndexOutOfBoundsException.class, tooShort, () -> buffer.get(0, 0, heap.asSlice(1)));
    }

    @Test
    void recordCanBeReadIntoMemoryOfAnyKind() {
        assertTrue(push(5));
        long[] words = new long[RECORD_BYTES / 8];
        for (int range = 0; range < memory.ranges(); range++) {
            if (buffer.size(range) == 1) {
                buffer.get(range, 0, MemorySegment.ofArray(words));
            }
        }
        assertArrayEquals(LongStream.range(40, 46).toArray(), words);
    }

    @Test
    void rangeOrIndexThatDoesNotExistIsRefused() {
        MemorySegment target = Arena.ofAuto().allocate(RECORD_BYTES);
        for (int range : noRanges()) {
            String message = "range: " + range + " (expected: 0 to " + (memory.ranges() - 1);
            Class<IllegalArgumentException> type = IllegalArgumentException.class;
            assertThrown(type, message, () -> buffer.drain(range, target));
            assertThrown(type, message, () -> buffer.size(range));
            assertThrown(type, message, () -> buffer.get(range, 0, target));
        }
        for (int index : new int[] {-1, CAPACITY, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertThrown(
                    IndexOutOfBoundsException.class,
                    "index: " + index + " (expected: 0 to " + (CAPACITY - 1) + ")",
                    () -> buffer.get(0, index, target));
        }
    }

    @Test
    void sizesOutsideTheirBoundsAreRefused() {
        Class<IllegalArgumentException> type = IllegalArgumentException.class;
        for (int bytes : new int[] {0, -8, 12, 4104, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            assertThrown(
                    type,
                    "recordBytes: " + bytes + " (expected: a multiple of 8, 8 to 4096)",
                    () -> new CpuRecordBuffer(memory, 1, bytes));
        }
        int most = (STRIDE - Ranges.HEADER_BYTES - 8) / RECORD_BYTES;
        for (int capacity : new int[] {0, -1, most + 1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            assertThrown(
                    type,
                    "capacity: " + capacity + " (expected: 1 to " + most + ")",
                    () -> new CpuRecordBuffer(memory, capacity, RECORD_BYTES));
        }
        assertThrown(
                IllegalStateException.class,
                "memory is full",
                () -> new CpuRecordBuffer(memory, most, RECORD_BYTES));
    }

    @Test
    void noRecordIsLostDoubledOrTornWhileBuffersAreDrained() throws Exception {
        for (int number = 0; number < CAPACITY; number++) {
            assertTrue(push(number));
        }
        Workers.runMixed(
                Workers.count(),
                thread -> {
                    try (Arena arena = Arena.ofConfined()) {
                        MemorySegment record = arena.allocate(RECORD_BYTES, 8);
                        for (int i = 0; i < OPERATIONS; i++) {
                            int range = (i / 64 + thread) % memory.ranges();
                            if (i % 64 == 0
                                    ? buffer.drain(range, record) == 1
                                    : buffer.pop(record)) {
                                long number = read(record);
                                assertTrue(push(number));
                            }
                        }
                    }
                    return thread;
                });

        assertArrayEquals(LongStream.range(0, CAPACITY).toArray(), drainAll());
    }
}
