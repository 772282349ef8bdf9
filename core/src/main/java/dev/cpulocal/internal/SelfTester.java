// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import dev.cpulocal.CpuSet;
import dev.cpulocal.Membarrier;
import dev.cpulocal.SelfTest.Check;
import dev.cpulocal.SelfTest.Verdict;
import dev.cpulocal.internal.WaitingThread.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Puts a thread into a section that waits, disturbs it in each way that must abort it, and looks at
 * what became of the section.
 */
final class SelfTester {

    /*
     * A section that waits watches a word. When its thread has been disturbed, the word is changed: a
     * section that then sees the change has survived, and returns at once. A correct kernel aborts it
     * before it can look.
     *
     * In the check of preemption the word is changed by a competitor on the same CPU, so that seeing
     * it change proves that somebody else ran there in the middle of the section; nothing else could
     * tell a section that was preempted from one that was not.
     *
     * An abort proves something only if it was our disturbance that caused it. The machine has
     * reasons of its own: on a busy one, a waiting section is soon preempted. So the thread compares
     * before and after where it runs and how often it was switched out. An abort by a signal or by
     * membarrier leaves both as they were; by preemption or migration it does not. An attempt that
     * proves nothing is repeated; after MAX_TRIES the cause counts as not tested.
     *
     * All this happens on threads of its own, which nobody interrupts and whose affinity nobody else
     * uses. No step waits without a limit.
     */

    private static final int MAX_TRIES = 5;
    private static final String REFUSED = "the kernel refused to do it";
    private static final String ONE_CPU = "one CPU is allowed";

    private final WaitingThread.Section section;
    private final FenceRegistration fences;
    private final List<Check> checks = new ArrayList<>();

    private SelfTester(WaitingThread.Section section, FenceRegistration fences) {
        this.section = section;
        this.fences = fences;
    }

    /** What an attempt proved. */
    private sealed interface Outcome {
        record Proof(Verdict verdict, String detail) implements Outcome {}

        record Nothing(String detail) implements Outcome {}
    }

    /**
     * {@return what all checks saw} Takes some ten milliseconds, more on a busy machine.
     *
     * @param machine what emits the section
     * @param areaOffset where a thread's area is
     * @param signature what the kernel expects before the abort handler
     * @param registerThread makes sure that the calling thread is registered; says whether it is
     * @param fences the registration of membarrier, under way
     */
    static List<Check> run(
            Machine machine,
            int areaOffset,
            int signature,
            BooleanSupplier registerThread,
            FenceRegistration fences) {
        Code code = machine.waitingSection(areaOffset, signature);
        WaitingThread.Section section =
                new WaitingThread.Section(RseqRuntime.publish("self_test", code), registerThread);
        return onOwnThread(() -> new SelfTester(section, fences).checkAll());
    }

    /** {@return what a task answers, waited for even by a thread that is being interrupted} */
    private static <T> T onOwnThread(Callable<T> task) {
        FutureTask<T> future = new FutureTask<>(task);
        Thread.ofPlatform().daemon().name("cpulocal-self-test").start(future);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw Libc.unexpected(Objects.requireNonNull(e.getCause()));
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private List<Check> checkAll() throws InterruptedException {
        CpuSet allowed = Libc.affinity(0);
        // Once on this thread, so that the first use of each call is not slower than the section.
        Disturbance.signal(Libc.gettid());
        Disturbance.migrate(0, allowed);
        Place.current();
        boolean alone = allowed.size() == 1;
        check("preemption", () -> preempt(allowed));
        check(
                "signal",
                () -> alone ? untested(ONE_CPU) : disturb(null, allowed, Disturbance::signal));
        check("migration", () -> alone ? untested(ONE_CPU) : migrate(allowed));
        check("membarrier", () -> alone ? untested(ONE_CPU) : disturb(null, allowed, _ -> fence()));
        return checks;
    }

    private static Outcome untested(String why) {
        return new Outcome.Proof(Verdict.NOT_TESTED, why);
    }

    private void check(String cause, Callable<Outcome> attempt) throws InterruptedException {
        String detail = "";
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            switch (call(attempt)) {
                case Outcome.Proof proof -> {
                    checks.add(new Check(cause, proof.verdict, proof.detail));
                    return;
                }
                case Outcome.Nothing nothing -> detail = nothing.detail;
            }
        }
        checks.add(new Check(cause, Verdict.NOT_TESTED, detail));
    }

    private static Outcome call(Callable<Outcome> attempt) throws InterruptedException {
        try {
            return attempt.call();
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            throw Libc.unexpected(e);
        }
    }

    /* ------------------------- Attempts ------------------------- */

    private Outcome preempt(CpuSet allowed) throws InterruptedException {
        CpuSet cpu = CpuSet.of(allowed.stream().findFirst().orElseThrow());
        WaitingThread waiter = section.enter(cpu);
        Competitor competitor = new Competitor(waiter, cpu);
        Thread thread =
                Thread.ofPlatform()
                        .daemon()
                        .name("cpulocal-self-test-competitor")
                        .start(competitor);
        waiter.finish(allowed);
        thread.join();
        // Unless both were on one CPU to the end, the competitor may have run beside the section.
        boolean together = waiter.isPinned() && competitor.pinned;
        return together || waiter.end() != WaitingThread.End.CHANGED
                ? judge(waiter, together && waiter.switched(), "the section was never preempted")
                : new Outcome.Nothing(REFUSED);
    }

    private Outcome migrate(CpuSet allowed) throws InterruptedException {
        int here = Place.current().cpu();
        int there = allowed.stream().filter(cpu -> cpu != here).findFirst().orElseThrow();
        return disturb(
                CpuSet.of(there), allowed, thread -> Disturbance.migrate(thread, CpuSet.of(here)));
    }

    /** Disturbs a thread in its section; one that is pinned is to be moved away. */
    private Outcome disturb(@Nullable CpuSet pin, CpuSet allowed, Predicate<Integer> disturb)
            throws InterruptedException {
        WaitingThread waiter = section.enter(pin);
        waiter.awaitEntered();
        boolean disturbed = disturb.test(waiter.thread());
        boolean gone = waiter.isDone();
        if (disturbed) {
            waiter.awaitDone();
            waiter.change();
        }
        waiter.finish(allowed);
        if (!disturbed && !gone) {
            return untested(REFUSED);
        }
        boolean ours = disturbed && (pin == null ? !waiter.switched() : waiter.moved());
        return judge(waiter, ours, WaitingThread.GONE);
    }

    private static Outcome judge(WaitingThread waiter, boolean ours, String otherwise) {
        return switch (waiter.end()) {
            case CHANGED ->
                    new Outcome.Proof(
                            Verdict.SURVIVED, "the section ran on after it was disturbed");
            case ABORTED ->
                    ours ? new Outcome.Proof(Verdict.ABORTED, "") : new Outcome.Nothing(otherwise);
            case EXPIRED -> new Outcome.Nothing(otherwise);
            case UNPINNED -> untested(REFUSED);
            case UNREGISTERED -> untested("the thread could not be registered");
        };
    }

    private boolean fence() {
        if (!fences.await()) {
            return false;
        }
        Membarrier.fence(Membarrier.Command.PRIVATE_EXPEDITED_RSEQ);
        return true;
    }

    /** Changes the word whenever it gets the CPU. */
    private static final class Competitor implements Runnable {
        private final WaitingThread waiter;
        private final CpuSet cpu;
        private volatile boolean pinned;

        Competitor(WaitingThread waiter, CpuSet cpu) {
            this.waiter = waiter;
            this.cpu = cpu;
        }

        @Override
        public void run() {
            if (Disturbance.migrate(0, cpu)) {
                while (!waiter.isDone()) {
                    waiter.change();
                }
                pinned = Libc.affinity(0).equals(cpu);
            }
        }
    }
}
