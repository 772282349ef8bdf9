// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.CpuMemory;
import dev.cpulocal.IndexMode;
import dev.cpulocal.Rseq.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Each rule of the protocol, however sections are noted, and that what breaks it would be seen. */
@ParameterizedClass
@EnumSource
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class GracePeriodsTest {

    private static final long SHORT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final int READERS = 4;
    private static final int WAITS = 1024;
    private static final StallWatch NOBODY = new StallWatch(Long.MAX_VALUE, _ -> {});

    /** Where sections are noted. */
    enum Noted {
        /** In the slot of their thread. */
        BY_THREAD,
        /** In a slot of their CPU. */
        BY_CPU,
        /** In counts. */
        IN_COUNTS
    }

    /** None can be had. */
    private static final class NoThreadSlots extends ThreadSlots {
        @Override
        int claim(Thread thread, long epoch) {
            return NONE;
        }
    }

    private final Noted noted;
    private final ThreadSlots threadSlots;
    private final ReaderSlots slots;
    private final ReaderCounts counts;
    private final GracePeriods periods;

    GracePeriodsTest(Noted noted) {
        this.noted = noted;
        CounterMemory.Block block = block();
        threadSlots = noted == Noted.BY_THREAD ? new ThreadSlots() : new NoThreadSlots();
        slots = new ReaderSlots(block);
        counts = new ReaderCounts(block);
        periods = new GracePeriods("test", threadSlots, slots, counts, null, NOBODY);
    }

    private CounterMemory.Block block() {
        Threads threads = noted == Noted.IN_COUNTS ? Threads.NONE : Threads.ALL;
        Engine engine = Engine.of(IndexMode.CPU_ID, threads);
        return new CounterMemory(engine, CpuMemory.DEFAULT_STRIDE_BYTES)
                .allocate(GracePeriods.WORDS);
    }

    private GracePeriods counting(ReaderCounts counted) {
        return new GracePeriods(
                "counting", new NoThreadSlots(), new ReaderSlots(block()), counted, null, NOBODY);
    }

    private static boolean elapses(GracePeriods periods, long nanos) {
        return periods.await(periods.next(), Wait.nanos(nanos));
    }

    /** Runs a grace period with a reader in it, so that the epoch changes. */
    private void flip() throws Exception {
        long before = periods.epoch();
        long reader = periods.enter();
        FutureTask<Boolean> waiter = new FutureTask<>(() -> elapses(periods, LONG_NANOS));
        Thread.ofPlatform().start(waiter);
        while (periods.epoch() == before) {
            Thread.onSpinWait();
        }
        assertFalse(waiter.isDone());
        assertTrue(periods.exit(reader));
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
            long reader = periods.enter();
            assertFalse(elapses(periods, SHORT_NANOS));
            assertTrue(periods.exit(reader));
            assertTrue(elapses(periods, LONG_NANOS));
            flip();
        }
    }

    /** A reader that read the epoch, and begins only when it has changed. */
    @Test
    void stragglerIsWaitedFor() throws Exception {
        long epoch = periods.epoch();
        flip();
        Runnable end = beginLate(epoch);

        assertFalse(elapses(periods, SHORT_NANOS));
        end.run();
        assertTrue(elapses(periods, LONG_NANOS));
    }

    /** Begins in an epoch that is over; {@return what ends the section}. */
    private Runnable beginLate(long epoch) {
        Thread thread = Thread.currentThread();
        int ofThread = threadSlots.claim(thread, epoch);
        if (ofThread != ThreadSlots.NONE) {
            return () -> assertTrue(threadSlots.free(ofThread));
        }
        long ofCpu = slots.claim(thread, epoch);
        if (ofCpu != ReaderSlots.NONE) {
            return () -> assertTrue(slots.free(ofCpu));
        }
        int period = (int) epoch & 1;
        counts.begin(period);
        return () -> counts.end(period);
    }

    @Test
    void sectionsAreNotedWhereTheyAreMeantToBe() {
        long token = periods.enter();

        assertEquals(noted == Noted.BY_THREAD ? 1 : 0, threadSlots.claimed());
        if (noted == Noted.IN_COUNTS) {
            assertEquals(1, counts.begun(1) - counts.ended(1));
        }
        assertEquals(1, periods.readers());
        assertTrue(periods.exit(token));
        assertEquals(0, periods.readers());
    }

    @Test
    void readerOfTheNextEpochIsNotWaitedFor() throws Exception {
        long before = periods.epoch();
        long first = periods.enter();
        FutureTask<Boolean> waiter = new FutureTask<>(() -> elapses(periods, LONG_NANOS));
        Thread.ofPlatform().start(waiter);
        while (periods.epoch() == before) {
            Thread.onSpinWait();
        }
        long next = periods.enter();
        assertTrue(periods.exit(first));

        assertTrue(waiter.get());
        assertEquals(1, periods.readers());
        assertTrue(periods.exit(next));
    }

    /** With one period only, a reader that begins before the other ends would starve the waiter. */
    @Test
    void readersThatFollowEachOtherDoNotHoldUp() throws Exception {
        long first = periods.enter();
        FutureTask<Boolean> waiter = new FutureTask<>(() -> elapses(periods, LONG_NANOS));
        Thread.ofPlatform().start(waiter);
        long reader = first;
        while (!waiter.isDone()) {
            long next = periods.enter();
            assertTrue(periods.exit(reader));
            reader = next;
        }
        assertTrue(waiter.get());
        assertTrue(periods.exit(reader));
    }

    @Test
    void waitersShareGracePeriods() throws Exception {
        int waiters = 20;
        long reader = periods.enter();
        List<FutureTask<Boolean>> tasks = new ArrayList<>();
        for (int i = 0; i < waiters; i++) {
            FutureTask<Boolean> task = new FutureTask<>(() -> elapses(periods, LONG_NANOS));
            tasks.add(task);
            Thread.ofVirtual().start(task);
        }
        TimeUnit.NANOSECONDS.sleep(SHORT_NANOS);
        long before = periods.completed();
        assertTrue(periods.exit(reader));
        for (FutureTask<Boolean> task : tasks) {
            assertTrue(task.get());
        }

        long made = periods.completed() - before;
        assertTrue(made <= 3, made + " grace periods for " + waiters + " waiters");
    }

    @Test
    void closedDomainRefusesReadersAndWaitsForThoseInside() {
        long reader = periods.enter();
        periods.close();

        assertTrue(periods.isClosed());
        assertEquals(GracePeriods.REFUSED, periods.enter());
        assertFalse(elapses(periods, SHORT_NANOS));
        assertTrue(periods.exit(reader));
        assertTrue(elapses(periods, LONG_NANOS));
        assertEquals(0, periods.readers());
    }

    @Test
    void stallIsReportedOnceForEachLimit() {
        List<Long> reports = new ArrayList<>();
        StallWatch watch = new StallWatch(TimeUnit.MILLISECONDS.toNanos(100), reports::add);
        GracePeriods watched = new GracePeriods("stalled", threadSlots, slots, counts, null, watch);
        long reader = watched.enter();

        assertFalse(elapses(watched, TimeUnit.MILLISECONDS.toNanos(550)));

        assertTrue(reports.size() >= 1 && reports.size() <= 5, reports::toString);
        assertTrue(reports.getFirst() >= watch.limitNanos(), reports::toString);
        assertTrue(watched.exit(reader));
    }

    @Test
    void interruptDoesNotEndTheWaitAndIsKept() {
        long reader = periods.enter();
        Thread.currentThread().interrupt();

        assertFalse(elapses(periods, SHORT_NANOS));
        assertTrue(Thread.interrupted());
        assertTrue(periods.exit(reader));
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
    void endCountedInTheWrongPeriodIsNoticed() {
        ReaderCounts wrong =
                new ReaderCounts(block()) {
                    @Override
                    public void end(int period) {
                        super.end(1 - period);
                    }
                };
        passThrough(wrong, 0);

        assertFalse(elapses(counting(wrong), SHORT_NANOS));
    }

    /** A reader is counted; another begins and ends between the two sums. */
    private boolean elapsesWith(ReaderCounts disturbed) {
        disturbed.begin(0);
        boolean elapsed = elapses(counting(disturbed), SHORT_NANOS);
        disturbed.end(0);
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
