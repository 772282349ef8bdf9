// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.infra.Blackhole;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PoolingTest {

    private static final String JMH_ITSELF =
            "Today's password is swordfish. I understand instantiating Blackholes directly is"
                    + " dangerous.";
    private static final Blackhole HOLE = new Blackhole(JMH_ITSELF);
    private static final int BYTES = 100;

    /** Gives one buffer to all. */
    private record Careless(Buffer buffer) implements Pooling<Buffer> {
        @Override
        public Buffer acquire() {
            return buffer;
        }

        @Override
        public Buffer buffer(Buffer handle) {
            return handle;
        }

        @Override
        public void release(Buffer handle) {}
    }

    static List<PoolSubject> subjects() {
        return PoolSubject.inAnyJvm();
    }

    /** Those that keep a buffer for a thread give it the same one until it ends. */
    private static final Set<PoolSubject> BY_THREAD =
            EnumSet.of(PoolSubject.THREAD_LOCAL, PoolSubject.JACKSON_THREAD_LOCAL);

    @Test
    void aSubjectWithoutRseqRefusesAJvmWithIt() {
        IllegalStateException e =
                assertThrows(
                        IllegalStateException.class,
                        () -> PoolSubject.CPU_POOL_OFF.create(BYTES, false));
        assertEquals(
                "subject: CPU_POOL_OFF (expected: a JVM with -Dcpulocal.rseq=off)", e.getMessage());
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void whatWasReleasedIsAcquiredAgain(PoolSubject subject) {
        try (Pooling<?> pooling = subject.create(BYTES, false)) {
            Set<Buffer> seen = Collections.newSetFromMap(new IdentityHashMap<>());
            Crew.work(subject.threads(false), 1, _ -> use(pooling, 2 * PoolSubject.CAPACITY, seen));
            int expected =
                    switch (subject) {
                        case NEW -> 2 * PoolSubject.CAPACITY;
                        // Stormpot may turn over all that it has.
                        case STORMPOT -> seen.size();
                        default -> 1;
                    };
            assertEquals(expected, seen.size());
            assertTrue(subject != PoolSubject.STORMPOT || expected <= PoolSubject.CAPACITY);
        }
    }

    private static <H> void use(Pooling<H> pooling, int uses, Set<Buffer> seen) {
        for (int i = 0; i < uses; i++) {
            H handle = pooling.acquire();
            seen.add(pooling.buffer(handle));
            pooling.release(handle);
        }
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void twoThatAreOutAreTwo(PoolSubject subject) {
        try (Pooling<?> pooling = subject.create(BYTES, true)) {
            Crew.work(Crew.VIRTUAL, 1, _ -> twoOut(pooling, BY_THREAD.contains(subject)));
        }
    }

    private static <H> void twoOut(Pooling<H> pooling, boolean same) {
        H first = pooling.acquire();
        H second = pooling.acquire();
        Buffer buffer = pooling.buffer(first);
        if (same) {
            assertSame(buffer, pooling.buffer(second));
        } else {
            assertNotSame(buffer, pooling.buffer(second));
        }
        pooling.release(first);
        pooling.release(second);
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void nothingIsGivenToTwoThreads(PoolSubject subject) {
        for (boolean virtual : List.of(false, true)) {
            try (Pooling<?> pooling = subject.create(BYTES, virtual)) {
                Crew.work(
                        subject.threads(virtual),
                        8,
                        _ -> {
                            for (int i = 0; i < 20_000; i++) {
                                Pooling.use(pooling, HOLE);
                            }
                        });
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            names = {"CPU_POOL", "JACKSON_DEQUE", "STRIPED", "JCTOOLS", "NETTY_RECYCLER", "NEW"})
    void buffersAreHandedFromThreadToThread(PoolSubject subject) {
        for (boolean virtual : List.of(false, true)) {
            try (Pooling<?> pooling = subject.create(BYTES, virtual)) {
                handOver(pooling, subject.threads(virtual));
            }
        }
    }

    private static <H> void handOver(Pooling<H> pooling, ThreadFactory threads) {
        new HandOver<>(pooling, HOLE).run(threads, 2, 10_000);
    }

    @Test
    void aBufferThatIsGivenToTwoIsSeen() {
        Careless careless = new Careless(new Buffer(BYTES));

        IllegalStateException e =
                assertThrows(IllegalStateException.class, () -> handOver(careless, Crew.PLATFORM));

        assertTrue(
                String.valueOf(e.getCause()).contains("in use (expected: free)")
                        || String.valueOf(e.getCause()).contains("another thread failed"),
                String.valueOf(e.getCause()));
    }

    @Test
    void thePooledAreCounted() {
        for (PoolSubject subject : subjects()) {
            try (Pooling<?> pooling = subject.create(BYTES, true)) {
                List<Integer> counts = new ArrayList<>();
                Crew.work(Crew.VIRTUAL, 1, _ -> counts.addAll(counts(pooling)));
                int none = counts.getFirst();
                List<Integer> expected =
                        switch (subject) {
                            case NEW -> List.of(0, 0);
                            default -> none < 0 ? List.of(-1, -1) : List.of(0, 3);
                        };
                assertEquals(expected, counts, subject.toString());
            }
        }
    }

    private static <H> List<Integer> counts(Pooling<H> pooling) {
        int before = pooling.pooledCount();
        List<H> out = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            out.add(pooling.acquire());
        }
        out.forEach(pooling::release);
        return List.of(before, pooling.pooledCount());
    }

    @Test
    void theBenchmarkOffersEverySubjectThatRunsInAnyJvm() throws Exception {
        Param param = PoolBenchmark.Shared.class.getField("subject").getAnnotation(Param.class);
        assertEquals(
                subjects().stream().map(PoolSubject::name).toList(), Arrays.asList(param.value()));
    }
}
