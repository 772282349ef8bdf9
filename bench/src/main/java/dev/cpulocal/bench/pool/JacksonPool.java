// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.pool;

import com.fasterxml.jackson.core.util.BufferRecycler;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.core.util.RecyclerPool;
import dev.cpulocal.jackson2.CpuRecyclerPool;

/** Where Jackson has its buffers from. */
public enum JacksonPool {
    /** {@link CpuRecyclerPool}. */
    CPU_POOL("CpuRecyclerPool"),
    /** Jackson 2's default. */
    THREAD_LOCAL("ThreadLocal"),
    /** Jackson 3's default. */
    DEQUE("ConcurrentDeque"),
    /** Bounded. */
    BOUNDED("Bounded"),
    /** Lock-free. */
    LOCK_FREE("LockFree"),
    /** New ones each time. */
    NONE("none");

    private final String label;

    JacksonPool(String label) {
        this.label = label;
    }

    /** {@return its name in tables} */
    public String label() {
        return label;
    }

    /** {@return a new pool, or Jackson's only one of its kind} */
    @SuppressWarnings("deprecation") // measured to show why
    RecyclerPool<BufferRecycler> create() {
        return switch (this) {
            case CPU_POOL -> CpuRecyclerPool.create();
            case THREAD_LOCAL -> JsonRecyclerPools.threadLocalPool();
            case DEQUE -> JsonRecyclerPools.newConcurrentDequePool();
            case BOUNDED ->
                    JsonRecyclerPools.newBoundedPool(RecyclerPool.BoundedPoolBase.DEFAULT_CAPACITY);
            case LOCK_FREE -> JsonRecyclerPools.newLockFreePool();
            case NONE -> JsonRecyclerPools.nonRecyclingPool();
        };
    }
}
