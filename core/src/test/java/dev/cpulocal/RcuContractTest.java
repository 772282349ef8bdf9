// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static dev.cpulocal.Thrown.assertThrown;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.Workers.Background;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a domain does, in every mode alike. */
@ParameterizedClass
@EnumSource
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class RcuContractTest {

    private static final Duration SHORT = Duration.ofMillis(20);
    private static final Duration LONG = Duration.ofSeconds(60);

    private final Mode mode;
    private final Rcu rcu;
    private @Nullable Background fences;

    RcuContractTest(Mode mode) {
        this.mode = mode;
        rcu = Rcu.builder("contract").build(mode.engine());
    }

    /** Readers know no stop word; what stands for it is that all sections are aborted. */
    @BeforeEach
    void startFencing() {
        if (mode == Mode.STOPPED) {
            fences =
                    new Background(() -> {
                        Membarrier.fence(Membarrier.Command.PRIVATE_EXPEDITED_RSEQ);
                        return true;
                    });
        }
    }

    @AfterEach
    void endFencing() {
        if (fences != null) {
            fences.close();
        }
    }

    private static <T> T onOtherThread(java.util.concurrent.Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.ofVirtual().start(task);
        return task.get();
    }

    /* ------------------------- Readers and waiters ------------------------- */

    @Test
    void waitingEndsWhenTheReaderThatHadBegunEnds() {
        long token = rcu.readLock();
        assertEquals(1, rcu.readers());
        assertFalse(rcu.synchronize(SHORT));
        rcu.readUnlock(token);

        assertTrue(rcu.synchronize(LONG));
        assertEquals(0, rcu.readers());
    }

    @Test
    void sectionsNestAndOverlap() {
        long outer = rcu.readLock();
        long inner = rcu.readLock();
        rcu.readUnlock(outer);
        assertFalse(rcu.synchronize(SHORT));
        rcu.readUnlock(inner);

        rcu.synchronize();
    }

    /** So many that they cannot all have a word of their own. */
    @Test
    void eachOfManySectionsIsWaitedFor() {
        long[] tokens = new long[1_000];
        Arrays.setAll(tokens, _ -> rcu.readLock());
        assertEquals(tokens.length, rcu.readers());
        int last = tokens.length;
        while (last > 1) {
            last--;
            rcu.readUnlock(tokens[last]);
        }
        assertEquals(1, rcu.readers());
        assertFalse(rcu.synchronize(SHORT));
        rcu.readUnlock(tokens[0]);

        assertTrue(rcu.synchronize(LONG));
    }

    @Test
    void sectionMayEndOnAnotherThread() throws Exception {
        long token = rcu.readLock();
        assertTrue(
                onOtherThread(() -> {
                    rcu.readUnlock(token);
                    return true;
                }));

        rcu.synchronize();
        assertEquals(0, rcu.readers());
    }

    @Test
    void sectionEndsWhenItsStatementIsLeftByAnException() {
        assertThrows(
                IllegalArithmetic.class,
                () -> {
                    try (Rcu.Section _ = rcu.read()) {
                        assertEquals(1, rcu.readers());
                        throw new IllegalArithmetic();
                    }
                });

        rcu.synchronize();
    }

    private static final class IllegalArithmetic extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    @Test
    void sectionThatIsClosedTwiceEndsOnce() {
        Rcu.Section section = rcu.read();
        section.close();
        section.close();
        long token = rcu.readLock();

        assertFalse(rcu.synchronize(SHORT));
        rcu.readUnlock(token);
    }

    @Test
    void tokenThatNoSectionHasIsRefused() {
        for (long token : new long[] {2, -1, Long.MIN_VALUE, Long.MAX_VALUE}) {
            assertThrown(
                    IllegalArgumentException.class, "token: " + token, () -> rcu.readUnlock(token));
        }
        rcu.synchronize();
    }

    @Test
    void domainsAreIndependent() {
        Rcu other = Rcu.builder("other").build(mode.engine());
        long token = other.readLock();

        rcu.synchronize();
        assertFalse(other.synchronize(SHORT));
        other.readUnlock(token);
        other.synchronize();
    }

    @Test
    void interruptIsKept() {
        Thread.currentThread().interrupt();
        rcu.synchronize();
        rcu.barrier();

        assertTrue(Thread.interrupted());
    }

    @Test
    void pollingSeesTheEndOfTheGracePeriod() {
        long token = rcu.readLock();
        long number = rcu.startGracePeriod();
        LockSupport.parkNanos(SHORT.toNanos());
        assertFalse(rcu.isElapsed(number));
        rcu.readUnlock(token);

        while (!rcu.isElapsed(number)) {
            Thread.onSpinWait();
        }
        assertTrue(rcu.isElapsed(number));
    }

    /* ------------------------- Callbacks ------------------------- */

    @Test
    void callbackIsCalledAfterTheReadersThatHadBegun() {
        AtomicInteger calls = new AtomicInteger();
        long token = rcu.readLock();
        rcu.callLater(calls::incrementAndGet);
        LockSupport.parkNanos(SHORT.toNanos());
        assertEquals(0, calls.get());
        rcu.readUnlock(token);

        rcu.barrier();
        assertEquals(1, calls.get());
    }

    @Test
    void everyCallbackIsCalledOnceAndThoseOfAThreadThatStaysInOrder() throws Exception {
        int threads = Workers.count();
        int each = 5_000;
        AtomicLong calls = new AtomicLong();

        Workers.runMixed(
                threads,
                _ -> {
                    for (int i = 0; i < each; i++) {
                        rcu.callLater(calls::incrementAndGet);
                    }
                    return true;
                });
        rcu.barrier();

        assertEquals((long) threads * each, calls.get());
        assertEquals(0, rcu.pending());
    }

    @Test
    void callbacksMayThrowAndAddCallbacks() {
        List<Throwable> errors = Collections.synchronizedList(new ArrayList<>());
        Rcu domain = Rcu.builder("faults").onError(errors::add).build(mode.engine());
        AtomicInteger calls = new AtomicInteger();
        RuntimeException thrown = new IllegalArithmetic();
        domain.callLater(() -> {
            throw thrown;
        });
        domain.callLater(() -> domain.callLater(calls::incrementAndGet));
        domain.barrier();
        domain.barrier();

        assertEquals(1, calls.get());
        assertEquals(1, errors.size());
        assertSame(thrown, errors.getFirst());
    }

    @Test
    void callbacksThatAreTooManyArePushedBackAndNoneIsLost() {
        int most = 10;
        Rcu domain =
                Rcu.builder("full")
                        .maxPendingPerCpu(most)
                        .onStall(SHORT, _ -> {})
                        .build(mode.engine());
        AtomicInteger calls = new AtomicInteger();
        long token = domain.readLock();
        int accepted = 0;
        RejectedExecutionException refusal = null;
        while (refusal == null) {
            try {
                domain.callLater(calls::incrementAndGet);
                accepted++;
            } catch (RejectedExecutionException e) {
                refusal = e;
            }
        }
        assertTrue(accepted >= most, "accepted: " + accepted);
        assertEquals(
                "callbacks on this CPU: " + most,
                String.valueOf(refusal.getMessage()).substring(0, 25));
        domain.readUnlock(token);
        domain.barrier();

        assertEquals(accepted, calls.get());
        assertTrue(domain.tryCallLater(calls::incrementAndGet));
    }

    @Test
    void helperIsTheKindOfThreadThatIsAskedFor() {
        AtomicReference<@Nullable Thread> helper = new AtomicReference<>();
        Rcu domain = Rcu.builder("virtual").helper(Thread.ofVirtual()).build(mode.engine());
        domain.callLater(() -> helper.set(Thread.currentThread()));
        domain.barrier();

        Thread thread = helper.get();
        assertTrue(thread != null && thread.isVirtual());
    }

    @Test
    void barrierAndCloseInACallbackAreRefused() {
        List<Throwable> errors = Collections.synchronizedList(new ArrayList<>());
        Rcu domain = Rcu.builder("self").onError(errors::add).build(mode.engine());
        domain.callLater(domain::barrier);
        domain.callLater(domain::close);
        domain.callLater(domain::synchronize);
        domain.barrier();

        assertEquals(2, errors.size(), errors::toString);
        errors.forEach(error ->
                assertThrown(
                        IllegalStateException.class,
                        "waits for itself",
                        () -> {
                            throw error;
                        }));
    }

    /* ------------------------- Closing ------------------------- */

    @Test
    void closedDomainRefusesAndHasCalledAllCallbacks() {
        AtomicInteger calls = new AtomicInteger();
        rcu.callLater(calls::incrementAndGet);
        rcu.close();
        rcu.close();

        assertEquals(1, calls.get());
        String message = "domain contract: closed";
        assertThrown(IllegalStateException.class, message, rcu::readLock);
        assertThrown(IllegalStateException.class, message, rcu::read);
        assertThrown(IllegalStateException.class, message, () -> rcu.callLater(() -> {}));
        assertThrown(IllegalStateException.class, message, () -> rcu.tryCallLater(() -> {}));
        rcu.synchronize();
        rcu.barrier();
    }

    @Test
    void closeWaitsForReadersInside() throws Exception {
        long token = rcu.readLock();
        CountDownLatch closed = new CountDownLatch(1);
        Thread.ofVirtual()
                .start(() -> {
                    rcu.close();
                    closed.countDown();
                });

        assertFalse(closed.await(SHORT.toMillis(), TimeUnit.MILLISECONDS));
        rcu.readUnlock(token);
        closed.await();
    }

    /* ------------------------- Finding mistakes ------------------------- */

    @Test
    void trackedReadersAreNamedByStalls() throws Exception {
        List<Rcu.Stall> stalls = Collections.synchronizedList(new ArrayList<>());
        Rcu domain =
                Rcu.builder("tracked")
                        .trackReaders()
                        .onStall(SHORT, stalls::add)
                        .build(mode.engine());
        long token = domain.readLock();

        assertFalse(onOtherThread(() -> domain.synchronize(SHORT.multipliedBy(10))));

        Rcu.Stall stall = stalls.getFirst();
        assertEquals("tracked", stall.domain());
        assertEquals(1, stall.readers());
        assertSame(Thread.currentThread(), stall.holders().getFirst().thread());
        assertTrue(
                IntStream.range(0, 10)
                        .mapToObj(i -> stall.holders().getFirst().where().getStackTrace()[i])
                        .anyMatch(frame ->
                                frame.getMethodName().equals("trackedReadersAreNamedByStalls")));
        domain.readUnlock(token);
    }

    @Test
    void waitingForOneselfIsRefusedWhereReadersAreTracked() {
        Rcu domain = Rcu.builder("tracked").trackReaders().build(mode.engine());
        long token = domain.readLock();
        String message = "in a read section waits for itself";
        assertThrown(IllegalStateException.class, message, domain::synchronize);
        assertThrown(IllegalStateException.class, message, () -> domain.synchronize(SHORT));
        assertThrown(IllegalStateException.class, message, domain::barrier);
        assertThrown(IllegalStateException.class, message, domain::close);
        domain.readUnlock(token);
        domain.synchronize();
    }

    @Test
    void tokenThatIsGivenBackTwiceIsRefusedWhereReadersAreTracked() {
        Rcu domain = Rcu.builder("tracked").trackReaders().build(mode.engine());
        long first = domain.readLock();
        domain.readUnlock(first);

        assertThrown(
                IllegalArgumentException.class, "token: " + first, () -> domain.readUnlock(first));
        domain.synchronize();
    }

    @Test
    void waitingForOneselfIsReportedWhereReadersAreNotTracked() {
        List<Rcu.Stall> stalls = Collections.synchronizedList(new ArrayList<>());
        Rcu domain = Rcu.builder("self").onStall(SHORT, stalls::add).build(mode.engine());
        long token = domain.readLock();

        assertFalse(domain.synchronize(SHORT.multipliedBy(10)));
        assertEquals(1, stalls.getFirst().readers());
        assertEquals(List.of(), stalls.getFirst().holders());
        assertTrue(stalls.getFirst().toString().contains("RCU domain self"));
        domain.readUnlock(token);
    }

    /* ------------------------- References ------------------------- */

    /** A value that notes whether it is closed. */
    private static final class Value implements AutoCloseable {
        final AtomicInteger closes = new AtomicInteger();

        @Override
        public void close() {
            closes.incrementAndGet();
        }
    }

    @Test
    void replacedValueIsClosedOnceAfterItsReaders() {
        Value first = new Value();
        Value second = new Value();
        RcuReference<Value> reference = RcuReference.of(rcu, first);
        try (RcuReference.Reading<Value> reading = reference.read()) {
            reference.replace(second);
            assertSame(first, reading.get());
            assertSame(second, reference.<Value>read(value -> value));
            LockSupport.parkNanos(SHORT.toNanos());
            assertEquals(0, first.closes.get());
        }
        rcu.barrier();
        assertEquals(1, first.closes.get());

        assertSame(second, reference.exchange(new Value()));
        assertEquals(0, second.closes.get());
    }

    @Test
    void closedReferenceRefusesAndHasClosedItsValue() {
        Value value = new Value();
        RcuReference<Value> reference = RcuReference.of(rcu, value);
        reference.close();
        reference.close();

        assertEquals(1, value.closes.get());
        String message = "reference: closed";
        assertThrown(IllegalStateException.class, message, reference::read);
        assertThrown(IllegalStateException.class, message, () -> reference.read(_ -> 1));
        assertThrown(IllegalStateException.class, message, () -> reference.replace(new Value()));
        rcu.synchronize();
    }

    @Test
    void readingThatHasEndedGivesNoValue() {
        RcuReference.Reading<Value> reading = RcuReference.of(rcu, new Value()).read();
        reading.close();
        reading.close();

        assertThrown(IllegalStateException.class, "read section: ended", reading::get);
        rcu.synchronize();
    }

    @Test
    void valuesThatManyThreadsReplaceAreAllClosed() throws Exception {
        List<Value> all = Collections.synchronizedList(new ArrayList<>());
        RcuReference<Value> reference = RcuReference.of(rcu, new Value());
        AtomicInteger closedWhileRead = new AtomicInteger();

        Workers.runMixed(
                8,
                thread -> {
                    for (int i = 0; i < 500; i++) {
                        if (thread % 4 == 0) {
                            Value next = new Value();
                            all.add(next);
                            reference.replace(next);
                        } else {
                            closedWhileRead.addAndGet(reference.read(v -> v.closes.get()));
                        }
                    }
                    return true;
                });
        reference.close();
        rcu.barrier();

        assertEquals(0, closedWhileRead.get());
        assertTrue(all.stream().allMatch(value -> value.closes.get() == 1));
    }

    /* ------------------------- Storms ------------------------- */

    @Test
    void noReaderSeesWhatIsFreedInAStorm() throws Exception {
        RcuReference<Value> reference = RcuReference.of(rcu, new Value());
        AtomicInteger closedWhileRead = new AtomicInteger();
        try (Background _ =
                new Background(() -> {
                    reference.exchange(new Value()).close();
                    return true;
                })) {
            Storm.over(step -> {
                try (RcuReference.Reading<Value> reading = reference.read()) {
                    if (step % 64 == 0) {
                        LockSupport.parkNanos(1);
                    }
                    closedWhileRead.addAndGet(reading.get().closes.get());
                }
                return 1;
            });
        }

        assertEquals(0, closedWhileRead.get());
        rcu.synchronize();
        assertEquals(0, rcu.readers());
    }
}
