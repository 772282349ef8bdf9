// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.cpulocal.CpuSet;
import dev.cpulocal.Membarrier;
import dev.cpulocal.Result;
import dev.cpulocal.SelfTest;
import dev.cpulocal.SelfTest.Check;
import dev.cpulocal.SelfTest.Verdict;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Puts a thread into a section that waits, disturbs it in each way that must abort it, and looks at
 * what the section returns.
 */
public final class SelfTester {

    /*
     * Preemption is the delicate one, because a section that was preempted and not aborted looks like
     * one that was not preempted. So the section watches a word that a competitor counts up, and both
     * are pinned to one CPU: if the section ever sees the word change, somebody else ran there in the
     * middle of it. It returns at once with "changed" and the test has failed. A correct kernel
     * aborts it before it can look.
     *
     * In the other checks nothing changes the word, so the section ends by an abort or after TURNS,
     * some tens of milliseconds. An abort for a reason of the machine's own cannot be told from ours;
     * that costs nothing, since a kernel that does not abort fails the preemption check anyway or
     * never aborts.
     *
     * Registering membarrier makes the kernel wait for an RCU grace period, several milliseconds, so
     * it is done in a thread of its own while the other checks run.
     */

    private static final long TURNS = 20_000_000;
    private static final long PATIENCE_MILLIS = 2_000;
    private static final VarHandle WORD = JAVA_LONG.varHandle();
    private static final long ENTERED = 0;
    private static final long WATCHED = 64;

    private final MemorySegment section;
    private final MemorySegment words;
    private final List<Check> checks = new ArrayList<>();

    private SelfTester(MemorySegment section, MemorySegment words) {
        this.section = section;
        this.words = words;
    }

    /** Runs all checks: 5 to 20 milliseconds, more only when one fails. */
    public static SelfTest run(
            Machine machine, int areaOffset, int signature, Runnable registerThread) {
        long began = System.nanoTime();
        Code code = machine.waitingSection(areaOffset, signature);
        MemorySegment section = RseqRuntime.publish(code);
        long[] registration = new long[1];
        Thread registrar =
                Thread.ofPlatform()
                        .daemon()
                        .name("cpulocal-membarrier")
                        .start(() -> registration[0] = registerMembarrier());
        try (Arena arena = Arena.ofShared()) {
            SelfTester tester = new SelfTester(section, arena.allocate(128, 64));
            tester.checkAll(registerThread, registrar);
            return new SelfTest(tester.checks, System.nanoTime() - began, registration[0]);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new SelfTest(List.of(), System.nanoTime() - began, registration[0]);
        }
    }

    private static long registerMembarrier() {
        long began = System.nanoTime();
        if (Membarrier.availability(Membarrier.Command.PRIVATE_EXPEDITED_RSEQ).isAvailable()) {
            Membarrier.register(Membarrier.Command.PRIVATE_EXPEDITED_RSEQ);
        }
        return System.nanoTime() - began;
    }

    private void checkAll(Runnable registerThread, Thread registrar) throws InterruptedException {
        CpuSet allowed = Libc.affinity(0);
        // Once on this thread, so that the first use of each call is not slower than the section.
        Disturbance.signal(Libc.gettid());
        Disturbance.migrate(0, allowed);
        checkPreemption(registerThread, CpuSet.of(allowed.stream().findFirst().orElseThrow()));
        check("signal", registerThread, Disturbance::signal);
        if (allowed.size() > 1) {
            check("migration", registerThread, thread -> migrateAway(thread, allowed));
        } else {
            checks.add(new Check("migration", Verdict.NOT_TESTED, "one CPU is allowed"));
        }
        registrar.join();
        check("membarrier", registerThread, _ -> fenceAll());
    }

    private static boolean migrateAway(int thread, CpuSet allowed) {
        int[] cpus = allowed.stream().toArray();
        // Wherever it runs, one of the two moves it.
        return Disturbance.migrate(thread, CpuSet.of(cpus[0]))
                && Disturbance.migrate(thread, CpuSet.of(cpus[1]));
    }

    private static boolean fenceAll() {
        try {
            Membarrier.fence(Membarrier.Command.PRIVATE_EXPEDITED_RSEQ);
            return true;
        } catch (UnsupportedOperationException e) {
            return false;
        }
    }

    private void checkPreemption(Runnable registerThread, CpuSet cpu) throws InterruptedException {
        Waiter waiter = new Waiter(registerThread, cpu);
        Thread competitor =
                Thread.ofPlatform()
                        .daemon()
                        .name("cpulocal-self-test-competitor")
                        .unstarted(() -> compete(cpu, waiter));
        competitor.start();
        waiter.start();
        waiter.finish();
        competitor.join();
        checks.add(waiter.judge("preemption"));
    }

    private void compete(CpuSet cpu, Waiter waiter) {
        Disturbance.migrate(0, cpu);
        while (!waiter.isDone()) {
            WORD.getAndAdd(words, WATCHED, 1L);
        }
    }

    private void check(String cause, Runnable registerThread, Predicate<Integer> disturb)
            throws InterruptedException {
        Waiter waiter = new Waiter(registerThread, null);
        waiter.start();
        waiter.awaitEntered();
        boolean disturbed = disturb.test(waiter.thread);
        waiter.finish();
        checks.add(
                disturbed
                        ? waiter.judge(cause)
                        : new Check(cause, Verdict.NOT_TESTED, "the kernel refused to do it"));
    }

    /** A thread that is in the section once. */
    private final class Waiter {
        private final CountDownLatch done = new CountDownLatch(1);
        private final Runnable registerThread;
        private final @org.jspecify.annotations.Nullable CpuSet pinned;
        private volatile int thread;
        private volatile long result = Result.UNREGISTERED;

        Waiter(Runnable registerThread, @org.jspecify.annotations.Nullable CpuSet pinned) {
            this.registerThread = registerThread;
            this.pinned = pinned;
        }

        void start() {
            WORD.setVolatile(words, ENTERED, 0L);
            Thread.ofPlatform().daemon().name("cpulocal-self-test").start(this::run);
        }

        private void run() {
            try {
                thread = Libc.gettid();
                registerThread.run();
                if (pinned != null) {
                    Disturbance.migrate(0, pinned);
                }
                long address = words.address();
                result = Libc.call(section, address + ENTERED, address + WATCHED, TURNS);
            } finally {
                done.countDown();
            }
        }

        boolean isDone() {
            return done.getCount() == 0;
        }

        void awaitEntered() {
            long patience = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
            while ((long) WORD.getVolatile(words, ENTERED) == 0
                    && !isDone()
                    && System.nanoTime() < patience) {
                Thread.onSpinWait();
            }
        }

        void finish() throws InterruptedException {
            // The section ends by itself after TURNS, so this cannot hang; the words must outlive
            // it.
            done.await();
        }

        Check judge(String cause) {
            if (result == Result.ABORTED) {
                return new Check(cause, Verdict.ABORTED, "");
            }
            if (result == 0 && pinned != null) {
                return new Check(cause, Verdict.NOT_TESTED, "the section was never preempted");
            }
            return new Check(
                    cause,
                    Verdict.SURVIVED,
                    result == 1
                            ? "another thread ran in the middle of a section"
                            : Result.describe(result));
        }
    }
}
