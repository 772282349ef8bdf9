// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.cpulocal.CpuMemory;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The right to work on a range from elsewhere: one thread has it at a time. */
final class StopWords {

    /*
     * Two words
     * ---------
     * The stop word is the first word of every range: 0, or the number of the Java thread that works
     * on the range. Sequences load it and leave if it is set. To exclude them, its holder sets it,
     * fences, works, and clears it with release order. The store comes before the fence, so a
     * sequence that starts after the fence sees the word; one that started before has committed or
     * aborts. The release pairs with the load in the next sequence, which therefore sees the work.
     *
     * Among threads that want to set it a lock decides, one for each range, made when it is first
     * wanted. So threads that wait are parked and woken, not polling; thread dumps show what they wait
     * for and who has it; and the word in memory says the same to whoever looks from outside.
     *
     * Waiting and fairness
     * --------------------
     * A stop lasts microseconds, so a thread spins some turns before it queues. A thread that comes
     * later may overtake one that queues, for a queue that hands over strictly in order costs a switch
     * of threads for each stop. But once somebody has waited for 1 ms, everybody who comes queues, in
     * order: from then on a thread waits for those before it, and for nobody else.
     *
     * A holder never waits for anything but the words of higher ranges, which it takes in ascending
     * order, and the fence, for which it does not park; and it runs no code of users. So what prolongs
     * a stop is the machine: preemption, a page fault, a safepoint. The scheduler does not know who waits, so a holder of low priority that is
     * preempted delays waiters of high priority by as long; real-time threads should not wait here.
     *
     * Where no machine code runs, a sequence on the current range needs the right and nothing else: no
     * word, no fence, no clock. It is the lock and a few accesses, so who is refused it at once takes
     * the long way.
     *
     * The holder that does not come back
     * ----------------------------------
     * A thread that ends by an exception or error clears the word on its way. One that a debugger
     * suspends holds it, and nobody may take it away: what it was doing is half done. Those who wait
     * say so: after 1 s, and then each time the wait has doubled, a warning names range, holder and
     * where it is. holders() tells it to programs.
     *
     * Deliberately not done: no priority inheritance, no time-out that breaks a stop, no helping.
     */

    /** Where the word is in a range. */
    private static final int OFFSET = 0;

    private static final VarHandle WORD = JAVA_LONG.varHandle();
    private static final int SPINS = 200;
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long FIRST_WARNING_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int SHOWN_FRAMES = 8;
    private static final long UNKNOWN = Long.MIN_VALUE;

    /** The right to one range. */
    private static final class Turn extends ReentrantLock {
        private static final long serialVersionUID = 1;

        /** How many have waited long enough for everybody to queue. */
        final AtomicInteger impatient = new AtomicInteger();

        /** How long the holder must have held it for the next warning. */
        final AtomicLong nextWarningNanos = new AtomicLong(FIRST_WARNING_NANOS);

        /** Since when the holder has it; the first who waits sets it if it is unknown. */
        final AtomicLong sinceNanos = new AtomicLong();

        /** How often it was entered; only its holder changes that. */
        final AtomicLong entries = new AtomicLong();

        Turn() {
            super(true);
        }

        @Nullable Thread holder() {
            return getOwner();
        }
    }

    private final MemorySegment memory;
    private final int strideBytes;
    private final AtomicReferenceArray<@Nullable Turn> turns;
    private final AtomicLong longestNanos = new AtomicLong();

    StopWords(MemorySegment memory, int strideBytes, int ranges) {
        this.memory = memory;
        this.strideBytes = strideBytes;
        this.turns = new AtomicReferenceArray<>(ranges);
    }

    private long word(int range) {
        return (long) range * strideBytes + OFFSET;
    }

    private Turn turn(int range) {
        Turn turn = turns.get(range);
        if (turn != null) {
            return turn;
        }
        Turn made = new Turn();
        Turn other = turns.compareAndExchange(range, null, made);
        return other == null ? made : other;
    }

    /** Takes a range, waiting for it if need be. Interrupts are kept for later. */
    void take(int range) {
        Turn turn = turn(range);
        if (!spin(turn)) {
            await(turn, range);
        }
        turn.sinceNanos.set(System.nanoTime());
        WORD.setVolatile(memory, word(range), Thread.currentThread().threadId());
    }

    /** Gives a range back. */
    void clear(int range) {
        Turn turn = turn(range);
        long held = System.nanoTime() - turn.sinceNanos.get();
        if (held > longestNanos.get()) {
            longestNanos.accumulateAndGet(held, Math::max);
        }
        turn.nextWarningNanos.set(FIRST_WARNING_NANOS);
        WORD.setRelease(memory, word(range), 0L);
        turn.unlock();
    }

    /**
     * Takes the right to a range for a few accesses, without announcing it by the word: enough
     * where no machine code runs.
     *
     * @return whether nobody else has it
     */
    boolean tryEnter(int range) {
        Turn turn = turn(range);
        if (turn.impatient.get() != 0 || !turn.tryLock()) {
            return false;
        }
        turn.sinceNanos.setOpaque(UNKNOWN);
        turn.entries.setOpaque(turn.entries.getPlain() + 1);
        return true;
    }

    /** Ends a successful {@link #tryEnter}. */
    void leave(int range) {
        turn(range).unlock();
    }

    /** Waits, for a moment only, for a range to be no longer stopped. */
    void spinWhileStopped(int range) {
        for (int spins = 0; spins < SPINS && isStopped(range); spins++) {
            Thread.onSpinWait();
        }
    }

    private boolean isStopped(int range) {
        return (long) WORD.getOpaque(memory, word(range)) != 0;
    }

    /* ------------------------- Waiting ------------------------- */

    private static boolean spin(Turn turn) {
        for (int spins = 0; spins < SPINS && turn.impatient.get() == 0; spins++) {
            if (turn.tryLock()) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    private void await(Turn turn, int range) {
        boolean interrupted = false;
        boolean impatient = false;
        while (true) {
            turn.sinceNanos.compareAndSet(UNKNOWN, System.nanoTime());
            try {
                long nanos = impatient ? FIRST_WARNING_NANOS : PATIENCE_NANOS;
                if (turn.tryLock(nanos, TimeUnit.NANOSECONDS)) {
                    break;
                }
                if (impatient) {
                    warn(turn, range);
                } else {
                    impatient = true;
                    turn.impatient.incrementAndGet();
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (impatient) {
            turn.impatient.decrementAndGet();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void warn(Turn turn, int range) {
        Thread holder = turn.holder();
        long held = System.nanoTime() - turn.sinceNanos.get();
        long due = turn.nextWarningNanos.get();
        if (holder != null && held >= due && turn.nextWarningNanos.compareAndSet(due, 2 * held)) {
            System.getLogger("dev.cpulocal")
                    .log(
                            Level.WARNING,
                            "range {0} has been stopped for {1} ms by {2}; threads that wait: {3}{4}",
                            range,
                            TimeUnit.NANOSECONDS.toMillis(held),
                            holder,
                            turn.impatient.get(),
                            Arrays.stream(holder.getStackTrace())
                                    .limit(SHOWN_FRAMES)
                                    .map(frame -> "\n    at " + frame)
                                    .collect(Collectors.joining()));
        }
    }

    /* ------------------------- For observers ------------------------- */

    /** {@return who holds which range} */
    List<CpuMemory.Stop> holders() {
        List<CpuMemory.Stop> holders = new ArrayList<>();
        for (int range = 0; range < turns.length(); range++) {
            Turn turn = turns.get(range);
            Thread holder = turn == null ? null : turn.holder();
            if (turn != null && holder != null && isStopped(range)) {
                long held = System.nanoTime() - turn.sinceNanos.get();
                holders.add(new CpuMemory.Stop(range, holder, held, turn.getQueueLength()));
            }
        }
        return holders;
    }

    boolean isSomebodyImpatient(int range) {
        return turn(range).impatient.get() > 0;
    }

    /** {@return how often ranges were {@linkplain #tryEnter entered}} */
    long entries() {
        long entries = 0;
        for (int range = 0; range < turns.length(); range++) {
            Turn turn = turns.get(range);
            entries += turn == null ? 0 : turn.entries.getOpaque();
        }
        return entries;
    }

    /** {@return how long a range was ever held} */
    long longestNanos() {
        return longestNanos.get();
    }
}
