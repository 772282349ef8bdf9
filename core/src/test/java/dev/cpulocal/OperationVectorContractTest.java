// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static dev.cpulocal.OperationVector.DONE;
import static dev.cpulocal.Thrown.assertThrown;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.cpulocal.CpuMemory.Item;
import dev.cpulocal.Workers.Background;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What operation vectors do beside bound sequences and each other, in every mode alike. */
@ParameterizedClass
@EnumSource
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class OperationVectorContractTest {

    private static final int THREADS = 8;
    private static final int OPERATIONS = 2_000;
    private static final int TOKENS = 1_000;

    interface Add {
        long add(Item item, long count);
    }

    /** Two words of a CPU that are always changed together. */
    private static final OperationVector ADD_TO_BOTH =
            OperationVector.build(
                    "add-to-both",
                    v -> {
                        var pair = v.item("pair", 16);
                        var count = v.number("count");
                        v.add(pair.at(0), count);
                        v.add(pair.at(8), count);
                    });

    /** Moves a token from another CPU's bucket, if it has what it was seen to have. */
    private static final OperationVector MOVE =
            OperationVector.build(
                    "move",
                    v -> {
                        var bucket = v.item("bucket", 8);
                        var from = v.number("from");
                        var seen = v.number("seen");
                        v.compareEqual(bucket.at(0).on(from), seen);
                        v.add(bucket.at(0).on(from), -1);
                        v.add(bucket.at(0), 1);
                    });

    private final Mode mode;
    private final CpuMemory memory;
    private final Item item;
    private @Nullable Background stopper;

    OperationVectorContractTest(Mode mode) {
        this.mode = mode;
        memory = new CpuMemory(mode.engine(), CpuMemory.MIN_STRIDE_BYTES);
        item = memory.allocate(16);
    }

    @BeforeEach
    void startStopping() {
        if (mode == Mode.STOPPED) {
            stopper =
                    new Background(() -> {
                        for (int range = 0; range < memory.ranges(); range++) {
                            memory.internals().stop(range);
                            memory.internals().resume(range);
                        }
                        return true;
                    });
        }
    }

    @AfterEach
    void endStopping() {
        if (stopper != null) {
            stopper.close();
        }
    }

    private long sum() {
        return IntStream.range(0, memory.ranges())
                .mapToLong(range -> memory.getOpaque(item, 0, range))
                .sum();
    }

    /* ------------------------- Nothing is lost ------------------------- */

    @Test
    void additionsByVectorsAndByBoundSequencesAddUp() throws Exception {
        Add add = memory.bind(Sequences.LOAD_ADD_STORE, Add.class, MethodHandles.lookup());
        Workers.runDisturbed(
                THREADS,
                thread -> {
                    for (int i = 0; i < OPERATIONS; i++) {
                        if ((i + thread) % 4 == 0) {
                            memory.execute(i % memory.ranges(), OperationVectors.ADD, item, 1);
                        } else {
                            add.add(item, 1);
                        }
                    }
                    return true;
                });
        assertEquals((long) THREADS * OPERATIONS, sum());
    }

    @Test
    void tokensThatAreMovedBetweenCpusStayAsManyAsTheyAre() throws Exception {
        memory.setOpaque(item, 0, 0, TOKENS);
        List<Long> moved =
                Workers.runMixed(
                        THREADS,
                        thread -> {
                            long moves = 0;
                            for (int i = 0; i < OPERATIONS; i++) {
                                int to = (thread + i) % memory.ranges();
                                int from = (to + 1) % memory.ranges();
                                long seen = memory.getOpaque(item, 0, from);
                                long answer = memory.execute(to, MOVE, item, from, seen);
                                assertTrue(answer == DONE || answer == 1);
                                moves += answer == DONE ? 1 : 0;
                            }
                            return moves;
                        });
        assertEquals(TOKENS, sum());
        assertTrue(moved.stream().mapToLong(Long::longValue).sum() > 0);
    }

    /** A snapshot of all CPUs never shows a vector half done, nor a token twice or not at all. */
    @Test
    void allCpusAreReadAtOneMoment() throws Exception {
        memory.setOpaque(item, 0, 0, TOKENS);
        AtomicLong moves = new AtomicLong();
        try (Background _ =
                        new Background(() -> {
                            int to = (int) (moves.incrementAndGet() % memory.ranges());
                            int from = (to + 1) % memory.ranges();
                            return memory.execute(
                                    to, MOVE, item, from, memory.getOpaque(item, 0, from));
                        });
                Arena arena = Arena.ofConfined()) {
            MemorySegment found = arena.allocate(8L * memory.ranges());
            for (int i = 0; i < 300 || moves.get() < 300; i++) {
                long[] answers = memory.executeOnAll(OperationVectors.READ, item, found);
                assertArrayEquals(new long[memory.ranges()], answers);
                assertEquals(
                        TOKENS,
                        IntStream.range(0, memory.ranges())
                                .mapToLong(range -> found.getAtIndex(JAVA_LONG, range))
                                .sum());
            }
        }
    }

    /**
     * The check above can fail: reading one CPU after the other sees tokens twice or not at all.
     */
    @Test
    void readingOneCpuAfterTheOtherIsNoSnapshot() {
        memory.setOpaque(item, 0, 0, TOKENS);
        AtomicLong moves = new AtomicLong();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        try (Background _ =
                new Background(() -> {
                    int to = (int) (moves.incrementAndGet() % memory.ranges());
                    int from = (to + 1) % memory.ranges();
                    return memory.execute(to, MOVE, item, from, memory.getOpaque(item, 0, from));
                })) {
            while (sum() == TOKENS) {
                if (System.nanoTime() > deadline) {
                    fail("tokens were never seen on their way, so the snapshot proves nothing");
                }
            }
        }
    }

    /** Vectors and the sequence that reads both words exclude each other. */
    @Test
    void sequencesNeverSeeAVectorHalfDone() throws Exception {
        Sequence difference =
                Sequence.build(
                        "difference",
                        s -> {
                            var pair = s.item("pair", 24);
                            var left = s.load(pair.at(0));
                            var right = s.load(pair.at(8));
                            s.returns(s.subtract(left, right));
                            s.commit(pair.at(16), left);
                        });
        interface Difference {
            long of(Item pair);
        }
        Item pair = memory.allocate(24);
        Difference bound = memory.bind(difference, Difference.class, MethodHandles.lookup());
        Workers.runMixed(
                THREADS,
                thread -> {
                    for (int i = 0; i < OPERATIONS; i++) {
                        if (thread % 2 == 0) {
                            memory.execute(i % memory.ranges(), ADD_TO_BOTH, pair, i);
                        } else {
                            assertEquals(0, bound.of(pair));
                        }
                    }
                    return true;
                });
    }

    /* ------------------------- Batches ------------------------- */

    @Test
    void batchIsExecutedInOrderAndAnswersEach() {
        int last = memory.ranges() - 1;
        memory.setOpaque(item, 0, 0, 1);
        boolean alone = last == 0;
        long[] answers =
                memory.execute(
                        last,
                        List.of(
                                OperationVectors.ADD.with(item, 5),
                                MOVE.with(item, 0, alone ? 6 : 1),
                                MOVE.with(item, 0, 77),
                                ADD_TO_BOTH.with(item, 10)));
        assertArrayEquals(new long[] {DONE, DONE, 1, DONE}, answers);
        assertEquals(16, sum());
        assertEquals(10, memory.getOpaque(item, 8, last));
    }

    @Test
    void batchCostsOneStop() {
        long before = memory.statistics().stops();
        memory.execute(0, Collections.nCopies(64, OperationVectors.ADD.with(item, 1)));
        if (mode != Mode.STOPPED) {
            assertEquals(before + 1, memory.statistics().stops());
        }
        assertEquals(64, memory.getOpaque(item, 0, 0));
    }

    @Test
    void batchWithAWrongArgumentDoesNothing() {
        Item freed = memory.allocate(8);
        memory.free(freed);
        assertThrown(
                IllegalArgumentException.class,
                "not freed",
                () ->
                        memory.execute(
                                0,
                                List.of(
                                        OperationVectors.ADD.with(item, 1),
                                        OperationVectors.ADD.with(freed, 1))));
        assertThrown(
                IllegalArgumentException.class,
                "calls: 65 (expected: at most 64)",
                () ->
                        memory.execute(
                                0, Collections.nCopies(65, OperationVectors.ADD.with(item, 1))));
        assertThrown(
                IllegalArgumentException.class,
                "arguments: 1 (expected: 2)",
                () -> memory.execute(0, OperationVectors.ADD, item));
        assertEquals(0, sum());
    }

    @Test
    void emptyBatchAndEmptyVectorDoNothing() {
        assertArrayEquals(new long[0], memory.execute(0, List.of()));
        assertEquals(DONE, memory.execute(0, OperationVector.build("empty", _ -> {})));
    }

    /* ------------------------- Where ------------------------- */

    @Test
    void currentCpuIsOneOfThem() {
        for (int i = 0; i < 100; i++) {
            assertEquals(DONE, memory.executeOnCurrent(OperationVectors.ADD, item, 1));
        }
        assertEquals(100, sum());
    }

    @Test
    void exchangeDrainsEveryCpu() {
        memory.executeOnAll(OperationVectors.ADD, item, 7);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment found = arena.allocate(8L * memory.ranges());
            memory.executeOnAll(OperationVectors.EXCHANGE, item, found, 0);
            for (int range = 0; range < memory.ranges(); range++) {
                assertEquals(7, found.getAtIndex(JAVA_LONG, range));
            }
            assertEquals(0, sum());
            MemorySegment tooShort = found.asSlice(0, 8L * memory.ranges() - 1);
            assertThrown(
                    IndexOutOfBoundsException.class,
                    "found: ",
                    () -> memory.executeOnAll(OperationVectors.READ, item, tooShort));
        }
    }

    @Test
    void rangeThatIsNamedMustExist() {
        assertThrown(
                IllegalArgumentException.class,
                "range: 9999 (expected: 0 to ",
                () -> memory.execute(0, MOVE, item, 9999, 0));
        assertThrown(
                IllegalArgumentException.class,
                "range: -1 (expected: 0 to ",
                () -> memory.execute(0, MOVE, item, -1, 0));
        assertEquals(0, sum());
    }

    /* ------------------------- What depends on the moment ------------------------- */

    private static final OperationVector MOMENT =
            OperationVector.build(
                    "moment",
                    v -> {
                        var v8 = v.item("v", 8);
                        var offset = v.number("offset");
                        var length = v.number("length");
                        var bits = v.number("bits");
                        v.add(v8.at(0), 1);
                        v.copy(Place.offset(offset, 0), v8.at(0), length, 8, Op.Order.RELAXED);
                        v.arithmetic(
                                v8.at(0),
                                Op.Operator.SHIFT_LEFT,
                                bits,
                                Op.Width.LONG,
                                Op.Order.RELAXED);
                    });

    @Test
    void offsetLengthAndShiftOutOfRangeAreAnsweredAndNothingIsDone() {
        int end = memory.strideBytes();
        long[][] wrong = {
            {0, 8, 0},
            {63, 8, 0},
            {-1, 8, 0},
            {end - 7, 8, 0},
            {end, 1, 0},
            {Long.MIN_VALUE, 8, 0},
            {Long.MAX_VALUE, 8, 0},
            {1L << 61, 8, 0},
            {128, 9, 0},
            {128, -1, 0},
            {128, 8, 64},
            {128, 8, -1},
        };
        for (long[] arguments : wrong) {
            assertEquals(
                    Result.OUT_OF_RANGE,
                    memory.execute(0, MOMENT, item, arguments[0], arguments[1], arguments[2]));
            for (long answer :
                    memory.executeOnAll(MOMENT, item, arguments[0], arguments[1], arguments[2])) {
                assertEquals(Result.OUT_OF_RANGE, answer);
            }
        }
        assertEquals(0, sum());
        assertEquals(DONE, memory.execute(0, MOMENT, item, end - 8, 8, 1));
        assertEquals(2, memory.getOpaque(item, 0, 0));
    }

    @Test
    void outOfRangeInABatchLeavesTheOthersAlone() {
        long[] answers =
                memory.execute(
                        0,
                        List.of(
                                OperationVectors.ADD.with(item, 1),
                                MOMENT.with(item, 0, 8, 0),
                                OperationVectors.ADD.with(item, 1)));
        assertArrayEquals(new long[] {DONE, Result.OUT_OF_RANGE, DONE}, answers);
        assertEquals(2, sum());
    }

    @Test
    void placesNeedNotBeAligned() {
        OperationVector vector =
                OperationVector.build(
                        "unaligned",
                        v -> {
                            var pair = v.item("pair", 16);
                            v.copy(pair.at(3), v.constant(0x0102_0304_0506_0708L), 8);
                            v.add(pair.at(3), 1);
                            v.compareEqual(pair.at(3), v.constant(0x0102_0304_0506_0709L));
                        });
        assertEquals(DONE, memory.execute(0, vector, item));
        assertEquals(0x0405_0607_0900_0000L, memory.getOpaque(item, 0, 0));
        assertEquals(0x01_0203L, memory.getOpaque(item, 8, 0));
    }
}
