// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static dev.cpulocal.Thrown.assertThrown;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.CpuMemory.Item;
import dev.cpulocal.Workers.Background;
import dev.cpulocal.internal.Ranges;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What memory and bound sequences do, in every mode alike. */
@ParameterizedClass
@EnumSource
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class CpuMemoryContractTest {

    private static final int STRIDE = 1 << 14;
    private static final int OPERATIONS = 5_000;

    interface Add {
        long add(Item item, long count);
    }

    interface Exchange {
        long exchange(Item item, long expected, long value);
    }

    interface Five {
        long call(Item v, long expect, Item v2, long number, long newv);
    }

    interface FourItems {
        long call(Item v, long expect, Item v2, long expect2, long newv);
    }

    interface Three {
        long call(Item item, long a, long b);
    }

    interface Copy {
        long copy(Item v, long expect, long dst, MemorySegment src, long len, long newv);
    }

    private final Mode mode;
    private final CpuMemory memory;
    private final Item item;
    private @Nullable Background stopper;

    CpuMemoryContractTest(Mode mode) {
        this.mode = mode;
        memory = new CpuMemory(mode.engine(), STRIDE);
        item = memory.allocate(8);
    }

    @BeforeEach
    void startStopping() {
        if (mode == Mode.STOPPED) {
            stopper = Background.stopping(memory);
        }
    }

    @AfterEach
    void endStopping() {
        if (stopper != null) {
            stopper.close();
        }
    }

    private <T> T bind(Sequence sequence, Class<T> type) {
        return memory.bind(sequence, type, MethodHandles.lookup());
    }

    private long sum(Item of, int displacement) {
        return IntStream.range(0, memory.ranges())
                .mapToLong(range -> memory.getOpaque(of, displacement, range))
                .sum();
    }

    private long sum() {
        return sum(item, 0);
    }

    private void setAll(Item to, int displacement, long value) {
        for (int range = 0; range < memory.ranges(); range++) {
            memory.setOpaque(to, displacement, range, value);
        }
    }

    /** Asserts that a call changes nothing on any range. */
    private void assertUnchanged(Item of, Runnable call) {
        long[] before = words(of);
        call.run();
        assertArrayEquals(before, words(of));
    }

    private long[] words(Item of) {
        return IntStream.range(0, memory.ranges() * of.sizeBytes() / 8)
                .mapToLong(
                        i -> memory.getOpaque(of, i * 8 % of.sizeBytes(), i * 8 / of.sizeBytes()))
                .toArray();
    }

    private static void assertUnequal(int comparison, long result) {
        assertTrue(Result.isUnequal(result), () -> Result.describe(result));
        assertEquals(comparison, Result.comparison(result));
    }

    /* ------------------------- Sequences ------------------------- */

    @Test
    void addAddsOnOneRange() {
        Add add = bind(Sequences.LOAD_ADD_STORE, Add.class);

        assertEquals(Result.COMMITTED, add.add(item, 5));
        assertEquals(Result.COMMITTED, add.add(item, -7));
        assertEquals(Result.COMMITTED, add.add(item, Long.MAX_VALUE));

        assertEquals(Long.MAX_VALUE - 2, sum());
    }

    @Test
    void compareAndStoreStoresIfEqual() {
        Exchange exchange = bind(Sequences.LOAD_CBNE_STORE, Exchange.class);
        setAll(item, 0, 7);

        assertEquals(Result.COMMITTED, exchange.exchange(item, 7, -1));
        assertEquals(7L * (memory.ranges() - 1) - 1, sum());
    }

    @Test
    void compareAndStoreLeavesIfUnequal() {
        Exchange exchange = bind(Sequences.LOAD_CBNE_STORE, Exchange.class);
        setAll(item, 0, 7);

        assertUnchanged(item, () -> assertUnequal(0, exchange.exchange(item, 8, 1)));
    }

    @Test
    void popReturnsTheHeadAndMovesToTheNext() {
        Three pop = bind(Sequences.LOAD_CBEQ_STORE_ADD_LOAD_STORE, Three.class);
        Item nodes = memory.allocate(32);
        setAll(item, 0, nodes.offset());
        setAll(nodes, 8, nodes.offset() + 16);

        assertEquals(nodes.offset(), pop.call(item, 0, 8));
        assertEquals(nodes.offset() * (long) memory.ranges() + 16, sum());
    }

    @Test
    void popLeavesIfTheListIsEmpty() {
        Three pop = bind(Sequences.LOAD_CBEQ_STORE_ADD_LOAD_STORE, Three.class);

        assertUnchanged(item, () -> assertUnequal(0, pop.call(item, 0, 8)));
    }

    @Test
    void addBehindAPointerFollowsIt() {
        Three add = bind(Sequences.LOAD_ADD_LOAD_LOAD_ADD_STORE, Three.class);
        Item table = memory.allocate(24);
        setAll(item, 0, table.offset());
        setAll(table, 8, table.offset() + 16);

        assertEquals(Result.COMMITTED, add.call(item, 8, 100));
        assertEquals(100, sum(table, 16));
    }

    @Test
    void twoStoresHappenTogetherOrNotAtAll() {
        Item second = memory.allocate(8);
        for (Sequence sequence :
                List.of(Sequences.LOAD_CBNE_STORE_STORE, Sequences.LOAD_CBNE_STORE_STORE_RELEASE)) {
            Five store = bind(sequence, Five.class);
            setAll(item, 0, 1);
            setAll(second, 0, 0);

            assertUnchanged(second, () -> assertUnequal(0, store.call(item, 2, second, 9, 3)));
            assertEquals(Result.COMMITTED, store.call(item, 1, second, 9, 3));

            assertEquals(memory.ranges() + 2L, sum());
            // Attempts that were aborted may have stored speculatively on another range.
            assertTrue(sum(second, 0) >= 9 && sum(second, 0) % 9 == 0);
        }
    }

    @Test
    void resultTellsWhichOfTwoComparisonsFailed() {
        FourItems store = bind(Sequences.LOAD_CBNE_LOAD_CBNE_STORE, FourItems.class);
        Item second = memory.allocate(8);
        setAll(item, 0, 1);
        setAll(second, 0, 2);

        assertUnchanged(
                item,
                () -> {
                    assertUnequal(0, store.call(item, 5, second, 2, 9));
                    assertUnequal(0, store.call(item, 5, second, 5, 9));
                    assertUnequal(1, store.call(item, 1, second, 5, 9));
                });
        assertEquals(Result.COMMITTED, store.call(item, 1, second, 2, 9));
        assertEquals(memory.ranges() + 8L, sum());
    }

    @Test
    void copyCopiesAnyLength() {
        Item target = memory.allocate(64);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment source = arena.allocate(64, 1);
            for (int i = 0; i < 64; i++) {
                source.set(JAVA_BYTE, i, (byte) (i + 1));
            }
            for (Sequence sequence :
                    List.of(
                            Sequences.LOAD_CBNE_MEMCPY_STORE,
                            Sequences.LOAD_CBNE_MEMCPY_STORE_RELEASE)) {
                Copy copy = bind(sequence, Copy.class);
                for (int length = 0; length <= 40; length++) {
                    setAll(item, 0, 0);
                    zero(target);

                    assertEquals(
                            Result.COMMITTED,
                            copy.copy(item, 0, target.offset() + 3, source, length, 1));
                    assertCopied(target, 3, source, length);
                }
            }
        }
    }

    private void zero(Item of) {
        for (int at = 0; at < of.sizeBytes(); at += 8) {
            setAll(of, at, 0);
        }
    }

    private void assertCopied(Item target, int at, MemorySegment source, int length) {
        int committed =
                IntStream.range(0, memory.ranges())
                        .filter(range -> memory.getOpaque(item, 0, range) == 1)
                        .findFirst()
                        .orElseThrow();
        byte[] expected = new byte[target.sizeBytes()];
        MemorySegment.copy(source, JAVA_BYTE, 0, expected, at, length);
        byte[] actual = new byte[target.sizeBytes()];
        MemorySegment words = MemorySegment.ofArray(new long[target.sizeBytes() / 8]);
        for (int i = 0; i < target.sizeBytes(); i += 8) {
            words.set(JAVA_LONG, i, memory.getOpaque(target, i, committed));
        }
        MemorySegment.copy(words, JAVA_BYTE, 0, actual, 0, actual.length);
        assertArrayEquals(expected, actual, "length " + length);
    }

    @Test
    void copyThatIsTooLongOrLeavesTheRangeIsOutOfRange() {
        Copy copy = bind(Sequences.LOAD_CBNE_MEMCPY_STORE, Copy.class);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment source = arena.allocate(Sequence.MAX_COPY_BYTES);
            assertUnchanged(
                    item,
                    () -> {
                        long offset = 1024;
                        for (long length : new long[] {4097, -1, Long.MIN_VALUE, 1L << 32}) {
                            assertEquals(
                                    Result.OUT_OF_RANGE,
                                    copy.copy(item, 0, offset, source, length, 1));
                        }
                        assertEquals(
                                Result.OUT_OF_RANGE, copy.copy(item, 0, STRIDE - 7, source, 8, 1));
                        assertEquals(Result.OUT_OF_RANGE, copy.copy(item, 0, -7, source, 8, 1));
                    });
            assertEquals(Result.COMMITTED, copy.copy(item, 0, STRIDE - 8, source, 8, 1));
            assertEquals(Result.COMMITTED, copy.copy(item, 1, STRIDE - 4096, source, 4096, 0));
        }
    }

    /** Else the range would be stopped for ever, by a null pointer of a list, say. */
    @Test
    void valueThatWouldBeACodeIsReturnedAsTheLeastAndCommittedOnce() {
        Sequence add =
                Sequence.build(
                        "add_and_get",
                        s -> {
                            var v = s.item("v", 8);
                            var count = s.number("count");
                            var sum = s.add(s.load(v.at(0)), count);
                            s.commit(v.at(0), sum);
                            s.returns(sum);
                        });
        Add bound = bind(add, Add.class);
        for (long value : new long[] {Long.MIN_VALUE, Long.MIN_VALUE + 31, Result.LEAST_VALUE}) {
            Item fresh = memory.allocate(8);
            assertEquals(Result.LEAST_VALUE, bound.add(fresh, value));
            assertEquals(value, sum(fresh, 0));
        }
    }

    @Test
    void mappedFileIsRefused() throws IOException {
        Path file = Files.createTempFile("cpulocal", ".bin");
        try (Arena arena = Arena.ofConfined();
                FileChannel channel =
                        FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.READ)) {
            MemorySegment mapped =
                    channel.map(FileChannel.MapMode.READ_WRITE, 0, Sequence.MAX_COPY_BYTES, arena);
            Copy copy = bind(Sequences.LOAD_CBNE_MEMCPY_STORE, Copy.class);
            assertThrown(
                    IllegalArgumentException.class,
                    "not a mapped file",
                    () -> copy.copy(item, 0, item.offset(), mapped, 8, 1));
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void headerOfARangeIsOutOfRange() {
        Copy copy = bind(Sequences.LOAD_CBNE_MEMCPY_STORE, Copy.class);
        Three addBehind = bind(Sequences.LOAD_ADD_LOAD_LOAD_ADD_STORE, Three.class);
        Store store = bind(INDEXED_STORE, Store.class);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment source = arena.allocate(8).fill((byte) -1);
            assertUnchanged(
                    item,
                    () -> {
                        for (long offset : new long[] {0, 1, 63, STRIDE, -STRIDE, 1L << 40}) {
                            assertEquals(
                                    Result.OUT_OF_RANGE, copy.copy(item, 0, offset, source, 8, 1));
                            assertEquals(Result.OUT_OF_RANGE, store.store(item, offset, -1));
                            for (long result :
                                    memory.executeOnAll(INDEXED_STORE, item, offset, -1)) {
                                assertEquals(Result.OUT_OF_RANGE, result);
                            }
                        }
                        assertEquals(Result.OUT_OF_RANGE, addBehind.call(item, 64, 1));
                        assertEquals(Result.OUT_OF_RANGE, addBehind.call(item, 0, 1));
                    });
        }
        if (mode != Mode.STOPPED) {
            for (int range = 0; range < memory.ranges(); range++) {
                for (int at = 0; at < Ranges.HEADER_BYTES; at += 8) {
                    assertEquals(0, memory.internals().getOpaque(range, at));
                }
            }
        }
        assertEquals(Result.COMMITTED, store.store(item, Ranges.HEADER_BYTES, 1));
    }

    private static final Sequence INDEXED_STORE =
            Sequence.build(
                    "indexed-store",
                    s -> {
                        var v = s.item("v", 8);
                        var offset = s.number("offset");
                        var value = s.number("value");
                        s.storeSpeculatively(Place.offset(offset, 0), value, Op.Width.SHORT);
                        s.commitAdd(v.at(0), s.constant(0));
                    });

    interface Store {
        long store(Item v, long offset, long value);
    }

    @Test
    void comparisonComesBeforeTheCopy() {
        Copy copy = bind(Sequences.LOAD_CBNE_MEMCPY_STORE, Copy.class);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment source = arena.allocate(8);
            assertUnequal(0, copy.copy(item, 1, 1024, source, 5000, 1));
        }
    }

    /* ------------------------- Interfaces ------------------------- */

    interface LongOffset {
        long add(long offset, int count);
    }

    interface NoArguments {
        long run();
    }

    @Test
    void itemCanBeGivenByItsOffsetAndNumberAsInt() {
        LongOffset add = bind(Sequences.LOAD_ADD_STORE, LongOffset.class);

        assertEquals(Result.COMMITTED, add.add(item.offset(), -3));
        assertEquals(-3, sum());
        for (long offset :
                new long[] {0, 8, 56, 65, item.offset() + 4, STRIDE - 7, STRIDE, -8, 1L << 40}) {
            assertUnchanged(
                    item,
                    () ->
                            assertThrown(
                                    IllegalArgumentException.class,
                                    "offset: " + offset + " (expected: a multiple of 8, 64 to",
                                    () -> add.add(offset, 1)));
        }
    }

    @Test
    void sequenceWithoutParametersCanBeBound() {
        Sequence tick =
                Sequence.build(
                        "tick",
                        s -> {
                            Value where = s.add(s.constant(item.offset() - 8L), s.constant(8));
                            s.commitAdd(Place.offset(where, 0), s.constant(1));
                            s.returns(s.constant(42));
                        });

        assertEquals(42, bind(tick, NoArguments.class).run());
        assertEquals(42, memory.execute(0, tick));
        assertEquals(2, sum());
    }

    @Test
    void sixthParameterAndSegmentsArrive() {
        Sequence sum =
                Sequence.build(
                        "sum",
                        s -> {
                            var v = s.item("v", 8);
                            var first = s.segment("first");
                            var a = s.number("a");
                            var second = s.segment("second");
                            var b = s.number("b");
                            var c = s.number("c");
                            Value loaded = s.add(s.load(first.at(8)), s.load(second.at(16)));
                            s.commitAdd(v.at(0), s.add(loaded, s.add(s.add(a, b), c)));
                            s.returns(c);
                        });
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment one = arena.allocate(16);
            MemorySegment two = arena.allocate(24);
            one.set(JAVA_LONG, 8, 1000);
            two.set(JAVA_LONG, 16, 10_000);

            Six call = bind(sum, Six.class);

            assertEquals(3, call.call(item, one, 1, two, 2, 3));
            assertEquals(3, memory.execute(0, sum, item, one, 1L, two, 2L, 3L));
            assertEquals(2 * 11_006, sum());
        }
    }

    interface Six {
        long call(Item v, MemorySegment first, long a, MemorySegment second, int b, long c);
    }

    /* ------------------------- Any range ------------------------- */

    @Test
    void executeWorksOnEveryRange() {
        for (int range = 0; range < memory.ranges(); range++) {
            assertEquals(
                    Result.COMMITTED,
                    memory.execute(range, Sequences.LOAD_ADD_STORE, item, range + 1));
            assertUnequal(0, memory.execute(range, Sequences.LOAD_CBNE_STORE, item, 0, 0));
        }
        for (int range = 0; range < memory.ranges(); range++) {
            assertEquals(range + 1, memory.getOpaque(item, 0, range));
        }
    }

    @Test
    void executeOnAllAnswersForEachRange() {
        memory.setOpaque(item, 0, 0, 5);

        long[] results = memory.executeOnAll(Sequences.LOAD_CBNE_STORE, item.offset(), 5, 6L);

        long[] expected = new long[memory.ranges()];
        Arrays.fill(expected, Result.unequal(0));
        expected[0] = Result.COMMITTED;
        assertArrayEquals(expected, results);
        assertEquals(6, sum());
    }

    @Test
    void rangeThatDoesNotExistIsRefused() {
        for (int range : new int[] {-1, memory.ranges(), Integer.MAX_VALUE}) {
            String message = "range: " + range + " (expected: 0 to " + (memory.ranges() - 1);
            assertThrown(
                    IllegalArgumentException.class,
                    message,
                    () -> memory.execute(range, Sequences.LOAD_ADD_STORE, item, 1));
            assertThrown(
                    IllegalArgumentException.class,
                    message,
                    () -> memory.getOpaque(item, 0, range));
            assertThrown(
                    IllegalArgumentException.class,
                    message,
                    () -> memory.setOpaque(item, 0, range, 1));
            assertThrown(
                    IllegalArgumentException.class,
                    message,
                    () -> memory.getAcquire(item, 0, range));
            assertThrown(
                    IllegalArgumentException.class,
                    message,
                    () -> memory.setRelease(item, 0, range, 1));
        }
        assertEquals(0, sum());
    }

    @Test
    void argumentThatDoesNotFitIsRefused() {
        assertRefused("arguments: 1 (expected: 2)", item);
        assertRefused("arguments: 3 (expected: 2)", item, 1, 1);
        assertRefused("count: x (expected: Long or Integer)", item, "x");
        assertRefused("count: null (expected: Long or Integer)", item, null);
        assertRefused("v: x (expected: Long or Integer, or Item)", "x", 1);
        assertRefused("offset: 63 (expected: a multiple of 8, 64 to", 63, 1);
        assertRefused("offset: -8 (expected: a multiple of 8, 64 to", -8L, 1);
        assertRefused("offset: " + STRIDE, STRIDE, 1);
        assertThrown(
                IllegalArgumentException.class,
                "src: 5 (expected: MemorySegment)",
                () -> memory.execute(0, Sequences.LOAD_CBNE_MEMCPY_STORE, item, 0, 64, 5, 0, 1));
    }

    private void assertRefused(String message, @Nullable Object... arguments) {
        assertUnchanged(
                item,
                () -> {
                    assertThrown(
                            IllegalArgumentException.class,
                            message,
                            () -> memory.execute(0, Sequences.LOAD_ADD_STORE, arguments));
                    assertThrown(
                            IllegalArgumentException.class,
                            message,
                            () -> memory.executeOnAll(Sequences.LOAD_ADD_STORE, arguments));
                });
    }

    @Test
    void sequenceThatCannotBeStoppedIsRefused() {
        String message = "sequence counter-add: stoppable: false (expected: true)";
        assertThrown(
                IllegalArgumentException.class,
                message,
                () -> memory.execute(0, Sequences.COUNTER_ADD, item, 1));
        assertThrown(
                IllegalArgumentException.class,
                message,
                () -> bind(Sequences.COUNTER_ADD, Add.class));
    }

    /* ------------------------- Segments ------------------------- */

    /** Calls the copy as a bound function and from elsewhere; both throw the same. */
    private void assertCopyThrows(
            Class<? extends Throwable> type,
            String message,
            MemorySegment source,
            long expect,
            long length) {
        Copy copy = bind(Sequences.LOAD_CBNE_MEMCPY_STORE, Copy.class);
        assertUnchanged(
                item,
                () -> {
                    assertThrown(
                            type, message, () -> copy.copy(item, expect, 1024, source, length, 1));
                    assertThrown(
                            type,
                            message,
                            () ->
                                    memory.execute(
                                            0,
                                            Sequences.LOAD_CBNE_MEMCPY_STORE,
                                            item,
                                            expect,
                                            1024L,
                                            source,
                                            length,
                                            1L));
                });
    }

    @Test
    void segmentThatIsTooShortIsRefused() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment source = arena.allocate(7);
            assertCopyThrows(
                    IndexOutOfBoundsException.class,
                    "segment: 7 bytes (expected: at least 8)",
                    source,
                    0,
                    8);
        }
    }

    @Test
    void segmentOnTheHeapIsRefused() {
        assertCopyThrows(
                IllegalArgumentException.class,
                "(expected: a native one)",
                MemorySegment.ofArray(new byte[64]),
                0,
                8);
    }

    @Test
    void segmentThatIsClosedIsRefusedWhateverTheSequenceWouldDo() {
        for (Arena arena : List.of(Arena.ofConfined(), Arena.ofShared())) {
            MemorySegment source = arena.allocate(64);
            arena.close();

            assertCopyThrows(IllegalStateException.class, "Already closed", source, 0, 8);
            assertCopyThrows(IllegalStateException.class, "Already closed", source, 1, 8);
            assertCopyThrows(IllegalStateException.class, "Already closed", source, 0, 0);
        }
    }

    @Test
    void segmentOfAnotherThreadIsRefusedWhateverTheSequenceWouldDo() throws Exception {
        List<MemorySegment> segments = new ArrayList<>();
        Thread other =
                Thread.ofPlatform().start(() -> segments.add(Arena.ofConfined().allocate(64)));
        other.join();

        assertCopyThrows(WrongThreadException.class, "", segments.getFirst(), 0, 8);
        assertCopyThrows(WrongThreadException.class, "", segments.getFirst(), 1, 8);
        assertCopyThrows(WrongThreadException.class, "", segments.getFirst(), 0, 0);
    }

    interface Log {
        long log(Item v, MemorySegment out, long value);
    }

    private static final Sequence LOG =
            Sequence.build(
                    "log",
                    s -> {
                        var v = s.item("v", 8);
                        var out = s.segment("out");
                        var value = s.number("value");
                        s.storeSpeculatively(out.at(8), value);
                        s.commit(v.at(0), value);
                    });

    @Test
    void segmentThatIsWrittenIsWritable() {
        Log log = bind(LOG, Log.class);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(16);
            assertUnchanged(
                    item,
                    () -> {
                        assertThrown(
                                IllegalArgumentException.class,
                                "(expected: a writable one)",
                                () -> log.log(item, out.asReadOnly(), 1));
                        assertThrown(
                                IllegalArgumentException.class,
                                "(expected: a writable one)",
                                () -> memory.execute(0, LOG, item, out.asReadOnly(), 1));
                        assertThrown(
                                IndexOutOfBoundsException.class,
                                "segment: 15 bytes (expected: at least 16)",
                                () -> log.log(item, out.asSlice(0, 15), 1));
                    });
            assertEquals(Result.COMMITTED, log.log(item, out, 77));
            assertEquals(77, out.get(JAVA_LONG, 8));
        }
    }

    @Test
    void segmentIsNeverLongEnoughForAPlaceAtTheEndOfTheAddressesOfInt() {
        Sequence far =
                Sequence.build(
                        "far",
                        s -> {
                            var v = s.item("v", 8);
                            var out = s.segment("out");
                            s.storeSpeculatively(out.at(Integer.MAX_VALUE - 7), s.number("value"));
                            s.commit(v.at(0), s.constant(1));
                        });
        Log log = bind(far, Log.class);
        String message = "segment: 8 bytes (expected: at least 2147483648)";
        Class<IndexOutOfBoundsException> type = IndexOutOfBoundsException.class;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(8);
            assertThrown(type, message, () -> log.log(item, out, 1));
            assertThrown(type, message, () -> memory.execute(0, far, item, out, 1));
        }
    }

    interface Save {
        long save(Item v, MemorySegment out);
    }

    private Save copyOf(Function<Sequence.Builder, Value> length) {
        Sequence sequence =
                Sequence.build(
                        "save",
                        s -> {
                            var v = s.item("v", 8);
                            var out = s.segment("out");
                            s.copySpeculatively(out.at(4), v.at(0), length.apply(s), 8);
                            s.commitAdd(v.at(0), s.constant(1));
                        });
        return bind(sequence, Save.class);
    }

    @Test
    void segmentIsLongEnoughIfTheSequenceTouchesNoMore() {
        Save three = copyOf(s -> s.constant(3));
        Save tooMany = copyOf(s -> s.constant(9));
        Save unknown = copyOf(s -> s.add(s.constant(1), 2));
        try (Arena arena = Arena.ofConfined()) {
            assertEquals(Result.COMMITTED, three.save(item, arena.allocate(7)));
            assertEquals(Result.OUT_OF_RANGE, tooMany.save(item, arena.allocate(4)));
            assertEquals(Result.COMMITTED, unknown.save(item, arena.allocate(12)));
            Class<IndexOutOfBoundsException> type = IndexOutOfBoundsException.class;
            assertUnchanged(
                    item,
                    () -> {
                        String seven = "segment: 6 bytes (expected: at least 7)";
                        assertThrown(type, seven, () -> three.save(item, arena.allocate(6)));
                        String twelve = "segment: 11 bytes (expected: at least 12)";
                        assertThrown(type, twelve, () -> unknown.save(item, arena.allocate(11)));
                    });
        }
    }

    @Test
    void segmentThatIsOnlyReadMayBeReadOnly() {
        Copy copy = bind(Sequences.LOAD_CBNE_MEMCPY_STORE, Copy.class);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment source = arena.allocate(8).asReadOnly();
            assertEquals(Result.COMMITTED, copy.copy(item, 0, 1024, source, 8, 1));
        }
    }

    /* ------------------------- Items ------------------------- */

    @Test
    void newItemIsZeroAndAligned() {
        for (int alignment = 8; alignment <= 4096; alignment *= 2) {
            Item aligned = memory.allocate(1, alignment);

            assertEquals(0, aligned.offset() % alignment);
            assertEquals(8, aligned.sizeBytes());
            assertEquals(0, sum(aligned, 0));
        }
    }

    @Test
    void freedItemIsUsedAgainAndZero() {
        int free = memory.freeBytes();
        Item first = memory.allocate(24);
        zero(first);
        setAll(first, 0, -1);
        setAll(first, 16, -1);

        memory.free(first);
        assertEquals(free, memory.freeBytes());
        Item second = memory.allocate(24);

        assertEquals(first.offset(), second.offset());
        assertEquals(0, sum(second, 0) | sum(second, 8) | sum(second, 16));
    }

    @Test
    void freedItemIsRefused() {
        Item freed = memory.allocate(8);
        memory.free(freed);
        int free = memory.freeBytes();

        assertForeign(freed, "one of this memory, not freed");
        assertTrue(freed.toString().endsWith(", freed"));
        assertEquals(free, memory.freeBytes());
    }

    @Test
    void itemOfAnotherMemoryIsRefused() {
        Item foreign = new CpuMemory(mode.engine(), STRIDE).allocate(8);

        assertForeign(foreign, "(expected: one of this memory)");
    }

    private void assertForeign(Item foreign, String message) {
        Add add = bind(Sequences.LOAD_ADD_STORE, Add.class);
        Class<IllegalArgumentException> type = IllegalArgumentException.class;
        assertUnchanged(
                item,
                () -> {
                    assertThrown(type, message, () -> memory.free(foreign));
                    assertThrown(type, message, () -> add.add(foreign, 1));
                    assertThrown(
                            type,
                            message,
                            () -> memory.execute(0, Sequences.LOAD_ADD_STORE, foreign, 1));
                    assertThrown(type, message, () -> memory.getOpaque(foreign, 0, 0));
                    assertThrown(type, message, () -> memory.setOpaque(foreign, 0, 0, 1));
                    assertThrown(type, message, () -> memory.getAcquire(foreign, 0, 0));
                    assertThrown(type, message, () -> memory.setRelease(foreign, 0, 0, 1));
                });
    }

    @Test
    void itemThatIsTooSmallIsRefused() {
        Sequence wide =
                Sequence.build(
                        "wide",
                        s -> {
                            var v = s.item("v", 16);
                            s.commitAdd(v.at(8), s.number("count"));
                        });
        String message = "(expected: at least 16 bytes)";
        assertThrown(
                IllegalArgumentException.class, message, () -> bind(wide, Add.class).add(item, 1));
        assertThrown(
                IllegalArgumentException.class, message, () -> memory.execute(0, wide, item, 1));
    }

    @Test
    void wordOfOneRangeIsSetAndRead() {
        Item two = memory.allocate(16);
        for (int range = 0; range < memory.ranges(); range++) {
            memory.setOpaque(two, 0, range, range + 1);
            memory.setRelease(two, 8, range, -range);
        }
        for (int range = 0; range < memory.ranges(); range++) {
            assertEquals(range + 1, memory.getAcquire(two, 0, range));
            assertEquals(-range, memory.getOpaque(two, 8, range));
        }
    }

    @Test
    void wordOutsideAnItemIsRefused() {
        for (int displacement : new int[] {-8, 1, 4, 8, Integer.MAX_VALUE - 7, Integer.MIN_VALUE}) {
            String message =
                    "displacementBytes: " + displacement + " (expected: a multiple of 8 in";
            assertThrown(
                    IndexOutOfBoundsException.class,
                    message,
                    () -> memory.getOpaque(item, displacement, 0));
            assertThrown(
                    IndexOutOfBoundsException.class,
                    message,
                    () -> memory.setOpaque(item, displacement, 0, 1));
            assertThrown(
                    IndexOutOfBoundsException.class,
                    message,
                    () -> memory.getAcquire(item, displacement, 0));
            assertThrown(
                    IndexOutOfBoundsException.class,
                    message,
                    () -> memory.setRelease(item, displacement, 0, 1));
        }
    }

    @Test
    void sizeAndAlignmentOutsideTheirBoundsAreRefused() {
        int most = STRIDE - Ranges.HEADER_BYTES;
        for (int bytes : new int[] {0, -1, Integer.MIN_VALUE, most + 1, Integer.MAX_VALUE}) {
            assertThrown(
                    IllegalArgumentException.class,
                    "bytes: " + bytes + " (expected: 1 to " + most + ")",
                    () -> memory.allocate(bytes));
        }
        for (int alignment : new int[] {0, 4, -8, 12, 8192, Integer.MIN_VALUE}) {
            assertThrown(
                    IllegalArgumentException.class,
                    "alignment: " + alignment + " (expected: a power of two, 8 to 4096)",
                    () -> memory.allocate(8, alignment));
        }
    }

    @Test
    void fullMemorySaysSoAndCanBeFreedAndFilledAgain() {
        memory.free(item);
        int whole = memory.freeBytes();
        assertEquals(STRIDE - Ranges.HEADER_BYTES, whole);
        List<Item> items = new ArrayList<>();
        while (memory.freeBytes() > 0) {
            items.add(memory.allocate(24));
        }
        assertThrown(
                IllegalStateException.class,
                "memory is full: 8 bytes asked for, 0 free in all",
                () -> memory.allocate(8));

        items.forEach(memory::free);

        assertEquals(whole, memory.freeBytes());
        assertEquals(Ranges.HEADER_BYTES, memory.allocate(whole).offset());
    }

    /* ------------------------- Many threads ------------------------- */

    @Test
    void noAdditionIsLost() throws Exception {
        Add add = bind(Sequences.LOAD_ADD_STORE, Add.class);
        int threads = Workers.count();

        Workers.runMixed(
                threads,
                thread -> {
                    for (int i = 0; i < OPERATIONS; i++) {
                        assertEquals(Result.COMMITTED, add.add(item, thread + 1L));
                    }
                    return thread;
                });

        assertEquals((long) OPERATIONS * threads * (threads + 1) / 2, sum());
    }

    @Test
    void executionFromElsewhereExcludesSequences() throws Exception {
        Add add = bind(Sequences.LOAD_ADD_STORE, Add.class);
        int threads = 8;
        int operations = 1000;

        Workers.runMixed(
                threads,
                thread -> {
                    for (int i = 0; i < operations; i++) {
                        switch (thread % 4) {
                            case 0 ->
                                    memory.execute(
                                            i % memory.ranges(), Sequences.LOAD_ADD_STORE, item, 1);
                            case 1 -> memory.executeOnAll(Sequences.LOAD_ADD_STORE, item, 1);
                            default -> add.add(item, 1);
                        }
                    }
                    return thread;
                });

        long expected = (6L + 2L * memory.ranges()) * operations;
        assertEquals(expected, sum());
    }

    @Test
    void operationCompletesWhileItsRangeIsStoppedAndReleased() throws Exception {
        Add add = bind(Sequences.LOAD_ADD_STORE, Add.class);
        CpuMemory.Statistics before = memory.statistics();
        long additions = 0;
        try (Background _ =
                new Background(() -> memory.executeOnAll(Sequences.LOAD_ADD_STORE, item, 0))) {
            do {
                assertEquals(Result.COMMITTED, add.add(item, 1));
                additions++;
            } while (memory.statistics().stops() < before.stops() + 500);
        }

        assertEquals(additions, sum());
        CpuMemory.Statistics after = memory.statistics();
        assertTrue(after.retries() >= after.completions());
    }

    @Test
    void machineCodeRunsExactlyWhereTheModeSaysSo() throws Exception {
        Add add = bind(Sequences.LOAD_ADD_STORE, Add.class);
        int threads = 64;
        Workers.runMixed(threads, _ -> add.add(item, 1));

        long completions = memory.statistics().completions();
        switch (mode) {
            case OFF, OFF_BY_CONCURRENCY_ID -> assertEquals(threads, completions);
            case RANDOM, RANDOM_BY_CONCURRENCY_ID -> {
                assertNotEquals(0, completions);
                assertTrue(completions < threads, "completions: " + completions);
            }
            default -> assertTrue(completions < threads, "completions: " + completions);
        }
    }

    @Test
    void stopWordIsFreeAfterwards() {
        LongSupplier words =
                () ->
                        IntStream.range(0, memory.ranges())
                                .mapToLong(range -> memory.internals().getOpaque(range, 0))
                                .map(Math::abs)
                                .sum();
        memory.execute(0, Sequences.LOAD_ADD_STORE, item, 1);
        memory.executeOnAll(Sequences.LOAD_ADD_STORE, item, 1);
        assertThrows(
                WrongThreadException.class,
                () -> {
                    List<MemorySegment> segments = new ArrayList<>();
                    Thread other =
                            Thread.ofPlatform()
                                    .start(() -> segments.add(Arena.ofConfined().allocate(64)));
                    other.join();
                    memory.execute(0, LOG, item, segments.getFirst(), 1);
                });
        if (mode != Mode.STOPPED) {
            assertEquals(0, words.getAsLong());
        }
    }
}
