// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cpulocal.Rseq.Threads;
import dev.cpulocal.Workers.Background;
import dev.cpulocal.internal.Boundaries;
import dev.cpulocal.internal.Engine;
import dev.cpulocal.internal.Libc;
import dev.cpulocal.internal.Target.CompareTwice;
import dev.cpulocal.internal.Target.Injection;
import dev.cpulocal.internal.x64.Mutants;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sections that look twice at the index and at all that they load see the same both times, and code
 * that is no section does not. This repeats librseq's {@code param_test_compare_twice} and {@code
 * param_test_mm_cid_compare_twice}.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class CompareTwiceTest {

    private static final int THREADS = 8;
    private static final int OPERATIONS = 300;
    private static final int TURNS = 2_000;
    private static final int STRIDE = 4096;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    @BeforeAll
    static void needsRseqOnTwoCpus() {
        assumeTrue(Rseq.concurrencyId().isAvailable(), Rseq.concurrencyId().reason());
        assumeTrue(Libc.affinity(0).size() > 1, "one CPU is allowed");
    }

    static Stream<Arguments> sequences() {
        return Sequences.all().stream()
                .flatMap(sequence ->
                        Stream.of(IndexMode.values()).map(index -> Arguments.of(sequence, index)));
    }

    /** Work whose sequence looks twice, and how often it saw a difference. */
    private static final class Observed {
        private final Twice twice;
        private final CpuMemory memory;
        private final CatalogueWork work;
        private final LongAdder torn = new LongAdder();

        /** With sections, or where it is a mutant with the same code as no section. */
        Observed(Sequence sequence, Engine engine, boolean mutant) {
            twice = Twice.of(sequence);
            memory = new CpuMemory(engine, STRIDE);
            MethodHandle attempt =
                    mutant
                            ? Mutants.linkWithoutDescriptor(
                                    twice.sequence(), engine, STRIDE, memory.ranges())
                            : memory.internals().link(twice.sequence());
            work = CatalogueWork.of(sequence, memory, attempt);
        }

        int step(int step) {
            long result = work.step(step);
            if (twice.isTorn(result)) {
                torn.increment();
            }
            return Result.isCommitted(result) ? 1 : 0;
        }

        void runDisturbed() throws Exception {
            Workers.runDisturbed(
                    THREADS,
                    _ -> {
                        for (int i = 0; i < OPERATIONS; i++) {
                            step(i);
                        }
                        return true;
                    });
        }

        void check() {
            assertEquals(0, torn.sum());
            assertTrue(work.commits() > 0);
            work.assertNothingIsLost();
        }
    }

    private static Engine engine(IndexMode index, int point) {
        return Engine.of(index, Threads.ALL).with(new Injection(point, new CompareTwice(TURNS)));
    }

    /** The last boundary of the section. */
    private static int beforeCommit(Sequence sequence, IndexMode index) {
        return Boundaries.of(Twice.of(sequence).sequence(), index).commit() - 1;
    }

    /** The boundary between the first comparison of a value and the second. */
    private static int betweenComparisons(IndexMode index) {
        return Boundaries.of(Sequences.LOAD_CBNE_STORE, index).commit() - 1;
    }

    @ParameterizedTest
    @MethodSource("sequences")
    void secondLookSeesWhatTheFirstSawWhileThreadsAreDisturbed(Sequence sequence, IndexMode index)
            throws Exception {
        Boundaries boundaries = Boundaries.of(Twice.of(sequence).sequence(), index);
        for (int point : boundaries.comparable().toArray()) {
            Observed observed = new Observed(sequence, engine(index, point), false);
            observed.runDisturbed();
            observed.check();
        }
    }

    @ParameterizedTest
    @EnumSource
    void secondLookSeesWhatTheFirstSawInAStorm(IndexMode index) throws InterruptedException {
        Sequence sequence = Sequences.LOAD_CBNE_MEMCPY_STORE;
        Engine engine = engine(index, beforeCommit(sequence, index));
        Observed observed = new Observed(sequence, engine, false);
        Storm.over(observed::step);
        observed.check();
    }

    @ParameterizedTest
    @EnumSource
    void secondLookSeesWhatTheFirstSawBesideExecutionFromElsewhere(IndexMode index)
            throws Exception {
        Engine engine = engine(index, betweenComparisons(index));
        Observed observed = new Observed(Sequences.LOAD_CBNE_STORE, engine, false);
        CpuMemory memory = observed.memory;
        LongAdder executions = new LongAdder();
        try (Background _ =
                new Background(() -> {
                    memory.executeOnAll(Sequences.LOAD_ADD_STORE, observed.work.word, 1);
                    executions.add(memory.ranges());
                    return true;
                })) {
            observed.runDisturbed();
        }
        assertEquals(0, observed.torn.sum());
        assertTrue(executions.sum() > 0);
        assertEquals(observed.work.commits() + executions.sum(), observed.work.sum());
    }

    /* ------------------------- Mutants are torn ------------------------- */

    private static void assertTorn(Observed mutant) throws Exception {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (mutant.torn.sum() == 0) {
            assertTrue(System.nanoTime() < deadline, "nothing was torn: these tests prove nothing");
            mutant.runDisturbed();
        }
    }

    @ParameterizedTest
    @EnumSource
    void indexOfCodeWithoutDescriptorIsTorn(IndexMode index) throws Exception {
        Sequence sequence = Sequences.LOAD_ADD_STORE;
        Engine engine = engine(index, beforeCommit(sequence, index));
        assertTorn(new Observed(sequence, engine, true));
    }

    @ParameterizedTest
    @EnumSource
    void valueComparedByCodeWithoutDescriptorIsTorn(IndexMode index) throws Exception {
        // The index is not looked at, so only a second comparison of the value can differ.
        Injection delay = new Injection(betweenComparisons(index), TURNS);
        Engine engine = Engine.of(index, Threads.ALL).with(delay);
        Observed mutant = new Observed(Sequences.LOAD_CBNE_STORE, engine, true);
        assertFalse(mutant.twice.isTorn(Result.unequal(0)));
        assertTrue(mutant.twice.isTorn(Result.unequal(1)));
        assertTorn(mutant);
    }

    @Test
    void everyLoadOfTheCatalogueIsRepeated() {
        for (Sequence sequence : Sequences.all()) {
            assertEquals(
                    2 * loads(sequence), loads(Twice.of(sequence).sequence()), sequence.toString());
        }
        assertEquals(1, Twice.of(Sequences.LOAD_CBNE_STORE).firstRepeated());
        assertEquals(2, Twice.of(Sequences.LOAD_CBNE_LOAD_CBNE_STORE).firstRepeated());
    }

    private static long loads(Sequence sequence) {
        return sequence.ops().stream().filter(Op.Load.class::isInstance).count();
    }
}
