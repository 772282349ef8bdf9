// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import dev.cpulocal.AsymmetricFence;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** Read sections, and those who wait until all that had begun have ended. */
public class GracePeriods {

    /*
     * Readers
     * -------
     *     begun[period]++        period is 0 or 1, kept as the token of the section
     *     light fence (A)
     *     ... the section ...
     *     light fence (B)
     *     ended[period]++        on whatever CPU
     *
     * A grace period
     * --------------
     *     read ended[0], ended[1]
     *     heavy fence (C)
     *     read begun[0], begun[1]
     *
     * The sums are taken word by word while others add. Still, when a sum of ends is equal to the sum of
     * beginnings that is taken after it, then at the fence no section was under way in that period that
     * the caller has to wait for:
     *
     *  - A section whose end was counted has its beginning counted too: the beginning comes before the
     *    end, and the end was seen before the fence, so B, the fence C and the order of the program make
     *    the beginning visible after it. So no end is counted without its beginning, the ends are at
     *    most as many as the beginnings, and when they are equal no beginning is without its end.
     *  - A section whose beginning was not counted sees everything that the caller did before: A and C
     *    are store buffering with fences on both sides. It need not be waited for.
     *  - What a section did comes before what the caller does next: its end was seen before C, and the
     *    section is before B.
     *
     * So one fence is enough where nobody reads. And one scan of each period that is equal is enough
     * anyway, at any time after the beginning of the grace period. But with readers all the time, sums
     * that are never equal would starve the caller. Hence the two periods: first the idle one must be
     * quiet, in which only stragglers can be that chose it before it became idle; then new readers are
     * sent there, and the other is waited for, where no more come but stragglers.
     *
     * Waiting costs no fence for each look: the ends alone are read, until there are as many as there
     * were beginnings, and then the whole scan is made. A period that does not fall quiet is scanned
     * again from time to time, since stragglers may have begun.
     *
     * Sharing
     * -------
     * One grace period runs at a time, for all who asked before it began. They are numbered. Who asks
     * reads how many have begun, after a full fence: the next one, by number, begins after what the
     * caller did before. Who gets the lock runs it; the others find it done.
     *
     * Closing
     * -------
     * Closed is a bit beside the period. A section looks at it before and after its beginning; the
     * second look and the scan of the last grace period are again store buffering: either the section
     * sees that the domain is closed, and leaves, or it is waited for.
     */

    /** The answer of {@link #enter} when the domain is closed. */
    public static final int REFUSED = -1;

    private static final int CLOSED = 2;
    private static final long RESCAN_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final ReaderCounts counts;
    private final StallWatch stalls;
    private final String name;
    private final ReentrantLock turn = new ReentrantLock();
    private volatile int state;
    private volatile long begun;
    private volatile long completed;

    /**
     * Waits for readers.
     *
     * @param name of the domain
     * @param counts where readers are counted
     * @param stalls is told how long it takes
     */
    public GracePeriods(String name, ReaderCounts counts, StallWatch stalls) {
        this.name = name;
        this.counts = counts;
        this.stalls = stalls;
    }

    /* ------------------------- Readers ------------------------- */

    /** Begins a section; {@return its period, or {@link #REFUSED}}. */
    public int enter() {
        int period = state;
        if (period >= CLOSED) {
            return REFUSED;
        }
        counts.begin(period);
        AsymmetricFence.light();
        if (state >= CLOSED) {
            exit(period);
            return REFUSED;
        }
        return period;
    }

    /** Ends a section. */
    public void exit(int period) {
        AsymmetricFence.light();
        counts.end(period);
    }

    /** {@return how many sections are under way, roughly while some begin or end} */
    public long readers() {
        long ended = counts.ended(0) + counts.ended(1);
        return Math.max(0, counts.begun(0) + counts.begun(1) - ended);
    }

    /* ------------------------- Those who wait ------------------------- */

    /**
     * {@return the number of the next grace period, which begins after all that was done before}
     */
    public long next() {
        VarHandle.fullFence();
        return begun + 1;
    }

    /** {@return whether a grace period is over; if so, all of its readers are before the caller} */
    public boolean isElapsed(long number) {
        return completed >= number;
    }

    /** {@return how many are over} */
    public long completed() {
        return completed;
    }

    /**
     * Waits until a grace period is over, and runs it if nobody else does.
     *
     * @param number which, as {@link #next} gave it
     * @param wait until when
     * @return whether it is over; else the time is
     */
    public boolean await(long number, Wait wait) {
        while (!isElapsed(number)) {
            if (!wait.lock(turn)) {
                return isElapsed(number);
            }
            try {
                if (!isElapsed(number) && !run(wait)) {
                    return false;
                }
            } finally {
                turn.unlock();
            }
        }
        return true;
    }

    /** Refuses new sections from now on. */
    public void close() {
        turn.lock();
        try {
            state |= CLOSED;
        } finally {
            turn.unlock();
        }
    }

    /** {@return whether new sections are refused} */
    public boolean isClosed() {
        return state >= CLOSED;
    }

    /* ------------------------- A grace period ------------------------- */

    private boolean run(Wait wait) {
        GracePeriodEvent event = new GracePeriodEvent();
        event.begin();
        long number = begun + 1;
        begun = number;
        long ended0 = counts.ended(0);
        long ended1 = counts.ended(1);
        fence();
        boolean quiet0 = counts.begun(0) == ended0;
        boolean quiet1 = counts.begun(1) == ended1;
        boolean quiet = quiet0 && quiet1;
        if (!quiet && !awaitBoth(quiet0, quiet1, wait)) {
            return false;
        }
        completed = number;
        event.end(name, number, !quiet);
        return true;
    }

    private boolean awaitBoth(boolean quiet0, boolean quiet1, Wait wait) {
        int active = state & 1;
        int idle = 1 - active;
        boolean idleIsQuiet = idle == 0 ? quiet0 : quiet1;
        if (!idleIsQuiet && !awaitQuiet(idle, wait)) {
            return false;
        }
        state ^= 1;
        return awaitQuiet(active, wait);
    }

    private boolean awaitQuiet(int period, Wait wait) {
        long began = System.nanoTime();
        long reports = 0;
        Backoff backoff = new Backoff();
        try {
            while (!isQuiet(period)) {
                if (!awaitEnds(period, counts.begun(period), wait, backoff)) {
                    return false;
                }
                reports = report(System.nanoTime() - began, reports);
            }
            return true;
        } finally {
            backoff.end();
        }
    }

    private boolean isQuiet(int period) {
        long ended = counts.ended(period);
        fence();
        return counts.begun(period) == ended;
    }

    /** Fence (C); a method so that tests can see what is missed without it. */
    void fence() {
        AsymmetricFence.heavy();
    }

    /** Waits until it is worthwhile to scan again; {@return false if the time is up}. */
    private boolean awaitEnds(int period, long begun, Wait wait, Backoff backoff) {
        long rescan = System.nanoTime() + RESCAN_NANOS;
        do {
            if (wait.isOver()) {
                return false;
            }
            backoff.await();
        } while (counts.ended(period) < begun && System.nanoTime() - rescan < 0);
        return true;
    }

    private long report(long waitedNanos, long reports) {
        long due = waitedNanos / stalls.limitNanos();
        if (due > reports) {
            stalls.report().accept(waitedNanos);
        }
        return due;
    }
}
