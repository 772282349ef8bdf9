// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.bench.pool.PoolMemory.Moment;
import dev.cpulocal.bench.pool.PoolMemory.Retained;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PoolMemoryTest {

    private static final int THREADS = 500;

    @Test
    @Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void buffersThatAreRetainedAreCountedAndWeighed() throws Exception {
        List<Retained> all =
                PoolMemory.measure(
                        List.of(
                                PoolSubject.THREAD_LOCAL,
                                PoolSubject.JACKSON_DEQUE,
                                PoolSubject.JACKSON_BOUNDED,
                                PoolSubject.NETTY_SHARED),
                        THREADS,
                        1);

        assertEquals(4 * Moment.values().length, all.size());
        // A thread keeps its buffer while it lives; a queue keeps what it is given.
        assertEquals(0, buffers(all, PoolSubject.THREAD_LOCAL, Moment.ONE_BY_ONE));
        assertEquals(THREADS, buffers(all, PoolSubject.THREAD_LOCAL, Moment.RELEASED));
        assertEquals(0, buffers(all, PoolSubject.THREAD_LOCAL, Moment.ENDED));
        assertEquals(1, buffers(all, PoolSubject.JACKSON_DEQUE, Moment.ONE_BY_ONE));
        assertEquals(THREADS, buffers(all, PoolSubject.JACKSON_DEQUE, Moment.ENDED));
        assertEquals(100, buffers(all, PoolSubject.JACKSON_BOUNDED, Moment.ENDED));
        assertTrue(buffers(all, PoolSubject.NETTY_SHARED, Moment.ENDED) > 0);
        all.stream()
                .filter(retained -> retained.buffers().median() >= 100)
                .forEach(retained ->
                        assertTrue(
                                retained.bytes().median()
                                        > retained.buffers().median() * PoolConfiguration.BYTES,
                                retained::toString));
        assertTrue(
                PoolMemory.markdown(all)
                        .contains("| ThreadLocal | at the same time, threads live on | "));
    }

    private static double buffers(List<Retained> all, PoolSubject subject, Moment moment) {
        return all.stream()
                .filter(retained -> retained.subject() == subject && retained.moment() == moment)
                .findFirst()
                .orElseThrow()
                .buffers()
                .median();
    }
}
