// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.pool;

import org.openjdk.jmh.infra.Blackhole;

/**
 * A pool of buffers, by whatever means: what a benchmark sees of a {@link PoolSubject}.
 *
 * @param <H> what a user has while the buffer is out
 */
interface Pooling<H> extends AutoCloseable {

    /** {@return a buffer that nobody else has; a new one if the pool has none} */
    H acquire();

    /**
     * {@return the buffer}
     *
     * @param handle which
     */
    Buffer buffer(H handle);

    /**
     * Gives a buffer back.
     *
     * @param handle which
     */
    void release(H handle);

    /** {@return how many buffers are pooled; -1 if the pool does not know} */
    default int pooledCount() {
        return -1;
    }

    /** Ends what runs in the background. */
    @Override
    default void close() {}

    /**
     * Acquires, writes, and releases.
     *
     * @param pooling the pool
     * @param <H> of the pool
     */
    static <H> void use(Pooling<H> pooling) {
        H handle = pooling.acquire();
        Buffer buffer = pooling.buffer(handle);
        buffer.take();
        buffer.give();
        pooling.release(handle);
    }

    /**
     * The same, and the compiler can leave out nothing of it.
     *
     * @param pooling the pool
     * @param hole makes the compiler believe that the buffer is seen by others
     * @param <H> of the pool
     */
    static <H> void use(Pooling<H> pooling, Blackhole hole) {
        H handle = pooling.acquire();
        Buffer buffer = pooling.buffer(handle);
        buffer.take();
        hole.consume(buffer);
        buffer.give();
        pooling.release(handle);
    }
}
