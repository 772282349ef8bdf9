// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.cpulocal.CpuSet;
import dev.cpulocal.Result;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A thread that is in a waiting section once; see {@link Machine#waitingSection}. */
final class WaitingThread {

    /** Why an attempt with such a thread may prove nothing. */
    static final String GONE = "the machine disturbed each section before the test could";

    /** Some tens of milliseconds, after which a section ends by itself. */
    private static final long TURNS = 20_000_000;

    private static final long PATIENCE_MILLIS = 1_000;
    private static final long ARRIVAL_MILLIS = 5;
    private static final VarHandle WORD = JAVA_LONG.varHandle();
    private static final long ENTERED = 0;
    private static final long WATCHED = 64;

    private final Section section;
    private final @Nullable CpuSet pin;
    // Collected, not closed: a thread that never gets a CPU is left behind with it.
    private final MemorySegment words = Arena.ofAuto().allocate(128, 64);
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile int thread;
    private volatile boolean pinned;
    private volatile End end = End.EXPIRED;
    private volatile Place before = Place.NOWHERE;
    private volatile Place after = Place.NOWHERE;

    private WaitingThread(Section section, @Nullable CpuSet pin) {
        this.section = section;
        this.pin = pin;
    }

    /** Published code, and what registers a thread for it. */
    record Section(MemorySegment entry, BooleanSupplier registerThread) {

        /** {@return a thread that is about to enter it, on the given CPU or on any} */
        WaitingThread enter(@Nullable CpuSet pin) {
            WaitingThread waiter = new WaitingThread(this, pin);
            Thread.ofPlatform().daemon().name("cpulocal-self-test-section").start(waiter::run);
            return waiter;
        }
    }

    /** How it ended. */
    enum End {
        /** The kernel aborted the section. */
        ABORTED,
        /** The section saw its word change. */
        CHANGED,
        /** Neither happened in its time. */
        EXPIRED,
        /** It was not let to the CPU it is for, and did not enter. */
        UNPINNED,
        /** It has no rseq area, and did not enter. */
        UNREGISTERED
    }

    /**
     * Where a thread runs.
     *
     * @param cpu the CPU, as the kernel says when asked
     * @param switches how often the thread was switched out
     */
    record Place(int cpu, long switches) {
        static final Place NOWHERE = new Place(-1, -1);

        static Place current() {
            return new Place(Libc.getcpu(), Libc.contextSwitches());
        }
    }

    private void run() {
        try {
            thread = Libc.gettid();
            if (pin != null && !Disturbance.migrate(0, pin)) {
                end = End.UNPINNED;
            } else if (!section.registerThread.getAsBoolean()) {
                end = End.UNREGISTERED;
            } else {
                enter();
                pinned = pin != null && Libc.affinity(0).equals(pin);
            }
        } finally {
            done.countDown();
        }
    }

    private void enter() {
        try {
            before = Place.current();
            long address = words.address();
            long result = Libc.call(section.entry, address + ENTERED, address + WATCHED, TURNS);
            after = Place.current();
            end = result == Result.ABORTED ? End.ABORTED : result == 0 ? End.EXPIRED : End.CHANGED;
        } finally {
            Reference.reachabilityFence(words);
        }
    }

    int thread() {
        return thread;
    }

    boolean isDone() {
        return done.getCount() == 0;
    }

    /** {@return whether it was pinned, and still was at the end} */
    boolean isPinned() {
        return pinned;
    }

    /** {@return whether it was switched out between begin and end} */
    boolean switched() {
        return before.switches != after.switches;
    }

    /** {@return whether it ended on another CPU} */
    boolean moved() {
        return before.cpu != after.cpu;
    }

    /** Changes the word that the section watches. */
    void change() {
        WORD.getAndAdd(words, WATCHED, 1L);
    }

    /** Waits until it is in the section, or was. */
    void awaitEntered() {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while ((long) WORD.getVolatile(words, ENTERED) == 0
                && !isDone()
                && System.nanoTime() - deadline < 0) {
            Thread.onSpinWait();
        }
    }

    /** Waits until what was sent to it must have arrived: a signal takes its time. */
    void awaitDone() throws InterruptedException {
        boolean _ = done.await(ARRIVAL_MILLIS, TimeUnit.MILLISECONDS);
    }

    /**
     * Waits for its end. The section ends by itself, if the thread gets a CPU; one whose CPU
     * belongs to a real-time thread is let go to others.
     */
    void finish(CpuSet allowed) throws InterruptedException {
        if (!done.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS) && thread != 0) {
            Disturbance.migrate(thread, allowed);
            boolean _ = done.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** {@return how it ended; expired if it has not} */
    End end() {
        return end;
    }
}
