// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static dev.cpulocal.Thrown.assertThrown;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.Membarrier.Command;
import dev.cpulocal.Workers.Background;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What counters do, in every mode alike. */
@ParameterizedClass
@EnumSource
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class CpuCountersContractTest {

    private static final int SIZE = 128;
    private static final int OPERATIONS = 20_000;

    private final Mode mode;
    private final CpuCounters counters;
    private final CpuCounter counter;
    private @Nullable Background fences;

    CpuCountersContractTest(Mode mode) {
        this.mode = mode;
        counters = new CpuCounters(SIZE, mode.engine());
        counter = counters.counter(SIZE - 1);
    }

    /** Counters know no stop word; what stands for it is that all sections are aborted. */
    @BeforeEach
    void startFencing() {
        if (mode == Mode.STOPPED) {
            fences =
                    new Background(() -> {
                        Membarrier.fence(Command.PRIVATE_EXPEDITED_RSEQ);
                        return true;
                    });
        }
    }

    @AfterEach
    void endFencing() {
        if (fences != null) {
            fences.close();
        }
    }

    @Test
    void newCounterIsZero() {
        assertEquals(0, counter.sum());
        assertArrayEquals(new long[SIZE], counters.sums());
        assertEquals(SIZE, counters.size());
        assertEquals("CpuCounters[128]", counters.toString());
    }

    @Test
    void counterAddsLikeLongAdder() {
        LongAdder adder = new LongAdder();
        for (long x :
                new long[] {0, 1, -1, 17, Long.MAX_VALUE, Long.MAX_VALUE, Long.MIN_VALUE, 5}) {
            counter.add(x);
            adder.add(x);
            assertEquals(adder.sum(), counter.sum());
        }
        counter.increment();
        adder.increment();
        counter.decrement();
        counter.decrement();
        adder.add(-2);

        assertEquals(adder.sum(), counter.sum());
        assertEquals(adder.longValue(), counter.longValue());
        assertEquals(adder.intValue(), counter.intValue());
        assertEquals(adder.floatValue(), counter.floatValue());
        assertEquals(adder.doubleValue(), counter.doubleValue());
        assertEquals(adder.toString(), counter.toString());
        assertEquals(adder.sumThenReset(), counter.sumThenReset());
        assertEquals(0, counter.sum());
    }

    @Test
    void countersOfARowAreIndependent() {
        for (int i = 0; i < SIZE; i++) {
            counters.add(i, i * 1000L);
            counters.increment(i);
        }
        counters.decrement(5);
        assertEquals(7001, counters.sumThenReset(7));

        for (int i = 0; i < SIZE; i++) {
            assertEquals(i == 7 ? 0 : i == 5 ? 5000 : i * 1000L + 1, counters.sum(i));
            assertEquals(counters.sum(i), counters.counter(i).sum());
        }
        counters.reset();
        assertArrayEquals(new long[SIZE], counters.sums());
    }

    @Test
    void counterOutsideTheRowIsRefused() {
        for (int index : new int[] {-1, SIZE, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            String message = "index: " + index + " (expected: 0 to 127)";
            Class<IndexOutOfBoundsException> type = IndexOutOfBoundsException.class;
            assertThrown(type, message, () -> counters.add(index, 1));
            assertThrown(type, message, () -> counters.increment(index));
            assertThrown(type, message, () -> counters.decrement(index));
            assertThrown(type, message, () -> counters.sum(index));
            assertThrown(type, message, () -> counters.sumThenReset(index));
            assertThrown(type, message, () -> counters.atomicSum(index));
            assertThrown(type, message, () -> counters.counter(index));
        }
        assertArrayEquals(new long[SIZE], counters.sums());
    }

    @Test
    void sizeOfARowIsBounded() {
        for (int size : new int[] {0, -1, Integer.MIN_VALUE, CpuCounters.MAX_SIZE + 1}) {
            assertThrown(
                    IllegalArgumentException.class,
                    "size: " + size + " (expected: 1 to " + CpuCounters.MAX_SIZE + ")",
                    () -> new CpuCounters(size, mode.engine()));
        }
    }

    @Test
    void lastCounterOfARowOfAnySizeCounts() {
        for (int size : new int[] {1, 503, 504, 505, 8184, CpuCounters.MAX_SIZE}) {
            CpuCounters row = new CpuCounters(size, mode.engine());
            row.add(size - 1, size);
            row.add(0, 1);

            assertEquals(size + (size == 1 ? 1 : 0), row.sum(size - 1));
        }
    }

    @Test
    void noAdditionIsLost() throws Exception {
        int threads = Workers.count();

        Workers.runMixed(
                threads,
                thread -> {
                    for (int i = 0; i < OPERATIONS; i++) {
                        counters.add((thread + i) % SIZE, thread + 1L);
                        counter.increment();
                    }
                    return thread;
                });

        long expected =
                (long) OPERATIONS * threads * (threads + 1) / 2 + (long) OPERATIONS * threads;
        assertEquals(expected, java.util.Arrays.stream(counters.sums()).sum());
    }

    @Test
    void everyAdditionIsInTheAnswerOfOneReset() throws Exception {
        int threads = Workers.count();
        int resetters = 4;
        AtomicBoolean done = new AtomicBoolean();
        LongAdder taken = new LongAdder();
        Background[] resets = new Background[resetters];
        for (int i = 0; i < resetters; i++) {
            resets[i] =
                    new Background(() -> {
                        taken.add(counter.sumThenReset());
                        return done;
                    });
        }

        Workers.runMixed(
                threads,
                _ -> {
                    for (int i = 0; i < OPERATIONS; i++) {
                        counter.increment();
                    }
                    return true;
                });
        for (Background reset : resets) {
            reset.close();
        }

        assertEquals((long) OPERATIONS * threads, taken.sum() + counter.sum());
    }

    @Test
    void sumsOfOneThreadNeverDecreaseWhileOthersAddPositiveNumbers() throws Exception {
        try (Background _ =
                new Background(() -> {
                    counter.increment();
                    return true;
                })) {
            long last = 0;
            for (int i = 0; i < OPERATIONS; i++) {
                long sum = counter.sum();
                assertTrue(sum >= last, last + " before " + sum);
                last = sum;
            }
        }
    }

    @Test
    void atomicInstructionsServeWhereThereIsNoMachineCode() throws Exception {
        int threads = 64;
        Workers.runMixed(
                threads,
                _ -> {
                    counters.add(3, 1);
                    return true;
                });

        long atomic = counters.atomicSum(3);
        switch (mode) {
            case OFF, OFF_BY_CONCURRENCY_ID -> assertEquals(threads, atomic);
            case RANDOM, RANDOM_BY_CONCURRENCY_ID ->
                    assertTrue(atomic > 0 && atomic < threads, "atomic: " + atomic);
            default -> assertTrue(atomic < threads, "atomic: " + atomic);
        }
    }

    @Test
    void publicCounterCountsAndIsSerialisedAsItsSum() throws Exception {
        for (IndexMode index : IndexMode.values()) {
            CpuCounter original = new CpuCounter(index);
            original.add(41);
            original.increment();
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
                out.writeObject(original);
            }
            try (ObjectInputStream in =
                    new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
                CpuCounter copy = (CpuCounter) in.readObject();
                copy.increment();
                assertEquals(43, copy.sum());
                assertEquals(42, original.sum());
            }
        }
    }
}
