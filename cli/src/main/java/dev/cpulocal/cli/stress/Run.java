// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.stress;

import dev.cpulocal.CpuMemory.Statistics;
import dev.cpulocal.cli.stress.Outcome.Check;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/** One run: threads that work on a subject in the middle of a storm, and the checks at its end. */
final class Run {

    private static final int BATCH = 64;
    private static final long MANAGER_PAUSE_NANOS = 1_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Subject subject;
    private final List<Family> families;
    private final int threadCount;
    private final Storm storm = new Storm();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean over;

    private Run(Subject subject, List<FamilyName> names, int threadCount) {
        this.subject = subject;
        this.families = names.stream().map(subject::family).toList();
        this.threadCount = threadCount;
    }

    /**
     * {@return how it went}
     *
     * @param subject what the threads work on
     * @param names which families of it
     * @param threadCount how many threads, every other one virtual
     * @param duration how long they work
     * @param machineCode what the outcome is to say about it
     */
    static Outcome run(
            Subject subject,
            List<FamilyName> names,
            int threadCount,
            Duration duration,
            boolean machineCode)
            throws InterruptedException {
        Run run = new Run(subject, names, threadCount);
        long began = System.nanoTime();
        run.work(duration);
        return run.outcome(machineCode, System.nanoTime() - began);
    }

    private void work(Duration duration) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < threadCount; i++) {
            List<Family.Worker> parts = families.stream().map(Family::worker).toList();
            boolean virtual = i % 2 == 1;
            Thread.Builder builder = virtual ? Thread.ofVirtual() : Thread.ofPlatform().daemon();
            threads.add(builder.name("stress-worker-" + i).unstarted(guarded(() -> work(parts))));
        }
        threads.add(
                Thread.ofPlatform()
                        .daemon()
                        .name("stress-manager")
                        .unstarted(guarded(this::manage)));
        storm.start();
        threads.forEach(Thread::start);
        Thread.sleep(duration);
        over = true;
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (Thread thread : threads) {
            if (!thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())))) {
                failures.add(
                        thread.getName() + " did not end within " + PATIENCE.toSeconds() + " s");
            }
        }
        storm.end();
    }

    private Runnable guarded(Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (Throwable e) {
                failures.add(Thread.currentThread().getName() + " threw " + e);
            }
        };
    }

    private void manage() {
        RandomGenerator random = new SplittableRandom();
        for (int turn = 0; !over; turn++) {
            families.get(turn % families.size()).manage(random);
            LockSupport.parkNanos(MANAGER_PAUSE_NANOS);
        }
    }

    private Outcome outcome(boolean machineCode, long nanos) {
        List<Check> checks = families.stream().map(Family::check).toList();
        Statistics statistics = subject.statistics();
        return new Outcome(
                machineCode,
                threadCount,
                nanos,
                checks.stream().mapToLong(Check::operations).sum(),
                storm.migrations(),
                storm.signals(),
                storm.collections(),
                statistics.retries(),
                statistics.completions(),
                statistics.stops(),
                subject.atomicAdditions(),
                subject.mostPooled(),
                subject.ages(),
                checks,
                List.copyOf(failures));
    }

    /** Works on all families in turn. */
    @SuppressWarnings("ThreadPriorityCheck") // nothing else takes a carrier from a virtual one
    private void work(List<Family.Worker> parts) {
        RandomGenerator random = new SplittableRandom();
        while (!over) {
            // A virtual thread may be on another carrier than before.
            storm.exposeThisThread();
            for (int i = 0; i < BATCH; i++) {
                for (Family.Worker part : parts) {
                    part.step(random);
                }
            }
            Thread.yield();
        }
        parts.forEach(Family.Worker::end);
    }
}
