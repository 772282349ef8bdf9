// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.cpulocal.CpuMemory.Item;
import dev.cpulocal.Workers.Background;
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
import java.util.ArrayList;
import java.util.Collections;
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
 * Threads that are moved and signalled in the middle of sections, at every point of them: nothing
 * is lost. And that the same disturbance makes wrong code lose.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class RaceTest {

    private static final int THREADS = 8;
    private static final int OPERATIONS = 4_000;
    private static final int LOOPS = 2_000;
    private static final int STRIDE = 4096;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    interface Add {
        long add(Item item, long count);
    }

    interface Exchange {
        long exchange(Item item, long expected, long value);
    }

    interface Pop {
        long pop(Item head, long empty, long next);
    }

    interface Push {
        long push(Item head, long node);
    }

    private static final Sequence PUSH =
            Sequence.build(
                    "push",
                    s -> {
                        var head = s.item("head", 8);
                        var node = s.number("node");
                        s.storeSpeculatively(Place.offset(node, 0), s.load(head.at(0)));
                        s.commit(head.at(0), node);
                    });

    /** Every point of a sequence, with both indices. */
    private static Stream<Arguments> points(Sequence sequence) {
        return Stream.of(IndexMode.values())
                .flatMap(index ->
                        IntStream.range(0, Injection.FIRST_OP + sequence.ops().size())
                                .mapToObj(point -> Arguments.of(index, point)));
    }

    static Stream<Arguments> pointsOfAdd() {
        return points(Sequences.LOAD_ADD_STORE);
    }

    static Stream<Arguments> pointsOfExchange() {
        return points(Sequences.LOAD_CBNE_STORE);
    }

    static Stream<Arguments> pointsOfPop() {
        return points(Sequences.LOAD_CBEQ_STORE_ADD_LOAD_STORE);
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
    @MethodSource("pointsOfPop")
    void noNodeIsLostOrDoubledAtAnyPoint(IndexMode index, int point) throws Exception {
        CpuMemory memory = new CpuMemory(engine(index, point), STRIDE);
        Item head = memory.allocate(8);
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        Pop pop = memory.bind(Sequences.LOAD_CBEQ_STORE_ADD_LOAD_STORE, Pop.class, lookup);
        Push push = memory.bind(PUSH, Push.class, lookup);
        List<Long> nodes = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            nodes.add((long) memory.allocate(8).offset());
            memory.execute(i % memory.ranges(), PUSH, head, nodes.getLast());
        }

        Workers.runDisturbed(
                THREADS,
                _ -> {
                    for (int i = 0; i < OPERATIONS; i++) {
                        long node = pop.pop(head, 0, 0);
                        if (Result.isCommitted(node)) {
                            push.push(head, node);
                        }
                    }
                    return true;
                });

        List<Long> found = new ArrayList<>();
        for (int range = 0; range < memory.ranges(); range++) {
            long node = popFrom(memory, range, head);
            while (Result.isCommitted(node) && found.size() <= nodes.size()) {
                found.add(node);
                node = popFrom(memory, range, head);
            }
        }
        Collections.sort(found);
        assertEquals(nodes, found);
    }

    private static long popFrom(CpuMemory memory, int range, Item head) {
        return memory.execute(range, Sequences.LOAD_CBEQ_STORE_ADD_LOAD_STORE, head, 0, 0);
    }

    @Test
    void disturbanceAbortsSections() throws Exception {
        CpuMemory memory = new CpuMemory(engine(IndexMode.CPU_ID, 3), STRIDE);
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
                CodeMemory.publish(code) + code.offset("entry"),
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
