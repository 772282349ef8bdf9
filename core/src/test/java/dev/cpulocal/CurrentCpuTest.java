// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cpulocal.internal.Disturbance;
import dev.cpulocal.internal.Libc;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The CPU that rseq shows is the one that the kernel names when asked, while the thread is migrated
 * again and again.
 *
 * <p>The protocol is that of the kernel's own test ({@code
 * tools/testing/selftests/kvm/rseq_test.c}): a number is odd while a migration is under way, and a
 * reader that saw no change of it between two reads was on one CPU for both. {@code
 * -Dcpulocal.test.migrations=100000} makes it as long as the kernel's.
 */
@Tag("storm")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class CurrentCpuTest {

    private static final int MIGRATIONS = Integer.getInteger("cpulocal.test.migrations", 25_000);
    private static final int FEWEST_COMPARISONS = MIGRATIONS / 2;
    private static final int FEW_MIGRATIONS = 500;
    private static final int MOST_ROUNDS = 100;

    @BeforeAll
    static void needsRseqOnTwoCpus() {
        assumeTrue(Rseq.availability().isAvailable(), Rseq.availability().reason());
        assumeTrue(Libc.affinity(0).size() > 1, "one CPU is allowed");
    }

    @Test
    void isRightThroughManyMigrations() throws InterruptedException {
        Reader reader = new Reader(Cpu::current);
        migrate(reader, MIGRATIONS);
        assertEquals(0, reader.differences);
        assertTrue(
                reader.comparisons.get() >= FEWEST_COMPARISONS,
                reader.comparisons + " comparisons came to an end");
    }

    @Test
    void isSeenToBeWrongIfItIsOld() throws InterruptedException {
        // Most old numbers are read while a migration is under way, and do not count.
        long differences = 0;
        for (int round = 0; round < MOST_ROUNDS && differences == 0; round++) {
            int[] last = {Cpu.current()};
            Reader reader =
                    new Reader(() -> {
                        int old = last[0];
                        last[0] = Cpu.current();
                        return old;
                    });
            migrate(reader, FEW_MIGRATIONS);
            differences = reader.differences;
        }
        assertTrue(differences > 0);
    }

    private static void migrate(Reader reader, int migrations) throws InterruptedException {
        int[] cpus = Libc.affinity(0).stream().toArray();
        Thread thread = Thread.ofPlatform().start(reader);
        reader.started.await();
        // On a busy machine the reader may need longer for its part.
        for (int i = 0; i < migrations || reader.isLate(i, migrations); i++) {
            reader.sequence.incrementAndGet();
            assertTrue(Disturbance.migrate(reader.thread, CpuSet.of(cpus[i % cpus.length])));
            reader.sequence.incrementAndGet();
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(1 + i % 10));
        }
        reader.over = true;
        thread.join();
    }

    private static final class Reader implements Runnable {

        private final IntSupplier current;
        private final AtomicInteger sequence = new AtomicInteger();
        private final CountDownLatch started = new CountDownLatch(1);
        private volatile int thread;
        private volatile boolean over;
        private final AtomicLong comparisons = new AtomicLong();
        private long differences;

        Reader(IntSupplier current) {
            this.current = current;
        }

        boolean isLate(int done, int migrations) {
            return comparisons.get() < migrations / 2 && done < 5 * migrations;
        }

        @Override
        public void run() {
            thread = Libc.gettid();
            started.countDown();
            while (!over) {
                int before = sequence.get() & ~1;
                int kernel = Libc.getcpu();
                int rseq = current.getAsInt();
                if (before == sequence.get()) {
                    comparisons.incrementAndGet();
                    differences += kernel == rseq ? 0 : 1;
                }
            }
        }
    }
}
