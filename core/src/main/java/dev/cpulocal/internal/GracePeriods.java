// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import dev.cpulocal.AsymmetricFence;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Read sections, and those who wait until all that had begun have ended. */
public class GracePeriods {

    /*
     * Readers
     * -------
     * The epoch is a number that begins at 1. Its lowest bit is called the period.
     *
     *     claim a slot, with the epoch        or, if none can be had: begun[period]++
     *     light fence (A)
     *     ... the section ...
     *     free the slot                       or: ended[period]++
     *
     * A slot is freed by a plain store. A platform thread claims one of its own by an atomic instruction,
     * see ThreadSlots; a virtual thread, or one whose own is taken, claims one of its CPU by a
     * restartable sequence, see ReaderSlots. Where sequences are not available, or are aborted, or all
     * slots are taken that a thread tries, a section is counted by atomic instructions instead. So no
     * reader ever waits, and none repeats anything for long.
     *
     * A grace period
     * --------------
     *     read ended[0], ended[1]
     *     heavy fence (B)
     *     read begun[0], begun[1], and the slots
     *
     * If all slots are free and the sums are equal, no section was under way at the fence that the
     * caller has to wait for:
     *
     *  - A section whose slot or beginning was not seen sees everything that the caller did before: A
     *    and B are store buffering with fences on both sides. It need not be waited for.
     *  - A slot that is seen free was freed by a release store, or never claimed. So what the sections
     *    before did that had it comes before what the caller does next.
     *  - The sums are taken word by word while others add. But a section whose end was counted has its
     *    beginning counted too: the beginning comes before the end, and the end was seen before the
     *    fence, so the beginning is visible after it. So the ends are at most as many as the
     *    beginnings, and when they are equal no beginning is without its end.
     *
     * So one fence is enough where nobody reads. But with readers all the time, there may be no moment
     * at which nobody does. Hence the epochs. The next one begins, and then
     *
     *  - each slot is waited for until it is free or has the next epoch. Who read the epoch before it
     *    changed may claim one later, and is waited for in vain; but there are only so many of those. A
     *    section of the next epoch sees what the caller did before, since it has read the epoch.
     *  - each period is waited for whose sums were not equal: first the idle one, before the epoch
     *    changes, in which only those can still begin that read the epoch before the last change; then
     *    the other one, where likewise no more come but these.
     *
     * Waiting for a period costs no fence for each look: the ends alone are read, until there are as
     * many as there were beginnings, and then the whole scan is made.
     *
     * Sharing
     * -------
     * One grace period runs at a time, for all who asked before it began. They are numbered. Who asks
     * reads how many have begun, after a full fence: the next one, by number, begins after what the
     * caller did before. Who gets the lock runs it; the others wait until it is over, or until nobody
     * runs the one that they wait for.
     *
     * Closing
     * -------
     * Closed is a bit of the epoch. A section looks at it before and after its beginning; the second
     * look and the scan of the last grace period are again store buffering: either the section sees
     * that the domain is closed, and leaves, or it is waited for.
     *
     * Tokens
     * ------
     * A token is the address of the CPU's slot, or the number of the thread's slot, from 2 on, or the
     * period, 0 or 1. Where readers are logged, it is the number in the log, doubled, and TRACKED: no
     * address and none of the other numbers. That costs the usual case nothing: the sign of the epoch is
     * set where a domain is closed or logged, so one comparison finds both.
     */

    /** How many words of a memory it needs. */
    public static final int WORDS = Math.max(ReaderSlots.WORDS, ReaderCounts.WORDS);

    /** The answer of {@link #enter} when the domain is closed. */
    public static final long REFUSED = -1;

    private static final long FIRST_THREAD_SLOT = 2;
    private static final long TRACKED = 1L << 62 | 1;
    private static final long SPECIAL = Long.MIN_VALUE;
    private static final long CLOSED = Long.MIN_VALUE >>> 1;
    private static final long NUMBER = CLOSED - 1;

    private final ThreadSlots threadSlots;
    private final ReaderSlots slots;
    private final ReaderCounts counts;
    private final boolean usesRseq;
    private final @Nullable ReaderLog log;
    private final StallWatch stalls;
    private final String name;
    private final ReentrantLock turn = new ReentrantLock();
    private final Followers followers = new Followers();
    private volatile long epoch;
    private volatile long begun;
    private volatile long completed;

    /**
     * Waits for readers.
     *
     * @param name of the domain
     * @param block where readers are noted: {@link #WORDS} words that are 0. They are in use until
     *     this object is unreachable
     * @param log where readers are noted, too, so that they can be told; null if they are not
     * @param stalls is told how long it takes
     */
    public GracePeriods(
            String name, CounterMemory.Block block, @Nullable ReaderLog log, StallWatch stalls) {
        this(name, new ThreadSlots(), new ReaderSlots(block), new ReaderCounts(block), log, stalls);
    }

    GracePeriods(
            String name,
            ThreadSlots threadSlots,
            ReaderSlots slots,
            ReaderCounts counts,
            @Nullable ReaderLog log,
            StallWatch stalls) {
        this.name = name;
        this.threadSlots = threadSlots;
        this.slots = slots;
        this.usesRseq = slots.usesRseq();
        this.counts = counts;
        this.log = log;
        this.stalls = stalls;
        epoch = log == null ? 1 : SPECIAL | 1;
    }

    /* ------------------------- Readers ------------------------- */

    /** Begins a section; {@return its token, or {@link #REFUSED}}. */
    public long enter() {
        try {
            long now = epoch;
            if (now < 0) {
                return enterSpecial(now);
            }
            long token = begin(now);
            AsymmetricFence.light();
            if (epoch < 0) {
                boolean _ = end(token);
                return REFUSED;
            }
            return token;
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private long enterSpecial(long now) {
        if (log == null || (now & CLOSED) != 0) {
            return REFUSED;
        }
        long token = begin(now & NUMBER);
        AsymmetricFence.light();
        if ((epoch & CLOSED) != 0) {
            boolean _ = end(token);
            return REFUSED;
        }
        return log.begin(token) << 1 | TRACKED;
    }

    private long begin(long number) {
        Thread thread = Thread.currentThread();
        if (!usesRseq || !thread.isVirtual()) {
            int slot = threadSlots.claim(thread, number);
            if (slot != ThreadSlots.NONE) {
                return FIRST_THREAD_SLOT + slot;
            }
        }
        return beginElsewhere(thread, number);
    }

    private long beginElsewhere(Thread thread, long number) {
        long slot = slots.claim(thread, number);
        return slot == ReaderSlots.NONE ? count(number) : slot;
    }

    private long count(long number) {
        int period = (int) number & 1;
        counts.begin(period);
        return period;
    }

    /**
     * Ends a section.
     *
     * @param token of it, or any other number
     * @return whether a section has that token, as far as can be seen
     */
    public boolean exit(long token) {
        try {
            return log == null ? end(token) : exitLogged(log, token);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private boolean exitLogged(ReaderLog ended, long token) {
        return (token & TRACKED) == TRACKED && token > 0 && end(ended.end((token ^ TRACKED) >>> 1));
    }

    private boolean end(long token) {
        long slot = token - FIRST_THREAD_SLOT;
        if (slot >= ThreadSlots.SLOTS) {
            return slots.free(token);
        }
        return slot >= 0 ? threadSlots.free((int) slot) : endCounted(token);
    }

    private boolean endCounted(long token) {
        if (token >>> 1 != 0) {
            return false;
        }
        counts.end((int) token);
        return true;
    }

    /** {@return how many sections are under way, roughly while some begin or end} */
    public long readers() {
        long ended = counts.ended(0) + counts.ended(1);
        return threadSlots.claimed()
                + slots.claimed()
                + Math.max(0, counts.begun(0) + counts.begun(1) - ended);
    }

    /** {@return the number of the epoch} */
    long epoch() {
        return epoch & NUMBER;
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
            if (turn.tryLock()) {
                try {
                    if (!isElapsed(number) && !run(wait)) {
                        return false;
                    }
                } finally {
                    endTurn();
                }
            } else if (!follow(number, wait)) {
                return false;
            }
        }
        return true;
    }

    private void endTurn() {
        turn.unlock();
        followers.wake(this::isElapsed);
    }

    /** Waits for whoever runs one; {@return false if it takes too long}. */
    private boolean follow(long number, Wait wait) {
        boolean interrupted = false;
        boolean inTime = true;
        Runnable leave = followers.enter(number);
        while (inTime && !isElapsed(number) && turn.isLocked()) {
            wait.park(this);
            interrupted |= Thread.interrupted();
            inTime = !wait.isOver();
        }
        leave.run();
        if (!inTime) {
            followers.wake(this::isElapsed);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return inTime || isElapsed(number);
    }

    /** Refuses new sections from now on. */
    public void close() {
        turn.lock();
        try {
            epoch |= SPECIAL | CLOSED;
        } finally {
            endTurn();
        }
    }

    /** {@return whether new sections are refused} */
    public boolean isClosed() {
        return (epoch & CLOSED) != 0;
    }

    /* ------------------------- A grace period ------------------------- */

    private boolean run(Wait wait) {
        GracePeriodEvent event = new GracePeriodEvent();
        event.begin();
        long number = begun + 1;
        begun = number;
        long ended0 = counts.ended(0);
        long ended1 = counts.ended(1);
        AsymmetricFence.heavy();
        boolean quiet0 = counts.begun(0) == ended0;
        boolean quiet1 = counts.begun(1) == ended1;
        boolean quiet = quiet0 && quiet1 && areFreeBefore(Long.MAX_VALUE);
        if (!quiet && !awaitAll(quiet0, quiet1, wait)) {
            return false;
        }
        completed = number;
        event.end(name, number, !quiet);
        return true;
    }

    private boolean awaitAll(boolean quiet0, boolean quiet1, Wait wait) {
        long now = epoch;
        int active = (int) now & 1;
        boolean activeIsQuiet = active == 0 ? quiet0 : quiet1;
        boolean idleIsQuiet = active == 0 ? quiet1 : quiet0;
        if (!idleIsQuiet && !await(new Sums(1 - active), wait)) {
            return false;
        }
        epoch = now + 1;
        long next = (now + 1) & NUMBER;
        return await(() -> areFreeBefore(next), wait)
                && (activeIsQuiet || await(new Sums(active), wait));
    }

    private boolean areFreeBefore(long next) {
        return threadSlots.areFreeBefore(next) && slots.areFreeBefore(next);
    }

    /** Whether the sums of a period are equal. */
    private final class Sums implements BooleanSupplier {
        private final int period;
        private long begun;

        Sums(int period) {
            this.period = period;
        }

        @Override
        public boolean getAsBoolean() {
            long ended = counts.ended(period);
            if (ended < begun) {
                return false;
            }
            AsymmetricFence.heavy();
            begun = counts.begun(period);
            return begun == ended;
        }
    }

    private boolean await(BooleanSupplier quiet, Wait wait) {
        long waits = System.nanoTime();
        long reports = 0;
        Backoff backoff = new Backoff();
        try {
            while (!quiet.getAsBoolean()) {
                if (wait.isOver()) {
                    return false;
                }
                backoff.await();
                reports = report(System.nanoTime() - waits, reports);
            }
            return true;
        } finally {
            backoff.end();
        }
    }

    private long report(long waitedNanos, long reports) {
        long due = waitedNanos / stalls.limitNanos();
        if (due > reports) {
            stalls.report().accept(waitedNanos);
        }
        return due;
    }
}
