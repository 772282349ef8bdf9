// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.stress;

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
    private static final int REMOTE_EVERY_BATCHES = 16;
    private static final long DRAIN_PAUSE_NANOS = 1_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Subject subject;
    private final int threadCount;
    private final Storm storm = new Storm();
    private final List<Worker> workers = new ArrayList<>();
    private final long[] drained = new long[Subject.COUNTERS];
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean over;

    private Run(Subject subject, int threadCount) {
        this.subject = subject;
        this.threadCount = threadCount;
    }

    /**
     * {@return how it went}
     *
     * @param subject what the threads work on
     * @param threadCount how many threads, every other one virtual
     * @param duration how long they work
     * @param machineCode what the outcome is to say about it
     */
    static Outcome run(Subject subject, int threadCount, Duration duration, boolean machineCode)
            throws InterruptedException {
        Run run = new Run(subject, threadCount);
        long began = System.nanoTime();
        run.work(duration);
        return run.outcome(machineCode, System.nanoTime() - began);
    }

    private void work(Duration duration) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < threadCount; i++) {
            Worker worker = new Worker();
            workers.add(worker);
            boolean virtual = i % 2 == 1;
            Thread.Builder builder = virtual ? Thread.ofVirtual() : Thread.ofPlatform().daemon();
            threads.add(builder.name("stress-worker-" + i).unstarted(guarded(worker)));
        }
        threads.add(
                Thread.ofPlatform().daemon().name("stress-drain").unstarted(guarded(this::drain)));
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
        for (int counter = 0; counter < Subject.COUNTERS; counter++) {
            drained[counter] += subject.drain(counter);
        }
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

    private void drain() {
        while (!over) {
            for (int counter = 0; counter < Subject.COUNTERS; counter++) {
                drained[counter] += subject.drain(counter);
            }
            LockSupport.parkNanos(DRAIN_PAUSE_NANOS);
        }
    }

    private Outcome outcome(boolean machineCode, long nanos) {
        return new Outcome(
                machineCode,
                threadCount,
                nanos,
                workers.stream().mapToLong(worker -> worker.operations).sum(),
                storm.migrations(),
                storm.signals(),
                storm.collections(),
                subject.retries(),
                subject.completions(),
                subject.stops(),
                subject.atomicAdditions(),
                checks(),
                List.copyOf(failures));
    }

    private List<Check> checks() {
        Check sums = Check.of("counters, sum", 0, 0);
        Check resets = Check.of("counters, reset meanwhile", 0, 0);
        for (int counter = 0; counter < Subject.COUNTERS; counter++) {
            int number = counter;
            long kept = workers.stream().mapToLong(worker -> worker.kept[number]).sum();
            long toDrain = workers.stream().mapToLong(worker -> worker.toDrain[number]).sum();
            sums = sums.and(kept, subject.kept(number));
            resets = resets.and(toDrain, drained[number]);
        }
        long tickets = workers.stream().mapToLong(worker -> worker.tickets).sum();
        return List.of(sums, resets, Check.of("compare and store", tickets, subject.tickets()));
    }

    /** Counts what it did. Read by others only after its thread has ended. */
    private final class Worker implements Runnable {
        private final RandomGenerator random = new SplittableRandom();
        private final long[] kept = new long[Subject.COUNTERS];
        private final long[] toDrain = new long[Subject.COUNTERS];
        private long tickets;
        private long operations;

        @Override
        @SuppressWarnings("ThreadPriorityCheck") // nothing else takes a carrier from a virtual one
        public void run() {
            for (int batch = 0; !over; batch++) {
                // A virtual thread may be on another carrier than before.
                storm.exposeThisThread();
                for (int i = 0; i < BATCH; i++) {
                    step(i % Subject.COUNTERS);
                }
                if (batch % REMOTE_EVERY_BATCHES == 0) {
                    tickets += subject.takeTicketElsewhere(random) ? 1 : 0;
                    operations++;
                }
                Thread.yield();
            }
        }

        private void step(int counter) {
            subject.addToKept(counter);
            kept[counter]++;
            subject.addToDrained(counter);
            toDrain[counter]++;
            tickets += subject.takeTicket() ? 1 : 0;
            operations += 3;
        }
    }
}
