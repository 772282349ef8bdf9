// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.internal.Disturbance;
import dev.cpulocal.internal.Libc;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Many threads that work while others move them from CPU to CPU, send them signals, and collect
 * garbage.
 *
 * <p>There are eight threads for each CPU, half of them virtual. A storm lasts half a second, or as
 * many as {@code -Dcpulocal.storm.seconds} says.
 */
final class Storm {

    private static final double SECONDS =
            Double.parseDouble(System.getProperty("cpulocal.storm.seconds", "0.5"));
    private static final int THREADS_PER_CPU = 8;
    private static final int FEWEST_DISTURBANCES = 1_000;
    private static final int DEADLINE_SECONDS = 60;
    private static final int STEPS_PER_CHECK = 256;
    private static final CpuSet ALLOWED = Libc.affinity(0);

    private final Work work;
    private final Set<Integer> targets = ConcurrentHashMap.newKeySet();
    private final AtomicLong successes = new AtomicLong();
    private final AtomicLong migrations = new AtomicLong();
    private final AtomicLong signals = new AtomicLong();
    private final AtomicLong collections = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile boolean calm;
    private volatile boolean over;

    private Storm(Work work) {
        this.work = work;
    }

    /** What a thread does again and again. */
    interface Work {
        /**
         * {@return how many successes there were: 0 or 1}
         *
         * @param step counts up
         */
        int step(int step);
    }

    /** {@return how often the work succeeded, on all threads together} */
    static long over(Work work) throws InterruptedException {
        return new Storm(work).run();
    }

    private long run() throws InterruptedException {
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < THREADS_PER_CPU * ALLOWED.size(); i++) {
            Thread.Builder kind = i % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual();
            workers.add(kind.start(guarded(this::work)));
        }
        List<Thread> disturbers =
                List.of(
                        Thread.ofPlatform().start(guarded(this::migrate)),
                        Thread.ofPlatform().start(guarded(this::signal)),
                        Thread.ofPlatform().start(guarded(this::collect)));
        boolean enough = rage();
        // Threads are disturbed only while they exist: their numbers may be given to others.
        calm = true;
        join(disturbers);
        targets.forEach(target -> Disturbance.migrate(target, ALLOWED));
        over = true;
        join(workers);
        check(enough);
        return successes.get();
    }

    /**
     * Waits for the time and, on a busy machine, until there was enough of a storm; {@return if
     * so}.
     */
    private boolean rage() throws InterruptedException {
        long began = System.nanoTime();
        boolean enough = false;
        for (double seconds = 0; seconds < SECONDS || (!enough && seconds < DEADLINE_SECONDS); ) {
            TimeUnit.MILLISECONDS.sleep(10);
            seconds = (System.nanoTime() - began) / 1e9;
            enough =
                    migrations.get() >= FEWEST_DISTURBANCES
                            && signals.get() >= FEWEST_DISTURBANCES
                            && collections.get() > 0;
        }
        return enough;
    }

    private static void join(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void check(boolean enough) {
        Throwable thrown = failure.get();
        if (thrown != null) {
            throw new AssertionError(thrown);
        }
        assertTrue(successes.get() > 0, "no work was done");
        assertTrue(
                enough,
                migrations
                        + " migrations, "
                        + signals
                        + " signals, "
                        + collections
                        + " collections");
    }

    private Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (Throwable e) {
                failure.compareAndSet(null, e);
            }
        };
    }

    private void work() {
        long mine = 0;
        List<byte[]> garbage = new ArrayList<>();
        for (int step = 0; !over; step++) {
            mine += work.step(step);
            if (step % STEPS_PER_CHECK == 0) {
                targets.add(Libc.gettid());
                garbage = step % 8 == 0 ? new ArrayList<>() : garbage;
                garbage.add(new byte[1024]);
                // A virtual thread gives its carrier to another only where it waits.
                LockSupport.parkNanos(1);
            }
        }
        successes.addAndGet(mine);
    }

    private void migrate() {
        int[] cpus = ALLOWED.stream().toArray();
        while (!calm) {
            for (int target : targets) {
                CpuSet to = CpuSet.of(cpus[ThreadLocalRandom.current().nextInt(cpus.length)]);
                migrations.addAndGet(Disturbance.migrate(target, to) ? 1 : 0);
            }
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(200));
        }
    }

    private void signal() {
        while (!calm) {
            for (int target : targets) {
                signals.addAndGet(Disturbance.signal(target) ? 1 : 0);
            }
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(100));
        }
    }

    private void collect() {
        while (!calm) {
            System.gc();
            collections.incrementAndGet();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }
}
