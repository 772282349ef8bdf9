// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.pool;

import com.fasterxml.jackson.core.util.BufferRecycler;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.core.util.RecyclerPool;
import java.lang.ref.SoftReference;

/**
 * Jackson's pools, of recyclers that have a buffer instead of Jackson's buffers: so that acquiring
 * and releasing is what is measured, and not how Jackson takes a buffer out of a recycler.
 */
@SuppressWarnings("serial") // never serialised
final class JacksonPoolings implements Pooling<BufferRecycler> {

    /** Jackson's own choice for the pool that all share. */
    private static final int BOUND = RecyclerPool.BoundedPoolBase.DEFAULT_CAPACITY;

    private static final int NOT_SHARED = 0;

    /** A recycler with a buffer. */
    private static final class WithBuffer extends BufferRecycler {

        private final Buffer buffer;

        WithBuffer(int bytes) {
            buffer = new Buffer(bytes);
        }
    }

    private final RecyclerPool<BufferRecycler> pool;

    private JacksonPoolings(RecyclerPool<BufferRecycler> pool) {
        this.pool = pool;
    }

    static JacksonPoolings deque(int bytes) {
        return new JacksonPoolings(
                new JsonRecyclerPools.ConcurrentDequePool(NOT_SHARED) {
                    @Override
                    public BufferRecycler createPooled() {
                        return new WithBuffer(bytes);
                    }
                });
    }

    static JacksonPoolings bounded(int bytes) {
        return new JacksonPoolings(
                new JsonRecyclerPools.BoundedPool(BOUND) {
                    @Override
                    public BufferRecycler createPooled() {
                        return new WithBuffer(bytes);
                    }
                });
    }

    @SuppressWarnings("deprecation") // measured to show why
    static JacksonPoolings lockFree(int bytes) {
        return new JacksonPoolings(
                new JsonRecyclerPools.LockFreePool(NOT_SHARED) {
                    @Override
                    public BufferRecycler createPooled() {
                        return new WithBuffer(bytes);
                    }
                });
    }

    /** As {@link JsonRecyclerPools#threadLocalPool} does it, whose recyclers cannot be chosen. */
    @SuppressWarnings("ThreadLocalUsage") // one for each pool, as each has buffers of its own
    static JacksonPoolings threadLocal(int bytes) {
        ThreadLocal<SoftReference<BufferRecycler>> recyclers = new ThreadLocal<>();
        return new JacksonPoolings(
                new RecyclerPool.ThreadLocalPoolBase<BufferRecycler>() {
                    @Override
                    public BufferRecycler acquirePooled() {
                        SoftReference<BufferRecycler> reference = recyclers.get();
                        BufferRecycler recycler = reference == null ? null : reference.get();
                        if (recycler == null) {
                            recycler = new WithBuffer(bytes);
                            recyclers.set(new SoftReference<>(recycler));
                        }
                        return recycler;
                    }
                });
    }

    @Override
    public BufferRecycler acquire() {
        return pool.acquireAndLinkPooled();
    }

    @Override
    public Buffer buffer(BufferRecycler handle) {
        return ((WithBuffer) handle).buffer;
    }

    @Override
    public void release(BufferRecycler handle) {
        handle.releaseToPool();
    }

    @Override
    public int pooledCount() {
        return pool.pooledCount();
    }

    @Override
    public void close() {
        pool.clear();
    }
}
