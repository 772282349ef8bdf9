// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.pool;

import io.netty.util.Recycler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.commons.pool2.BasePooledObjectFactory;
import org.apache.commons.pool2.PooledObject;
import org.apache.commons.pool2.impl.DefaultPooledObject;
import org.apache.commons.pool2.impl.GenericObjectPool;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import org.jctools.queues.MpmcArrayQueue;
import org.jspecify.annotations.Nullable;
import stormpot.Allocator;
import stormpot.Pool;
import stormpot.PoolTap;
import stormpot.Poolable;
import stormpot.Slot;
import stormpot.Timeout;

/** What libraries have. */
final class LibraryPoolings {

    private LibraryPoolings() {}

    /** A queue; who finds nothing makes a buffer, and what does not fit is dropped. */
    static final class JcTools implements Pooling<Buffer> {

        private final MpmcArrayQueue<Buffer> queue = new MpmcArrayQueue<>(PoolSubject.CAPACITY);
        private final int bytes;

        JcTools(int bytes) {
            this.bytes = bytes;
        }

        @Override
        public Buffer acquire() {
            Buffer buffer = queue.relaxedPoll();
            return buffer == null ? new Buffer(bytes) : buffer;
        }

        @Override
        public Buffer buffer(Buffer handle) {
            return handle;
        }

        @Override
        public void release(Buffer handle) {
            queue.relaxedOffer(handle);
        }

        @Override
        public int pooledCount() {
            return queue.size();
        }
    }

    /** Netty's recycler. */
    static final class Netty implements Pooling<Netty.Recycled> {

        /** A buffer that knows how it is recycled. */
        static final class Recycled extends Buffer {

            private final Recycler.Handle<Recycled> handle;

            Recycled(int bytes, Recycler.Handle<Recycled> handle) {
                super(bytes);
                this.handle = handle;
            }
        }

        private final Recycler<Recycled> recycler;

        private Netty(Recycler<Recycled> recycler) {
            this.recycler = recycler;
        }

        static Netty byThread(int bytes) {
            return new Netty(
                    new Recycler<>() {
                        @Override
                        protected Recycled newObject(Handle<Recycled> handle) {
                            return new Recycled(bytes, handle);
                        }
                    });
        }

        static Netty shared(int bytes) {
            return new Netty(
                    new Recycler<>(PoolSubject.CAPACITY, false) {
                        @Override
                        protected Recycled newObject(Handle<Recycled> handle) {
                            return new Recycled(bytes, handle);
                        }
                    });
        }

        @Override
        public Recycled acquire() {
            return recycler.get();
        }

        @Override
        public Buffer buffer(Recycled handle) {
            return handle;
        }

        @Override
        public void release(Recycled handle) {
            handle.handle.recycle(handle);
        }
    }

    /** Stormpot; who finds nothing makes a buffer, which is dropped later. */
    static final class Stormpot implements Pooling<Stormpot.Potted> {

        private static final Timeout START = new Timeout(10, TimeUnit.SECONDS);

        /** A buffer that knows its slot; it has none if it is not of the pool. */
        static final class Potted extends Buffer implements Poolable {

            private final @Nullable Slot slot;

            Potted(int bytes, @Nullable Slot slot) {
                super(bytes);
                this.slot = slot;
            }

            @Override
            public void release() {
                if (slot != null) {
                    slot.release(this);
                }
            }
        }

        private final Pool<Potted> pool;
        private final PoolTap<Potted> tap;
        private final int bytes;

        Stormpot(int bytes, boolean virtual) {
            this.bytes = bytes;
            pool =
                    Pool.from(
                                    new Allocator<Potted>() {
                                        @Override
                                        public Potted allocate(Slot slot) {
                                            return new Potted(bytes, slot);
                                        }

                                        @Override
                                        public void deallocate(Potted potted) {}
                                    })
                            .setSize(PoolSubject.CAPACITY)
                            .build();
            tap = virtual ? pool.getVirtualThreadSafeTap() : pool.getThreadSafeTap();
            awaitFirst();
        }

        private void awaitFirst() {
            try {
                Potted first = tap.claim(START);
                if (first == null) {
                    throw new IllegalStateException("Stormpot: empty (expected: an object)");
                }
                first.release();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }

        @Override
        public Potted acquire() {
            Potted claimed = tap.tryClaim();
            return claimed == null ? new Potted(bytes, null) : claimed;
        }

        @Override
        public Buffer buffer(Potted handle) {
            return handle;
        }

        @Override
        public void release(Potted handle) {
            handle.release();
        }

        @Override
        public void close() {
            pool.shutdown();
        }
    }

    /** The generic pool of Apache Commons, which limits only how many objects are idle. */
    static final class Commons implements Pooling<Buffer> {

        private final GenericObjectPool<Buffer> pool;

        Commons(int bytes) {
            GenericObjectPoolConfig<Buffer> config = new GenericObjectPoolConfig<>();
            config.setMaxTotal(-1);
            config.setMaxIdle(PoolSubject.CAPACITY);
            config.setMaxWait(Duration.ZERO);
            config.setJmxEnabled(false);
            pool =
                    new GenericObjectPool<>(
                            new BasePooledObjectFactory<>() {
                                @Override
                                public Buffer create() {
                                    return new Buffer(bytes);
                                }

                                @Override
                                public PooledObject<Buffer> wrap(Buffer buffer) {
                                    return new DefaultPooledObject<>(buffer);
                                }
                            },
                            config);
        }

        @Override
        public Buffer acquire() {
            try {
                return pool.borrowObject();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public Buffer buffer(Buffer handle) {
            return handle;
        }

        @Override
        public void release(Buffer handle) {
            pool.returnObject(handle);
        }

        @Override
        public int pooledCount() {
            return pool.getNumIdle();
        }

        @Override
        public void close() {
            pool.close();
        }
    }
}
