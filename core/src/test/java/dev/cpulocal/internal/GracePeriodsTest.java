// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.CpuMemory;
import dev.cpulocal.IndexMode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each rule of the protocol, and that what breaks it would be seen. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class GracePeriodsTest {

    private static final long SHORT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final int READERS = 4;
    private static final int WAITS = 1024;
    private static final StallWatch NOBODY = new StallWatch(Long.MAX_VALUE, _ -> {});

    private static CounterMemory.Block block() {
        return new CounterMemory(Engine.of(IndexMode.CPU_ID), CpuMemory.DEFAULT_STRIDE_BYTES)
                .allocate(ReaderCounts.WORDS);
    }

    private final ReaderCounts counts = new ReaderCounts(block());
    private final GracePeriods periods = new GracePeriods("test", counts, NOBODY);

    private static boolean elapses(GracePeriods periods, long nanos) {
        return periods.await(periods.next(), Wait.nanos(nanos));
    }

    /** Runs a grace period with a reader in it, so that new readers go to the other period. */
    private void flip() throws Exception {
        int reader = periods.enter();
        FutureTask<Boolean> waiter = new FutureTask<>(() -> elapses(periods, LONG_NANOS));
        Thread.ofPlatform().start(waiter);
        while (true) {
            int other = periods.enter();
            periods.exit(other);
            if (other != reader) {
                break;
            }
        }
        assertFalse(waiter.isDone());
        periods.exit(reader);
        assertTrue(waiter.get());
    }

    @Test
    void nobodyIsWaitedForWhereNobodyReads() {
        long before = periods.completed();

        assertTrue(elapses(periods, 0));
        assertTrue(elapses(periods, 0));
        assertEquals(before + 2, periods.completed());
    }

    @Test
    void readerIsWaitedForInEitherPeriod() throws Exception {
        for (int flips = 0; flips < 4; flips++) {
            int reader = periods.enter();
            assertFalse(elapses(periods, SHORT_NANOS));
            periods.exit(reader);
            assertTrue(elapses(periods, LONG_NANOS));
            flip();
        }
    }

    @Test
    void stragglerInTheIdlePeriodIsWaitedFor() throws Exception {
        int idle = periods.enter();
        periods.exit(idle);
        flip();
        counts.begin(idle);

        assertFalse(elapses(periods, SHORT_NANOS));
        counts.end(idle);
        assertTrue(elapses(periods, LONG_NANOS));
    }

    /** With one period only, a reader that begins before the other ends would starve the waiter. */
    @Test
    void readersThatFollowEachOtherDoNotHoldUp() throws Exception {
        int first = periods.enter();
        FutureTask<Boolean> waiter = new FutureTask<>(() -> elapses(periods, LONG_NANOS));
        Thread.ofPlatform().start(waiter);
        int reader = first;
        while (!waiter.isDone()) {
            int next = periods.enter();
            periods.exit(reader);
            reader = next;
        }
        assertTrue(waiter.get());
        periods.exit(reader);
    }

    @Test
    void waitersShareGracePeriods() throws Exception {
        int waiters = 20;
        int reader = periods.enter();
        List<FutureTask<Boolean>> tasks = new ArrayList<>();
        for (int i = 0; i < waiters; i++) {
            FutureTask<Boolean> task = new FutureTask<>(() -> elapses(periods, LONG_NANOS));
            tasks.add(task);
            Thread.ofVirtual().start(task);
        }
        TimeUnit.NANOSECONDS.sleep(SHORT_NANOS);
        long before = periods.completed();
        periods.exit(reader);
        for (FutureTask<Boolean> task : tasks) {
            assertTrue(task.get());
        }

        long made = periods.completed() - before;
        assertTrue(made <= 3, made + " grace periods for " + waiters + " waiters");
    }

    @Test
    void closedDomainRefusesReadersAndWaitsForThoseInside() {
        int reader = periods.enter();
        periods.close();

        assertTrue(periods.isClosed());
        assertEquals(GracePeriods.REFUSED, periods.enter());
        assertFalse(elapses(periods, SHORT_NANOS));
        periods.exit(reader);
        assertTrue(elapses(periods, LONG_NANOS));
        assertEquals(0, periods.readers());
    }

    @Test
    void stallIsReportedOnceForEachLimit() {
        List<Long> reports = new ArrayList<>();
        StallWatch watch = new StallWatch(TimeUnit.MILLISECONDS.toNanos(100), reports::add);
        GracePeriods watched = new GracePeriods("stalled", counts, watch);
        int reader = watched.enter();

        assertFalse(elapses(watched, TimeUnit.MILLISECONDS.toNanos(550)));

        assertTrue(reports.size() >= 1 && reports.size() <= 5, reports::toString);
        assertTrue(reports.getFirst() >= watch.limitNanos(), reports::toString);
        watched.exit(reader);
    }

    @Test
    void interruptDoesNotEndTheWaitAndIsKept() {
        int reader = periods.enter();
        Thread.currentThread().interrupt();

        assertFalse(elapses(periods, SHORT_NANOS));
        assertTrue(Thread.interrupted());
        periods.exit(reader);
    }

    /* ------------------------- Torture ------------------------- */

    private long oldestSeen(long nanos) throws Exception {
        RcuTorture torture = new RcuTorture(periods);
        AtomicBoolean over = new AtomicBoolean();
        List<FutureTask<Boolean>> readers = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            FutureTask<Boolean> reader =
                    new FutureTask<>(() -> {
                        for (int step = 1; !over.get(); step++) {
                            torture.read(step, WAITS);
                        }
                        return true;
                    });
            readers.add(reader);
            Thread.ofPlatform().daemon().start(reader);
        }
        long deadline = System.nanoTime() + nanos;
        while (System.nanoTime() - deadline < 0 && torture.count(2) == 0) {
            torture.write();
        }
        over.set(true);
        for (FutureTask<Boolean> reader : readers) {
            assertTrue(reader.get());
        }
        assertTrue(torture.count(0) > 0 && torture.count(1) > 0, torture::toString);
        return torture.count(2);
    }

    @Test
    void readersNeverSeeWhatIsFreed() throws Exception {
        assertEquals(0, oldestSeen(TimeUnit.SECONDS.toNanos(2)));
    }

    @Test
    void endCountedInTheWrongPeriodIsNoticed() throws Exception {
        ReaderCounts wrong =
                new ReaderCounts(block()) {
                    @Override
                    public void end(int period) {
                        super.end(1 - period);
                    }
                };
        GracePeriods mutant = new GracePeriods("wrong end", wrong, NOBODY);
        int inside = mutant.enter();
        mutant.exit(inside);

        assertFalse(elapses(mutant, SHORT_NANOS));
    }

    /** A reader is inside; another begins and ends between the two sums. */
    private boolean elapsesWith(ReaderCounts disturbed) {
        GracePeriods tested = new GracePeriods("between", disturbed, NOBODY);
        int inside = tested.enter();
        boolean elapsed = elapses(tested, SHORT_NANOS);
        tested.exit(inside);
        return elapsed;
    }

    private static void passThrough(ReaderCounts counts, int period) {
        counts.begin(period);
        counts.end(period);
    }

    @Test
    void readerThatComesAndGoesBetweenTheSumsHidesNobody() {
        assertFalse(
                elapsesWith(
                        new ReaderCounts(block()) {
                            @Override
                            public long begun(int period) {
                                passThrough(this, period);
                                return super.begun(period);
                            }
                        }));
    }

    @Test
    void readerThatComesAndGoesHidesAnotherWhereBeginningsAreReadFirst() {
        assertTrue(
                elapsesWith(
                        new ReaderCounts(block()) {
                            private final long[] begun = new long[2];

                            @Override
                            public long ended(int period) {
                                begun[period] = super.begun(period);
                                if (begun[period] > 0) {
                                    passThrough(this, period);
                                }
                                return super.ended(period);
                            }

                            @Override
                            public long begun(int period) {
                                return begun[period];
                            }
                        }));
    }
}
