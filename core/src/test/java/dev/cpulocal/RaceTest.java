// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.cpulocal.CpuMemory.Item;
import dev.cpulocal.Workers.Background;
import dev.cpulocal.internal.Boundaries;
import dev.cpulocal.internal.Code;
import dev.cpulocal.internal.CodeMemory;
import dev.cpulocal.internal.Engine;
import dev.cpulocal.internal.Libc;
import dev.cpulocal.internal.Ranges;
import dev.cpulocal.internal.Target.Injection;
import dev.cpulocal.internal.x64.Mutants;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Threads that are moved and signalled in the middle of sections, at every instruction boundary:
 * nothing is lost. And that the same disturbance makes wrong code lose.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class RaceTest {

    private static final int THREADS = 8;
    private static final int OPERATIONS = 4_000;

    /** For the whole catalogue. */
    private static final int FEW_OPERATIONS = 300;

    private static final int LOOPS = 2_000;
    private static final int STRIDE = 4096;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final int BEFORE_COMMIT =
            Boundaries.of(Sequences.LOAD_ADD_STORE, IndexMode.CPU_ID).commit() - 1;

    interface Add {
        long add(Item item, long count);
    }

    interface Exchange {
        long exchange(Item item, long expected, long value);
    }

    /** Every boundary of a sequence, with both indices. */
    private static Stream<Arguments> points(Sequence sequence) {
        return Stream.of(IndexMode.values())
                .flatMap(index ->
                        Boundaries.of(sequence, index)
                                .all()
                                .mapToObj(point -> Arguments.of(index, point)));
    }

    static Stream<Arguments> pointsOfAdd() {
        return points(Sequences.LOAD_ADD_STORE);
    }

    static Stream<Arguments> pointsOfExchange() {
        return points(Sequences.LOAD_CBNE_STORE);
    }

    static Stream<Arguments> pointsOfAll() {
        return Sequences.all().stream()
                .flatMap(sequence ->
                        points(sequence)
                                .map(point ->
                                        Arguments.of(sequence, point.get()[0], point.get()[1])));
    }

    private static Engine engine(IndexMode index, int point) {
        assertTrue(Rseq.availability().isAvailable(), () -> Rseq.availability().reason());
        return Engine.of(index, Rseq.Threads.ALL).with(new Injection(point, LOOPS));
    }

    private static long sum(CpuMemory memory, Item item) {
        return IntStream.range(0, memory.ranges())
                .mapToLong(range -> memory.getOpaque(item, 0, range))
                .sum();
    }

    /* ------------------------- Nothing is lost ------------------------- */

    @ParameterizedTest
    @MethodSource("pointsOfAdd")
    void noAdditionIsLostAtAnyPoint(IndexMode index, int point) throws Exception {
        CpuMemory memory = new CpuMemory(engine(index, point), STRIDE);
        Item item = memory.allocate(8);
        Add add = memory.bind(Sequences.LOAD_ADD_STORE, Add.class, MethodHandles.lookup());

        Workers.runDisturbed(
                THREADS,
                thread -> {
                    for (int i = 0; i < OPERATIONS; i++) {
                        add.add(item, thread + 1L);
                    }
                    return thread;
                });

        assertEquals((long) OPERATIONS * THREADS * (THREADS + 1) / 2, sum(memory, item));
    }

    @ParameterizedTest
    @MethodSource("pointsOfAdd")
    void noCountIsLostAtAnyPoint(IndexMode index, int point) throws Exception {
        CpuCounters counters = new CpuCounters(1, engine(index, point));

        Workers.runDisturbed(
                THREADS,
                _ -> {
                    for (int i = 0; i < OPERATIONS; i++) {
                        counters.increment(0);
                    }
                    return true;
                });

        assertEquals((long) OPERATIONS * THREADS, counters.sum(0));
    }

    @ParameterizedTest
    @MethodSource("pointsOfExchange")
    void everyExchangeCountsOnceAtAnyPoint(IndexMode index, int point) throws Exception {
        CpuMemory memory = new CpuMemory(engine(index, point), STRIDE);
        Item item = memory.allocate(8);
        Exchange exchange =
                memory.bind(Sequences.LOAD_CBNE_STORE, Exchange.class, MethodHandles.lookup());

        List<Integer> committed =
                Workers.runDisturbed(
                        THREADS,
                        _ -> {
                            int commits = 0;
                            for (int i = 0; i < OPERATIONS; i++) {
                                long seen = memory.getOpaque(item, 0, i % memory.ranges());
                                long result = exchange.exchange(item, seen, seen + 1);
                                commits += Result.isCommitted(result) ? 1 : 0;
                            }
                            return commits;
                        });

        int commits = committed.stream().mapToInt(Integer::intValue).sum();
        assertTrue(commits > 0);
        assertEquals(commits, sum(memory, item));
    }

    @ParameterizedTest
    @MethodSource("pointsOfAll")
    void nothingIsLostAtAnyPoint(Sequence sequence, IndexMode index, int point) throws Exception {
        CpuMemory memory = new CpuMemory(engine(index, point), STRIDE);
        CatalogueWork work = CatalogueWork.of(sequence, memory, memory.internals().link(sequence));

        runDisturbed(work);

        assertTrue(work.commits() > 0);
        work.assertNothingIsLost();
        // To look changes nothing: mutants are looked at again and again.
        work.assertNothingIsLost();
    }

    private static void runDisturbed(CatalogueWork work) throws Exception {
        Workers.runDisturbed(
                THREADS,
                _ -> {
                    for (int i = 0; i < FEW_OPERATIONS; i++) {
                        work.step(i);
                    }
                    return true;
                });
    }

    @Test
    void disturbanceAbortsSections() throws Exception {
        CpuMemory memory = new CpuMemory(engine(IndexMode.CPU_ID, BEFORE_COMMIT), STRIDE);
        Item item = memory.allocate(8);
        Add add = memory.bind(Sequences.LOAD_ADD_STORE, Add.class, MethodHandles.lookup());
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (memory.statistics().retries() < 100 && System.nanoTime() < deadline) {
            Workers.runDisturbed(
                    THREADS,
                    _ -> {
                        for (int i = 0; i < OPERATIONS; i++) {
                            add.add(item, 1);
                        }
                        return true;
                    });
        }

        assertTrue(memory.statistics().retries() >= 100, memory.statistics()::toString);
    }

    /* ------------------------- Mutants lose ------------------------- */

    /** Links code of type {@code (base, offset, count)long}. */
    private static MethodHandle link(Code code) {
        return Libc.linkCritical(
                CodeMemory.publish("mutant", code) + code.offset("entry"),
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    }

    /** Fails unless an experiment, repeated, counts less than it should. */
    private static void assertLosesInTime(Function<CpuMemory, Long> lost) {
        CpuMemory memory = new CpuMemory(engine(IndexMode.CPU_ID, -1), STRIDE);
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (lost.apply(memory) <= 0) {
            if (System.nanoTime() > deadline) {
                fail("a wrong operation lost nothing, so these tests prove nothing");
            }
        }
    }

    @Test
    void additionWithoutDescriptorLosesUpdates() {
        Code code = Mutants.addWithoutDescriptor(Rseq.registration().areaOffset(), STRIDE, LOOPS);
        MethodHandle mutant = link(code);
        assertLosesInTime(memory -> {
            Item item = memory.allocate(8);
            try {
                Workers.runDisturbed(
                        THREADS,
                        _ -> {
                            for (int i = 0; i < OPERATIONS; i++) {
                                tryToAdd(mutant, memory.internals(), item);
                            }
                            return true;
                        });
            } catch (Exception e) {
                throw new AssertionError(e);
            }
            return (long) OPERATIONS * THREADS - sum(memory, item);
        });
    }

    /**
     * Those that load before they commit; where it is one addition, a loss is too rare to wait for.
     */
    static Stream<Arguments> comparingSequences() {
        return Sequences.all().stream()
                .filter(sequence -> sequence.ops().getLast() instanceof Op.CommitStore)
                .flatMap(sequence ->
                        Stream.of(IndexMode.values()).map(index -> Arguments.of(sequence, index)));
    }

    @ParameterizedTest
    @MethodSource("comparingSequences")
    void sequenceWithoutDescriptorLosesUpdates(Sequence sequence, IndexMode index) {
        Engine engine = engine(index, Boundaries.of(sequence, index).commit() - 1);
        CpuMemory memory = new CpuMemory(engine, STRIDE);
        MethodHandle mutant =
                Mutants.linkWithoutDescriptor(sequence, engine, STRIDE, memory.ranges());
        CatalogueWork work = CatalogueWork.of(sequence, memory, mutant);
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        Thrown.assertThrown(
                AssertionError.class,
                "expected: <",
                () -> {
                    while (System.nanoTime() < deadline) {
                        runDisturbed(work);
                        work.assertNothingIsLost();
                    }
                });
    }

    /**
     * Adds by attempts of machine code, which are repeated while they are transient, beside
     * additions from elsewhere; {@return how many were lost}.
     */
    private static long lostBesideExecution(CpuMemory memory, Sequence sequence) {
        MethodHandle attempt = memory.internals().link(sequence);
        Item item = memory.allocate(8);
        AtomicLong executions = new AtomicLong();
        long additions = 0;
        try (Background _ =
                new Background(() -> {
                    memory.executeOnAll(Sequences.LOAD_ADD_STORE, item, 1);
                    return executions.addAndGet(memory.ranges());
                })) {
            while (executions.get() < 10_000) {
                additions += tryToAdd(attempt, memory.internals(), item);
            }
        }
        return additions + executions.get() - sum(memory, item);
    }

    private static int tryToAdd(MethodHandle attempt, Ranges ranges, Item item) {
        try {
            long result = (long) attempt.invokeExact(ranges.base(), (long) item.offset(), 1L);
            return Result.isCommitted(result) ? 1 : 0;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void additionWithoutTestOfTheStopWordLosesBesideExecution() {
        assertLosesInTime(memory -> lostBesideExecution(memory, Sequences.COUNTER_ADD));
    }

    @Test
    void additionWithTestOfTheStopWordLosesNothingBesideExecution() {
        CpuMemory memory = new CpuMemory(engine(IndexMode.CPU_ID, -1), STRIDE);
        for (int i = 0; i < 5; i++) {
            assertEquals(0, lostBesideExecution(memory, Sequences.LOAD_ADD_STORE));
        }
    }
}
