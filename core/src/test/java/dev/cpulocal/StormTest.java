// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cpulocal.Rseq.Threads;
import dev.cpulocal.internal.Boundaries;
import dev.cpulocal.internal.Engine;
import dev.cpulocal.internal.Libc;
import dev.cpulocal.internal.Target.Injection;
import java.lang.invoke.MethodHandles;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Nothing is lost in a {@link Storm}, and the storm is strong enough to lose it. */
@Tag("storm")
@Timeout(value = 1, unit = TimeUnit.HOURS)
class StormTest {

    private static final int COUNTERS = 8;
    private static final int MUTANT_TRIES = 10;
    private static final int NO_DELAY = -1;
    private static final int DELAY_LOOPS = 5_000;

    /** Which threads run machine code, on which range, and how fast. */
    enum Mode {
        CPU_ID(IndexMode.CPU_ID, Threads.ALL, NO_DELAY),
        CONCURRENCY_ID(IndexMode.CONCURRENCY_ID, Threads.ALL, NO_DELAY),
        SOME_THREADS(IndexMode.CPU_ID, Threads.SOME, NO_DELAY),
        SOME_THREADS_BY_CONCURRENCY_ID(IndexMode.CONCURRENCY_ID, Threads.SOME, NO_DELAY),
        NO_THREADS(IndexMode.CPU_ID, Threads.NONE, NO_DELAY),
        /** Some microseconds in the middle, so that most disturbances hit a section. */
        DELAYED(IndexMode.CPU_ID, Threads.ALL, beforeCommit(Sequences.COUNTER_ADD)),
        /** The same between the comparison and the commit of a compare-and-store. */
        DELAYED_COMMIT(IndexMode.CPU_ID, Threads.ALL, beforeCommit(Sequences.LOAD_CBNE_STORE));

        private final IndexMode index;
        private final Threads threads;
        private final int delayedPoint;

        Mode(IndexMode index, Threads threads, int delayedPoint) {
            this.index = index;
            this.threads = threads;
            this.delayedPoint = delayedPoint;
        }

        private static int beforeCommit(Sequence sequence) {
            return Boundaries.of(sequence, IndexMode.CPU_ID).commit() - 1;
        }

        Engine engine() {
            return Engine.of(index, threads).with(new Injection(delayedPoint, DELAY_LOOPS));
        }
    }

    /** A bound compare-and-store. */
    interface Replace {
        /** Stores a value over the expected one. */
        long replace(CpuMemory.Item item, long expect, long value);
    }

    @BeforeAll
    static void needsRseqOnTwoCpus() {
        assumeTrue(Rseq.concurrencyId().isAvailable(), Rseq.concurrencyId().reason());
        assumeTrue(Libc.affinity(0).size() > 1, "one CPU is allowed");
    }

    /* ------------------------- Counters ------------------------- */

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DELAYED_COMMIT")
    void countersLoseNothing(Mode mode) throws InterruptedException {
        CpuCounters counters = new CpuCounters(COUNTERS, mode.engine());
        long added =
                Storm.over(step -> {
                    counters.increment(step % COUNTERS);
                    return 1;
                });
        assertEquals(added, Arrays.stream(counters.sums()).sum());
    }

    @Test
    void countersLoseNothingToResets() throws InterruptedException {
        CpuCounters counters = new CpuCounters(1, Mode.DELAYED.engine());
        CpuCounters taken = new CpuCounters(1, Mode.CPU_ID.engine());
        long added =
                Storm.over(step -> {
                    counters.increment(0);
                    if (step % 64 == 0) {
                        taken.add(0, counters.sumThenReset(0));
                    }
                    return 1;
                });
        assertEquals(added, taken.sum(0) + counters.sum(0));
    }

    @Test
    void plainSharedCountersLose() throws InterruptedException {
        assertLoses(() -> {
            long[] counters = new long[COUNTERS];
            long added =
                    Storm.over(step -> {
                        counters[step % COUNTERS]++;
                        return 1;
                    });
            return added - Arrays.stream(counters).sum();
        });
    }

    /* ------------------------- Sequences ------------------------- */

    @ParameterizedTest
    @EnumSource
    void boundSequencesLoseNothing(Mode mode) throws InterruptedException {
        CpuMemory memory = new CpuMemory(mode.engine(), CpuMemory.MIN_STRIDE_BYTES);
        CpuMemory.Item item = memory.allocate(Long.BYTES);
        Replace replace = bind(memory);
        long replaced = Storm.over(_ -> increment(memory, item, replace));
        assertEquals(replaced, sum(memory, item));
        boolean disturbed = mode == Mode.DELAYED || mode == Mode.DELAYED_COMMIT;
        assertTrue(!disturbed || memory.statistics().retries() > 0, "nothing was aborted");
    }

    @ParameterizedTest
    @EnumSource
    void boundSequencesLoseNothingWhileRangesAreStopped(Mode mode) throws InterruptedException {
        CpuMemory memory = new CpuMemory(mode.engine(), CpuMemory.MIN_STRIDE_BYTES);
        CpuMemory.Item item = memory.allocate(Long.BYTES);
        Replace replace = bind(memory);
        long replaced =
                Storm.over(step ->
                        step % 64 == 0
                                ? incrementRemotely(memory, item, step / 64)
                                : increment(memory, item, replace));
        assertEquals(replaced, sum(memory, item));
    }

    /** A compare-and-store that is no section: what is compared may change before the store. */
    @Test
    void unprotectedSequencesLose() throws InterruptedException {
        assertLoses(() -> {
            CpuMemory memory = new CpuMemory(Mode.CPU_ID.engine(), CpuMemory.MIN_STRIDE_BYTES);
            CpuMemory.Item item = memory.allocate(Long.BYTES);
            long replaced =
                    Storm.over(_ -> {
                        int range = Cpu.current();
                        long value = memory.getOpaque(item, 0, range);
                        memory.setOpaque(item, 0, range, value + 1);
                        return 1;
                    });
            return replaced - sum(memory, item);
        });
    }

    private static Replace bind(CpuMemory memory) {
        return memory.bind(Sequences.LOAD_CBNE_STORE, Replace.class, MethodHandles.lookup());
    }

    private static int increment(CpuMemory memory, CpuMemory.Item item, Replace replace) {
        int current = memory.indexMode() == IndexMode.CPU_ID ? Cpu.current() : Cpu.concurrencyId();
        long value = memory.getOpaque(item, 0, Math.max(0, current));
        return Result.isCommitted(replace.replace(item, value, value + 1)) ? 1 : 0;
    }

    private static int incrementRemotely(CpuMemory memory, CpuMemory.Item item, int step) {
        int range = step % memory.ranges();
        long value = memory.getOpaque(item, 0, range);
        long result = memory.execute(range, Sequences.LOAD_CBNE_STORE, item, value, value + 1);
        return Result.isCommitted(result) ? 1 : 0;
    }

    private static long sum(CpuMemory memory, CpuMemory.Item item) {
        return IntStream.range(0, memory.ranges())
                .mapToLong(range -> memory.getOpaque(item, 0, range))
                .sum();
    }

    /* ------------------------- Counter-checks ------------------------- */

    private interface Mutant {
        /** {@return how much was lost} */
        long run() throws InterruptedException;
    }

    private static void assertLoses(Mutant mutant) throws InterruptedException {
        long lost = 0;
        for (int tries = 0; tries < MUTANT_TRIES && lost == 0; tries++) {
            lost = mutant.run();
        }
        assertTrue(lost > 0, "the storm loses nothing, whatever the code");
    }
}
