// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What is to be done after a grace period, and the thread that does it. */
public final class Callbacks {

    /*
     * Each CPU has a stack of callbacks, to which threads push by one atomic instruction, so that they
     * seldom meet. Its nodes know how deep they are: that is the count that back-pressure needs.
     *
     * A helper takes all stacks, waits for one grace period, and calls what it took, each stack from
     * its bottom. It parks when there is nothing to do, and after some seconds of that it ends; the
     * next push to an empty stack starts another. Ending and starting are under the lock, so a push
     * that finds its stack empty finds either a helper that will look again or none.
     *
     * A barrier is a latch that the helper takes before it takes the stacks: what was pushed before
     * the barrier was asked for is then in those stacks, or was in earlier ones.
     */

    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int SPREAD = 16;

    private record Node(Runnable callback, @Nullable Node next, int depth) {}

    private final GracePeriods periods;
    private final Engine engine;
    private final Thread.Builder threads;
    private final Consumer<? super Throwable> onError;
    private final int mostPerCpu;
    private final long patienceNanos;
    private final int stacks;
    private final AtomicReferenceArray<@Nullable Node> heads;
    private final List<CountDownLatch> barriers = new ArrayList<>();
    private volatile @Nullable Thread helper;
    private volatile long requested;

    /**
     * Begins with none.
     *
     * @param periods runs the grace periods
     * @param engine says which CPU a thread is on
     * @param limits when to push back
     * @param threads makes the helper
     * @param onError is given what callbacks throw
     */
    public Callbacks(
            GracePeriods periods,
            Engine engine,
            Limits limits,
            Thread.Builder threads,
            Consumer<? super Throwable> onError) {
        this.periods = periods;
        this.engine = engine;
        this.threads = threads;
        this.onError = onError;
        mostPerCpu = limits.mostPerCpu;
        patienceNanos = limits.patienceNanos;
        stacks = Ranges.countOfAll();
        heads = new AtomicReferenceArray<>(stacks * SPREAD);
    }

    /**
     * When to push back.
     *
     * @param mostPerCpu how many callbacks may wait on each CPU
     * @param patienceNanos how long a caller waits for room
     */
    public record Limits(int mostPerCpu, long patienceNanos) {}

    /* ------------------------- Pushing ------------------------- */

    /**
     * Adds a callback, when there is room.
     *
     * @throws RejectedExecutionException if there is none in time
     */
    public void add(Runnable callback) {
        long began = System.nanoTime();
        Backoff backoff = new Backoff();
        try {
            while (!tryAdd(callback)) {
                if (System.nanoTime() - began > patienceNanos) {
                    throw new RejectedExecutionException(
                            "callbacks on this CPU: "
                                    + mostPerCpu
                                    + " (expected: fewer; readers hold the grace period up, or"
                                    + " callbacks are slow)");
                }
                backoff.await();
            }
        } finally {
            backoff.end();
        }
    }

    /** Adds a callback if there is room; {@return whether there is}. */
    public boolean tryAdd(Runnable callback) {
        int at = engine.currentRange(stacks) * SPREAD;
        while (true) {
            Node head = heads.get(at);
            int depth = head == null ? 0 : head.depth;
            if (depth >= mostPerCpu && !isHelper()) {
                return false;
            }
            if (heads.compareAndSet(at, head, new Node(callback, head, depth + 1))) {
                if (head == null) {
                    wake();
                }
                return true;
            }
        }
    }

    /** {@return how many wait to be taken} */
    public long waiting() {
        long sum = 0;
        for (int at = 0; at < heads.length(); at += SPREAD) {
            Node head = heads.get(at);
            sum += head == null ? 0 : head.depth;
        }
        return sum;
    }

    /** Asks for a grace period that nobody waits for. */
    public synchronized void request(long number) {
        requested = Math.max(requested, number);
        wake();
    }

    /** {@return what is open until all callbacks have been called that were added before} */
    public synchronized CountDownLatch barrier() {
        CountDownLatch latch = new CountDownLatch(1);
        barriers.add(latch);
        wake();
        return latch;
    }

    /** {@return whether the caller is a callback} */
    public boolean isHelper() {
        return Thread.currentThread().equals(helper);
    }

    /* ------------------------- The helper ------------------------- */

    private synchronized void wake() {
        Thread present = helper;
        if (present == null) {
            Thread started = threads.unstarted(this::help);
            helper = started;
            started.start();
        } else {
            LockSupport.unpark(present);
        }
    }

    private void help() {
        long idleSince = System.nanoTime();
        while (true) {
            if (round()) {
                idleSince = System.nanoTime();
            } else if (System.nanoTime() - idleSince < IDLE_NANOS) {
                boolean _ = Thread.interrupted();
                LockSupport.parkNanos(this, IDLE_NANOS);
            } else if (retired()) {
                return;
            }
        }
    }

    private synchronized boolean retired() {
        if (hasWork()) {
            return false;
        }
        helper = null;
        return true;
    }

    private boolean hasWork() {
        return !barriers.isEmpty() || !periods.isElapsed(requested) || waiting() > 0;
    }

    /** {@return whether there was something to do} */
    private boolean round() {
        List<CountDownLatch> latches = takeBarriers();
        Deque<Runnable> taken = takeAll();
        if (taken.isEmpty() && latches.isEmpty() && periods.isElapsed(requested)) {
            return false;
        }
        if (!taken.isEmpty() || !periods.isElapsed(requested)) {
            awaitGracePeriod();
        }
        taken.forEach(this::call);
        latches.forEach(CountDownLatch::countDown);
        return true;
    }

    private void awaitGracePeriod() {
        while (true) {
            try {
                boolean _ = periods.await(periods.next(), Wait.forEver());
                return;
            } catch (RuntimeException e) {
                // The kernel refuses the fence: nothing may be called, and it may not refuse for
                // ever.
                report(e);
                LockSupport.parkNanos(IDLE_NANOS);
            }
        }
    }

    private synchronized List<CountDownLatch> takeBarriers() {
        List<CountDownLatch> taken = List.copyOf(barriers);
        barriers.clear();
        return taken;
    }

    private Deque<Runnable> takeAll() {
        Deque<Runnable> all = new ArrayDeque<>();
        for (int at = 0; at < heads.length(); at += SPREAD) {
            Deque<Runnable> stack = new ArrayDeque<>();
            for (Node node = heads.getAndSet(at, null); node != null; node = node.next) {
                stack.addFirst(node.callback);
            }
            all.addAll(stack);
        }
        return all;
    }

    private void call(Runnable callback) {
        try {
            callback.run();
        } catch (Throwable e) {
            report(e);
        }
    }

    private void report(Throwable error) {
        try {
            onError.accept(error);
        } catch (Throwable e) {
            System.getLogger("dev.cpulocal")
                    .log(System.Logger.Level.WARNING, "what was told of a failed callback", e);
        }
    }
}
