// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.pool;

import dev.cpulocal.CpuPool;

/** Ours. */
final class CpuPoolings {

    private CpuPoolings() {}

    private static CpuPool<Buffer> pool(int bytes) {
        return CpuPool.builder(() -> new Buffer(bytes)).build();
    }

    /** The plain way. */
    static final class Slots implements Pooling<CpuPool.Slot<Buffer>> {

        private final CpuPool<Buffer> pool;

        Slots(int bytes) {
            pool = pool(bytes);
        }

        @Override
        public CpuPool.Slot<Buffer> acquire() {
            return pool.acquire();
        }

        @Override
        public Buffer buffer(CpuPool.Slot<Buffer> handle) {
            return handle.get();
        }

        @Override
        public void release(CpuPool.Slot<Buffer> handle) {
            pool.release(handle);
        }

        @Override
        public int pooledCount() {
            return pool.pooledCount();
        }
    }

    /** For try-with-resources. */
    static final class Leases implements Pooling<CpuPool.Lease<Buffer>> {

        private final CpuPool<Buffer> pool;

        Leases(int bytes) {
            pool = pool(bytes);
        }

        @Override
        public CpuPool.Lease<Buffer> acquire() {
            return pool.lease();
        }

        @Override
        public Buffer buffer(CpuPool.Lease<Buffer> handle) {
            return handle.get();
        }

        @Override
        public void release(CpuPool.Lease<Buffer> handle) {
            handle.close();
        }

        @Override
        public int pooledCount() {
            return pool.pooledCount();
        }
    }
}
