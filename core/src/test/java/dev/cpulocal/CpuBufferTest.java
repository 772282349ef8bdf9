// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static dev.cpulocal.Thrown.assertThrown;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.Workers.Background;
import dev.cpulocal.internal.Ranges;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a buffer of longs for each CPU does, in every mode alike. */
class CpuBufferTest extends StructureContract {

    private static final int CAPACITY = 700;
    private static final int MOST_AT_ONCE = 512;
    private static final int OPERATIONS = 2_000;

    private final CpuBuffer buffer;

    CpuBufferTest(Mode mode) {
        super(mode);
        buffer = new CpuBuffer(memory, CAPACITY);
    }

    private void push(long value) {
        assertTrue(value % 2 == 0 ? buffer.push(value) : buffer.pushRelease(value));
    }

    /** Pushes until every buffer has been full; {@return how many values are in them}. */
    private int fill() throws Exception {
        Workers.runMixed(
                Workers.count(),
                _ -> {
                    while (buffer.push(1)) {
                        Thread.onSpinWait();
                    }
                    return true;
                });
        return IntStream.range(0, memory.ranges()).map(buffer::size).sum();
    }

    /** Takes everything; {@return it in ascending order}. */
    private long[] drainAll() {
        return IntStream.range(0, memory.ranges())
                .mapToObj(this::drainRange)
                .flatMapToLong(Arrays::stream)
                .sorted()
                .toArray();
    }

    private long[] drainRange(int range) {
        LongStream.Builder all = LongStream.builder();
        long[] some = new long[16];
        for (int count = buffer.drain(range, some); count > 0; count = buffer.drain(range, some)) {
            Arrays.stream(some, 0, count).forEach(all);
        }
        return all.build().toArray();
    }

    /** {@return the range that holds all values} */
    private int rangeInUse() {
        return IntStream.range(0, memory.ranges())
                .filter(range -> buffer.size(range) > 0)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void newBufferIsEmptyOnEveryRange() {
        assertEquals(CAPACITY, buffer.capacity());
        assertEquals(CpuBuffer.EMPTY, buffer.pop());
        for (int range = 0; range < memory.ranges(); range++) {
            assertEquals(CpuBuffer.EMPTY, buffer.popFrom(range));
            assertEquals(0, buffer.drain(range, new long[1]));
            assertEquals(0, buffer.size(range));
        }
    }

    @Test
    void everyValueThatIsPushedIsInOneBuffer() {
        for (int value = 0; value < CAPACITY; value++) {
            push(value);
        }

        assertEquals(CAPACITY, IntStream.range(0, memory.ranges()).map(buffer::size).sum());
        assertArrayEquals(LongStream.range(0, CAPACITY).toArray(), drainAll());
    }

    @Test
    void valuesComeBackLastInFirstOut() {
        push(CpuBuffer.LEAST_VALUE);
        int range = rangeInUse();
        for (int value = 0; buffer.size(range) < 3; value++) {
            push(value);
        }
        long second = buffer.get(range, 1);
        long third = buffer.get(range, 2);

        assertTrue(second < third);
        assertEquals(third, buffer.popFrom(range));
        assertEquals(second, buffer.popFrom(range));
        assertEquals(CpuBuffer.LEAST_VALUE, buffer.popFrom(range));
        assertEquals(CpuBuffer.EMPTY, buffer.popFrom(range));
    }

    @Test
    void valueIsPoppedOnTheCpuWhereItIs() throws Exception {
        int count = fill();

        assertEquals(1, buffer.pop());

        assertEquals(count - 1, IntStream.range(0, memory.ranges()).map(buffer::size).sum());
    }

    @Test
    void fullBufferRefusesAndKeepsWhatItHas() throws Exception {
        fill();
        int full =
                (int)
                        IntStream.range(0, memory.ranges())
                                .filter(range -> buffer.size(range) == CAPACITY)
                                .count();
        assertTrue(full > 0);
        for (int range = 0; range < memory.ranges(); range++) {
            assertTrue(buffer.size(range) <= CAPACITY);
        }
        CpuBuffer neighbour = new CpuBuffer(memory, 1);
        assertEquals(0, neighbour.size(0));
        assertTrue(Arrays.stream(drainAll()).allMatch(value -> value == 1));
    }

    @Test
    void bufferForOneValueHoldsOne() {
        CpuBuffer one = new CpuBuffer(memory, 1);
        int pushed = 0;
        while (pushed <= memory.ranges() && one.push(pushed + 1L)) {
            pushed++;
        }

        assertTrue(pushed >= 1 && pushed <= memory.ranges());
        assertEquals(pushed, IntStream.range(0, memory.ranges()).map(one::size).sum());
    }

    @Test
    void drainTakesTheLastValuesInTheOrderOfPushes() {
        push(0);
        int range = rangeInUse();
        while (buffer.size(range) < 5) {
            push(1);
        }
        long[] all = IntStream.range(0, 5).mapToLong(i -> buffer.get(range, i)).toArray();
        long[] two = new long[2];
        long[] many = new long[9];

        assertEquals(2, buffer.drain(range, two));
        assertEquals(3, buffer.drain(range, many));

        assertArrayEquals(Arrays.copyOfRange(all, 3, 5), two);
        assertArrayEquals(Arrays.copyOf(Arrays.copyOf(all, 3), 9), many);
        assertEquals(0, buffer.drain(range, many));
    }

    @Test
    void drainTakesNoMoreThanCanBeCopiedAtOnce() throws Exception {
        fill();
        int range =
                IntStream.range(0, memory.ranges())
                        .filter(r -> buffer.size(r) == CAPACITY)
                        .findFirst()
                        .orElseThrow();

        assertEquals(MOST_AT_ONCE, buffer.drain(range, new long[CAPACITY]));
        assertEquals(CAPACITY - MOST_AT_ONCE, buffer.drain(range, new long[CAPACITY]));
    }

    @Test
    void drainIntoNothingIsRefused() {
        assertThrown(
                IllegalArgumentException.class,
                "values: no elements (expected: at least 1)",
                () -> buffer.drain(0, new long[0]));
    }

    @Test
    void valueThatWouldBeACodeIsRefused() {
        for (long value : new long[] {CpuBuffer.EMPTY, CpuBuffer.LEAST_VALUE - 1}) {
            String message =
                    "value: " + value + " (expected: at least " + CpuBuffer.LEAST_VALUE + ")";
            Class<IllegalArgumentException> type = IllegalArgumentException.class;
            assertThrown(type, message, () -> buffer.push(value));
            assertThrown(type, message, () -> buffer.pushRelease(value));
        }
        assertEquals(0, drainAll().length);
        assertTrue(buffer.push(Long.MAX_VALUE));
        assertEquals(Long.MAX_VALUE, drainAll()[0]);
    }

    @Test
    void rangeOrIndexThatDoesNotExistIsRefused() {
        for (int range : noRanges()) {
            String message = "range: " + range + " (expected: 0 to " + (memory.ranges() - 1);
            Class<IllegalArgumentException> type = IllegalArgumentException.class;
            assertThrown(type, message, () -> buffer.popFrom(range));
            assertThrown(type, message, () -> buffer.drain(range, new long[1]));
            assertThrown(type, message, () -> buffer.size(range));
            assertThrown(type, message, () -> buffer.get(range, 0));
        }
        for (int index : new int[] {-1, CAPACITY, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertThrown(
                    IndexOutOfBoundsException.class,
                    "index: " + index + " (expected: 0 to " + (CAPACITY - 1) + ")",
                    () -> buffer.get(0, index));
        }
    }

    @Test
    void capacityIsBoundedByTheRange() {
        CpuMemory fresh = new CpuMemory(mode.engine(), STRIDE);
        int most = (STRIDE - Ranges.HEADER_BYTES) / 8 - 1;
        for (int capacity : new int[] {0, -1, most + 1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertThrown(
                    IllegalArgumentException.class,
                    "capacity: " + capacity + " (expected: 1 to " + most + ")",
                    () -> new CpuBuffer(fresh, capacity));
        }
        CpuBuffer whole = new CpuBuffer(fresh, most);
        while (whole.push(1)) {
            Thread.onSpinWait();
        }
        assertTrue(IntStream.range(0, fresh.ranges()).anyMatch(r -> whole.size(r) == most));
        assertThrown(IllegalStateException.class, "memory is full", () -> new CpuBuffer(fresh, 1));
    }

    @Test
    void noValueIsLostOrDoubledWhileBuffersAreDrained() throws Exception {
        for (int value = 0; value < CAPACITY; value++) {
            push(value);
        }
        Workers.runMixed(
                Workers.count(),
                thread -> {
                    for (int i = 0; i < OPERATIONS; i++) {
                        if (i % 64 == 0) {
                            moveSome((i / 64 + thread) % memory.ranges());
                        } else {
                            moveOne();
                        }
                    }
                    return thread;
                });

        assertArrayEquals(LongStream.range(0, CAPACITY).toArray(), drainAll());
    }

    private void moveOne() {
        long value = buffer.pop();
        if (value != CpuBuffer.EMPTY) {
            Thread.onSpinWait();
            push(value);
        }
    }

    private void moveSome(int range) {
        long[] values = new long[8];
        int count = buffer.drain(range, values);
        Arrays.stream(values, 0, count).forEach(this::push);
    }

    /** Whoever reads a release push sees what came before; here a plain store of the same value. */
    @Test
    void whatWasWrittenBeforeAReleasePushIsSeenAfterTheSize() throws Exception {
        long[] written = new long[CAPACITY];
        try (Background _ = new Background(() -> checkLog(written))) {
            Workers.runMixed(
                    1,
                    _ -> {
                        for (int i = 0; i < CAPACITY; i++) {
                            written[i] = i + 1L;
                            assertTrue(buffer.pushRelease(i));
                        }
                        return true;
                    });
        }
        checkLog(written);
    }

    private int checkLog(long[] written) {
        int seen = 0;
        for (int range = 0; range < memory.ranges(); range++) {
            int size = buffer.size(range);
            for (int index = 0; index < size; index++) {
                int value = (int) buffer.get(range, index);
                assertEquals(value + 1, written[value]);
                seen++;
            }
        }
        return seen;
    }
}
