// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cpulocal.CpuMemory.Item;
import dev.cpulocal.Hostile.SignalStorm;
import dev.cpulocal.Rseq.Threads;
import dev.cpulocal.internal.Boundaries;
import dev.cpulocal.internal.Engine;
import dev.cpulocal.internal.Target.Injection;
import java.lang.invoke.MethodHandles;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/**
 * A thread that a signal interrupts every ten microseconds completes its operations, and they
 * count.
 *
 * <p>Each signal that finds the thread in a section aborts it. A section that takes longer than the
 * time between two signals can therefore never commit, however often it is tried: code that only
 * retries would hang here. The delay that makes it so long is much longer, so that late signals
 * change nothing.
 */
@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
class ProgressUnderSignalsTest {

    private static final long RESPITE_NANOS = 10_000;

    /** Some 200 microseconds. */
    private static final int DELAY_LOOPS = 600_000;

    private static final int SHORT_OPERATIONS = 100_000;
    private static final int LONG_OPERATIONS = 30;
    private static final int CALM_OPERATIONS = 20;

    interface Add {
        long add(Item item, long count);
    }

    private final Engine engine = Engine.of(IndexMode.CPU_ID, Threads.ALL);

    @BeforeAll
    static void needsRseq() {
        assumeTrue(Rseq.availability().isAvailable(), Rseq.availability().reason());
    }

    /** An addition on a memory of its own. */
    private record Subject(CpuMemory memory, Item item, Add add) {

        static Subject with(Engine engine) {
            CpuMemory memory = new CpuMemory(engine, CpuMemory.MIN_STRIDE_BYTES);
            return new Subject(
                    memory,
                    memory.allocate(Long.BYTES),
                    memory.bind(Sequences.LOAD_ADD_STORE, Add.class, MethodHandles.lookup()));
        }

        void work(int operations) {
            for (int i = 0; i < operations; i++) {
                assertEquals(Result.COMMITTED, add.add(item, 1));
            }
            long sum =
                    IntStream.range(0, memory.ranges())
                            .mapToLong(range -> memory.getOpaque(item, 0, range))
                            .sum();
            assertEquals(operations, sum);
        }

        long completions() {
            return memory.statistics().completions();
        }
    }

    private Engine delayed() {
        int beforeCommit = Boundaries.of(Sequences.LOAD_ADD_STORE, engine.index()).commit() - 1;
        return engine.with(new Injection(beforeCommit, DELAY_LOOPS));
    }

    @Test
    void operationsThatFitBetweenTwoSignalsCount() {
        Subject subject = Subject.with(engine);
        try (SignalStorm _ = new SignalStorm(RESPITE_NANOS)) {
            subject.work(SHORT_OPERATIONS);
        }
        assertTrue(subject.memory.statistics().retries() > 0, "no section was aborted");
    }

    @Test
    void operationsThatNeverFitAreCompletedAndCount() {
        Subject subject = Subject.with(delayed());
        try (SignalStorm storm = new SignalStorm(RESPITE_NANOS)) {
            subject.work(LONG_OPERATIONS);
            long signals = storm.signals();
            assertTrue(signals > LONG_OPERATIONS, () -> signals + " signals");
        }
        long completions = subject.completions();
        assertTrue(
                completions > LONG_OPERATIONS * 9L / 10,
                () -> completions + " completions of " + LONG_OPERATIONS);
    }

    /** It is the signals that bar the machine code, not the delay. */
    @Test
    void theSameOperationsCommitWithoutSignals() {
        Subject subject = Subject.with(delayed());
        subject.work(CALM_OPERATIONS);
        long completions = subject.completions();
        assertTrue(
                completions < CALM_OPERATIONS / 2,
                () -> completions + " completions of " + CALM_OPERATIONS);
    }
}
