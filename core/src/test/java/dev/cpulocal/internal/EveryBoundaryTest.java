// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cpulocal.CpuSet;
import dev.cpulocal.IndexMode;
import dev.cpulocal.Membarrier;
import dev.cpulocal.Result;
import dev.cpulocal.Rseq;
import dev.cpulocal.Rseq.Threads;
import dev.cpulocal.Sequence;
import dev.cpulocal.Sequences;
import dev.cpulocal.Thrown;
import dev.cpulocal.internal.x64.Mutants;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A thread is held at each instruction boundary of each sequence of the catalogue, and there
 * disturbed once. Inside the section that aborts it, with nothing committed; outside it changes
 * nothing.
 */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class EveryBoundaryTest {

    private static final int STRIDE = 4096;
    private static final int MAX_TRIES = 1000;
    private static final long SLEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long CHANGED = 77;

    private CpuSet allowed;
    private CpuSet here;
    private CpuSet there;
    private HeldThread held;

    @BeforeEach
    void occupyTwoCpus() throws Exception {
        assumeTrue(Rseq.concurrencyId().isAvailable(), Rseq.concurrencyId().reason());
        allowed = Libc.affinity(0);
        assumeTrue(allowed.size() > 1, "one CPU is allowed");
        int[] cpus = allowed.stream().toArray();
        here = CpuSet.of(cpus[0]);
        there = CpuSet.of(cpus[1]);
        held = new HeldThread(here);
        Libc.setAffinity(0, there);
    }

    @AfterEach
    void leaveCpus() {
        if (held != null) {
            held.close();
            Libc.setAffinity(0, allowed);
        }
    }

    /** What aborts a section. */
    enum Cause {
        MIGRATION {
            @Override
            void disturb(HeldThread held, CpuSet there) {
                assertTrue(Disturbance.migrate(held.thread(), there));
                held.release();
            }

            @Override
            boolean isProvedBy(HeldThread held) {
                return held.moved();
            }
        },
        SIGNAL {
            @Override
            void disturb(HeldThread held, CpuSet there) throws Exception {
                assertTrue(Disturbance.signal(held.thread()));
                held.awaitSignal();
                held.release();
            }

            @Override
            boolean isProvedBy(HeldThread held) {
                return !held.switched();
            }
        },
        FENCE {
            @Override
            void disturb(HeldThread held, CpuSet there) {
                Membarrier.fence(Membarrier.Command.PRIVATE_EXPEDITED_RSEQ);
                held.release();
            }

            @Override
            boolean isProvedBy(HeldThread held) {
                return !held.switched();
            }
        },
        PREEMPTION {
            @Override
            void disturb(HeldThread held, CpuSet there) throws Exception {
                held.releaseByCompetitor();
            }

            @Override
            boolean isProvedBy(HeldThread held) {
                return held.switched();
            }
        };

        abstract void disturb(HeldThread held, CpuSet there) throws Exception;

        /** {@return whether this, and not the machine, disturbed the thread} */
        abstract boolean isProvedBy(HeldThread held);
    }

    static Stream<Arguments> sequences() {
        return Sequences.all().stream()
                .flatMap(sequence ->
                        Stream.of(IndexMode.values()).map(index -> Arguments.of(sequence, index)));
    }

    static Stream<Arguments> disturbances() {
        return sequences()
                .flatMap(arguments ->
                        Stream.of(Cause.values())
                                .map(cause ->
                                        Arguments.of(
                                                arguments.get()[0], arguments.get()[1], cause)));
    }

    /* ------------------------- Attempts ------------------------- */

    /** A sequence whose thread is held at one boundary, on memory of its own. */
    private final class Attempt {
        private final Scenario scenario;
        private final Ranges ranges;
        private final MethodHandle code;
        private final RangeImage before;
        private final RangeImage after;
        private final String name;

        Attempt(Sequence sequence, IndexMode index, int point, UnaryOperator<Code> mutation) {
            scenario = Scenario.of(sequence);
            ranges = new Ranges(Engine.of(index, Threads.ALL), STRIDE);
            code = HeldThread.link(mutation.apply(emit(sequence, index, point)), arguments());
            before = RangeImage.before(scenario);
            after = before.after(scenario, STRIDE);
            name = sequence + " by " + index + " at boundary " + point;
        }

        private int arguments() {
            return scenario.arguments().size() + 1;
        }

        /** Begins with fresh memory; {@return whether the thread is held now}. */
        boolean begin() throws Exception {
            IntStream.range(0, ranges.count()).forEach(range -> before.writeTo(ranges, range));
            return held.call(code, scenario.nativeArguments(ranges.base()));
        }

        private List<RangeImage> images() {
            return IntStream.range(0, ranges.count())
                    .mapToObj(range -> RangeImage.of(ranges, range))
                    .toList();
        }

        /** {@return in how many ranges there was a commit; fails if anything else was changed} */
        int commits() {
            List<RangeImage> images = images();
            int commits = (int) images.stream().filter(after::equals).count();
            long others =
                    images.stream()
                            .filter(image -> image.isUncommitted(before, after, scenario))
                            .count();
            assertEquals(images.size(), commits + others, name);
            return commits;
        }

        /** Checks that a result says what became of the memory. */
        void checkResult(long result) {
            boolean committed = Result.isCommitted(result);
            assertTrue(committed || result == Result.ABORTED, () -> describe(result));
            assertEquals(committed ? 1 : 0, commits(), () -> describe(result));
        }

        private String describe(long result) {
            return name + ": " + Result.describe(result);
        }
    }

    private static Code emit(Sequence sequence, IndexMode index, int point) {
        RseqRuntime runtime = RseqRuntime.get();
        Target target = runtime.target(index, STRIDE, Ranges.countOfAll());
        return runtime.machine().emit(sequence, target.with(HeldThread.at(point)));
    }

    /** Fails unless a disturbance at a boundary has the effect that it must have. */
    private void check(Attempt attempt, Cause cause, boolean inside, boolean committed)
            throws Exception {
        boolean proved = false;
        for (int tries = 0; !proved; tries++) {
            assertTrue(tries < MAX_TRIES, () -> attempt.name + ": the machine was always first");
            boolean waited = attempt.begin();
            if (waited) {
                cause.disturb(held, there);
            }
            held.release();
            long result = held.result();
            attempt.checkResult(result);
            if (waited && (inside || committed)) {
                assertEquals(committed, Result.isCommitted(result), () -> attempt.describe(result));
            }
            // Before the section, the machine may still abort it afterwards.
            proved = waited && cause.isProvedBy(held) && (inside || Result.isCommitted(result));
        }
    }

    private static Attempt attempt(EveryBoundaryTest test, Sequence s, IndexMode i, int point) {
        return test.new Attempt(s, i, point, UnaryOperator.identity());
    }

    /* ------------------------- Tests ------------------------- */

    @ParameterizedTest
    @MethodSource("disturbances")
    void disturbanceAbortsExactlyInsideTheSection(Sequence sequence, IndexMode index, Cause cause)
            throws Exception {
        Boundaries boundaries = Boundaries.of(sequence, index);
        for (int point : boundaries.all().toArray()) {
            Attempt attempt = attempt(this, sequence, index, point);
            boolean inside = boundaries.isInside(point);
            check(attempt, cause, inside, point == boundaries.commit());
        }
    }

    @ParameterizedTest
    @MethodSource("sequences")
    void longDelayLosesNothingAndDoublesNothing(Sequence sequence, IndexMode index)
            throws Exception {
        for (int point : Boundaries.of(sequence, index).all().toArray()) {
            Attempt attempt = attempt(this, sequence, index, point);
            attempt.begin();
            LockSupport.parkNanos(SLEEP_NANOS);
            held.release();
            attempt.checkResult(held.result());
        }
    }

    /** After the fence, what was running has committed or writes nothing any more. */
    @ParameterizedTest
    @MethodSource("sequences")
    void stoppedRangeIsLeftAlone(Sequence sequence, IndexMode index) throws Exception {
        Boundaries boundaries = Boundaries.of(sequence, index);
        for (int point : boundaries.all().toArray()) {
            Attempt attempt = attempt(this, sequence, index, point);
            boolean proved = false;
            for (int tries = 0; !proved; tries++) {
                assertTrue(tries < MAX_TRIES, attempt.name);
                proved = stop(attempt, boundaries, point);
            }
        }
    }

    /** Stops all ranges while a thread is held; {@return whether it then met the stopped range}. */
    private boolean stop(Attempt attempt, Boundaries boundaries, int point) throws Exception {
        boolean waited = attempt.begin();
        boolean before = point < boundaries.start();
        boolean committed = point == boundaries.commit();
        boolean stoppable = attempt.scenario.sequence().stoppable();
        int ranges = attempt.ranges.count();
        IntStream.range(0, ranges).forEach(attempt.ranges::stop);
        if (waited) {
            assertEquals(committed ? 1 : 0, attempt.commits(), attempt.name);
        }
        for (int range = 0; range < ranges; range++) {
            attempt.ranges.setOpaque(range, Scenario.DECIDING, CHANGED);
        }
        List<RangeImage> changed = attempt.images();
        held.release();
        long result = held.result();
        // Before the section, the machine may still abort it before it looks at the stop word.
        boolean early = before && result == Result.ABORTED;
        if (waited && !early && (stoppable || !before)) {
            long expected = before ? Result.STOPPED : Result.ABORTED;
            assertTrue(
                    committed ? Result.isCommitted(result) : result == expected,
                    () -> attempt.describe(result));
        }
        if (stoppable || !before) {
            assertEquals(changed, attempt.images(), attempt.name);
        }
        IntStream.range(0, ranges).forEach(attempt.ranges::resume);
        return waited && !early;
    }

    /* ------------------------- Mutants are found ------------------------- */

    private void assertFound(Cause cause, int point, boolean inside, UnaryOperator<Code> mutation) {
        Sequence sequence = Sequences.LOAD_CBNE_STORE;
        Attempt attempt = new Attempt(sequence, IndexMode.CPU_ID, point, mutation);
        boolean committed = point == boundaries().commit();
        // The machine may disturb the thread first, which hides the mutant.
        Thrown.assertThrown(
                AssertionError.class,
                attempt.name + (inside ? ": committed 0 ==> " : ": aborted ==> "),
                () -> {
                    for (int tries = 0; tries < MAX_TRIES; tries++) {
                        check(attempt, cause, inside, committed);
                    }
                });
    }

    @Test
    void sectionWithoutItsDescriptorIsFoundWhenItsRangeIsStopped() {
        int point = boundaries().commit() - 1;
        Attempt attempt =
                new Attempt(
                        Sequences.LOAD_CBNE_STORE,
                        IndexMode.CPU_ID,
                        point,
                        Mutants::withoutDescriptor);
        Thrown.assertThrown(
                AssertionError.class,
                attempt.name + ": committed 0 ==> ",
                () -> {
                    for (int tries = 0; tries < MAX_TRIES; tries++) {
                        stop(attempt, boundaries(), point);
                    }
                });
    }

    private static Boundaries boundaries() {
        return Boundaries.of(Sequences.LOAD_CBNE_STORE, IndexMode.CPU_ID);
    }

    @ParameterizedTest
    @EnumSource
    void sectionWithoutItsDescriptorIsFoundAtEveryBoundary(Cause cause) {
        boundaries()
                .all()
                .filter(boundaries()::isInside)
                .forEach(point -> assertFound(cause, point, true, Mutants::withoutDescriptor));
    }

    @ParameterizedTest
    @EnumSource
    void sectionThatBeginsAnInstructionTooLateIsFound(Cause cause) {
        assertFound(
                cause,
                boundaries().start(),
                true,
                code -> {
                    Injected injected = Injected.in(code);
                    return injected.with("start", injected.end());
                });
    }

    @ParameterizedTest
    @EnumSource
    void sectionThatEndsBeforeItsCommitIsFound(Cause cause) {
        assertFound(
                cause,
                boundaries().commit() - 1,
                true,
                code -> {
                    Injected injected = Injected.in(code);
                    return injected.with("commit", injected.begin());
                });
    }

    @ParameterizedTest
    @EnumSource
    void sectionThatEndsBehindMoreThanItsCommitIsFound(Cause cause) {
        assertFound(
                cause,
                boundaries().commit(),
                false,
                code -> {
                    Injected injected = Injected.in(code);
                    return injected.with("commit", injected.end());
                });
    }
}
