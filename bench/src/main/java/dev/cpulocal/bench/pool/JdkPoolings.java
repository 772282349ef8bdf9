// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.pool;

/** What the JDK has. */
final class JdkPoolings {

    private JdkPoolings() {}

    /** A buffer for each thread. A thread can use one at a time. */
    static final class ByThread implements Pooling<Buffer> {

        private final ThreadLocal<Buffer> buffers;

        ByThread(int bytes) {
            buffers = ThreadLocal.withInitial(() -> new Buffer(bytes));
        }

        @Override
        public Buffer acquire() {
            return buffers.get();
        }

        @Override
        public Buffer buffer(Buffer handle) {
            return handle;
        }

        @Override
        public void release(Buffer handle) {}
    }

    /** A new buffer each time. */
    static final class None implements Pooling<Buffer> {

        private final int bytes;

        None(int bytes) {
            this.bytes = bytes;
        }

        @Override
        public Buffer acquire() {
            return new Buffer(bytes);
        }

        @Override
        public Buffer buffer(Buffer handle) {
            return handle;
        }

        @Override
        public void release(Buffer handle) {}

        @Override
        public int pooledCount() {
            return 0;
        }
    }
}
