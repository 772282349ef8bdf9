// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who asks for a fence gets one that begins afterwards, and as few are made as that allows. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class FencesTest {

    private static final int CPUS = 4;

    /** Fences that take until they are let go, one permit each. */
    private static final class Gate implements IntConsumer {
        final Semaphore permits = new Semaphore(0);
        final Semaphore entered = new Semaphore(0);
        final AtomicInteger made = new AtomicInteger();

        @Override
        public void accept(int target) {
            made.incrementAndGet();
            entered.release();
            permits.acquireUninterruptibly();
        }
    }

    @Test
    void fenceOfOneThreadIsMadeEachTime() {
        List<Integer> made = new ArrayList<>();
        Fences fences = new Fences(CPUS, made::add);
        fences.fence(1);
        fences.fence(1);
        fences.fence(3);
        fences.fenceAll();
        assertEquals(List.of(1, 1, 3, CPUS), made);
    }

    /**
     * One is under way when the others ask, so it does not count for them; the next does for all.
     */
    @Test
    void threadsThatAskMeanwhileShareTheNextFence() throws InterruptedException {
        int others = 5;
        Gate gate = new Gate();
        Fences fences = new Fences(CPUS, gate, Integer.MAX_VALUE);
        CountDownLatch asked = new CountDownLatch(others);
        List<Thread> threads = new ArrayList<>();
        threads.add(Thread.ofPlatform().start(() -> fences.fence(2)));
        gate.entered.acquire();
        for (int i = 0; i < others; i++) {
            threads.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                Runnable request = fences.begin(2);
                                asked.countDown();
                                request.run();
                            }));
        }
        asked.await();
        gate.permits.release(2);
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(2, gate.made.get());
    }

    /** A fence on all CPUs serves who waits for one of them, and not the other way round. */
    @Test
    void fenceOnAllServesThoseOnOne() throws InterruptedException {
        Gate gate = new Gate();
        Fences fences = new Fences(CPUS, gate, Integer.MAX_VALUE);
        Runnable one = fences.begin(1);
        Runnable all = fences.begin(CPUS);
        gate.permits.release(3);
        all.run();
        one.run();
        assertEquals(1, gate.made.get());

        Runnable again = fences.begin(CPUS);
        fences.fence(1);
        again.run();
        assertEquals(3, gate.made.get());
    }

    /**
     * Who would wait too long makes its own: a suspended thread cannot keep others from fencing.
     */
    @Test
    void threadDoesNotWaitForAFenceThatDoesNotEnd() throws InterruptedException {
        Gate gate = new Gate();
        Fences fences = new Fences(CPUS, gate, 100);
        Thread stuck = Thread.ofPlatform().start(() -> fences.fence(0));
        gate.entered.acquire();
        Thread other = Thread.ofPlatform().start(() -> fences.fence(0));
        gate.entered.acquire();
        assertEquals(2, gate.made.get());
        gate.permits.release(2);
        stuck.join();
        other.join();
    }

    @Test
    void fenceThatIsRefusedServesNobody() {
        AtomicInteger made = new AtomicInteger();
        Fences fences =
                new Fences(
                        CPUS,
                        _ -> {
                            if (made.incrementAndGet() == 1) {
                                throw new UnsupportedOperationException("refused");
                            }
                        });
        Runnable later = fences.begin(0);
        assertThrows(UnsupportedOperationException.class, () -> fences.fence(0));
        later.run();
        assertEquals(2, made.get());
        assertTrue(made.get() > 1);
    }
}
