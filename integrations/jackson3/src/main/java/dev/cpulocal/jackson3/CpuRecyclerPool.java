// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.jackson3;

import dev.cpulocal.CpuPool;
import java.io.Serial;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.util.BufferRecycler;
import tools.jackson.core.util.RecyclerPool;

/**
 * The buffers of Jackson 3's parsers and generators, pooled for each CPU: a {@link CpuPool} of
 * {@link BufferRecycler}s.
 *
 * <p>Jackson 3 keeps them in a queue that all threads contend for, and takes the one that was used
 * least recently. Here any thread, virtual ones included, finds what was used last on the CPU it
 * runs on.
 *
 * {@snippet lang = java :
 * static final JsonMapper MAPPER =
 *         JsonMapper.builder(
 *                         JsonFactory.builder()
 *                                 .recyclerPool(CpuRecyclerPool.shared())
 *                                 .build())
 *                 .build();
 * }
 *
 * <p><b>What is retained.</b> The pool is bounded: it owns at most {@link #maxTotal} recyclers,
 * those in use included; when all of them are in use, further ones are made that are dropped after
 * use. A recycler has four buffers of bytes and four of chars, made when they are first needed: 37
 * kB together at their first size. Those for texts and for results grow with the documents. One
 * that has grown beyond 128 KiB is not kept, so that a recycler never retains more than 1 MiB.
 * {@link #trim} gives back what idle CPUs have, {@link #clear} everything.
 *
 * <p>Each {@link #create created} pool costs what a {@code CpuPool} costs: a page of memory for
 * each CPU that uses it. Make few, and keep them. One that nobody refers to any more is garbage
 * collected with all it has.
 *
 * <p><b>Serialization.</b> As with Jackson's own pools: the shared one is the shared one again
 * where it is read, any other is read as a new one, empty, with the same bounds.
 *
 * <p>All methods can be called by any thread.
 */
public final class CpuRecyclerPool implements RecyclerPool<BufferRecycler> {

    @Serial private static final long serialVersionUID = 1;

    /** A recycler that knows its place in the pool. */
    private static final class PooledRecycler extends BufferRecycler {

        /** Jackson's growth of texts, 65,536 chars, and of results, 131,072 bytes, ends there. */
        private static final int MAX_RETAINED_BYTES = 128 * 1024;

        private final CpuPool.Slot<PooledRecycler> slot;

        PooledRecycler(CpuPool.Slot<PooledRecycler> slot) {
            this.slot = slot;
        }

        @Override
        public void releaseByteBuffer(int kind, byte[] buffer) {
            if (buffer.length <= MAX_RETAINED_BYTES) {
                super.releaseByteBuffer(kind, buffer);
            }
        }

        @Override
        public void releaseCharBuffer(int kind, char[] buffer) {
            if (buffer.length <= MAX_RETAINED_BYTES / Character.BYTES) {
                super.releaseCharBuffer(kind, buffer);
            }
        }
    }

    /** Made when it is first asked for. */
    private static final class Shared {
        static final CpuRecyclerPool POOL = new CpuRecyclerPool(true, pool().build());
    }

    private final boolean shared;
    private final int maxPerCpu;
    private final int maxTotal;
    private final transient CpuPool<PooledRecycler> pool;

    private CpuRecyclerPool(boolean shared, CpuPool<PooledRecycler> pool) {
        this.shared = shared;
        this.pool = pool;
        maxPerCpu = pool.maxPerCpu();
        maxTotal = pool.maxTotal();
    }

    private static CpuPool.Builder<PooledRecycler> pool() {
        return CpuPool.builderWithSlot(PooledRecycler::new);
    }

    /** {@return the pool that all of the process share, with the bounds of {@link #create()}} */
    public static CpuRecyclerPool shared() {
        return Shared.POOL;
    }

    /**
     * {@return a new pool with {@link CpuPool}'s bounds: 32 recyclers for each CPU, and in all as
     * many for each processor of the JVM and once more, at least 512}
     */
    public static CpuRecyclerPool create() {
        return new CpuRecyclerPool(false, pool().build());
    }

    /**
     * {@return a new pool}
     *
     * @param maxPerCpu how many recyclers each CPU keeps at most, 1 to 1020
     * @param maxTotal how many the pool owns at most, those in use included, 1 to 1,000,000
     * @throws IllegalArgumentException if one of them is out of range
     */
    public static CpuRecyclerPool create(int maxPerCpu, int maxTotal) {
        return new CpuRecyclerPool(false, pool().maxPerCpu(maxPerCpu).maxTotal(maxTotal).build());
    }

    /** {@return how many recyclers each CPU keeps at most} */
    public int maxPerCpu() {
        return maxPerCpu;
    }

    /** {@return how many recyclers the pool owns at most, those in use included} */
    public int maxTotal() {
        return maxTotal;
    }

    /**
     * {@return the recycler that was released last on the CPU the caller runs on, or else another,
     * or a new one} It is not linked to this pool: {@link #acquireAndLinkPooled} links it.
     */
    @Override
    public BufferRecycler acquirePooled() {
        return pool.acquire().get();
    }

    /**
     * Gives a recycler back, to the CPU the caller runs on. Any thread may. Jackson's own pools
     * keep whatever they are given; this one refuses what it did not make, since whoever releases
     * to the wrong pool drains the right one.
     *
     * @param pooled a recycler that this pool answered, linked or not
     * @throws NullPointerException if it is null
     * @throws IllegalArgumentException if it is not of this pool
     * @throws IllegalStateException if it was released already and nobody acquired it since
     */
    @Override
    public void releasePooled(BufferRecycler pooled) {
        if (!(pooled instanceof PooledRecycler recycler)) {
            throw notOwn(pooled);
        }
        if (recycler.isLinkedWithPool()) {
            recycler.releaseToPool(); // Unlinks it, and calls this again.
        } else {
            pool.release(recycler.slot);
        }
    }

    private static RuntimeException notOwn(@Nullable BufferRecycler pooled) {
        String message = "pooled: " + pooled + " (expected: a recycler of this pool)";
        return pooled == null
                ? new NullPointerException(message)
                : new IllegalArgumentException(message);
    }

    /**
     * {@return how many recyclers are pooled, on all CPUs and in the central tier} They are counted
     * one CPU after the other, while others acquire and release.
     */
    @Override
    public int pooledCount() {
        return pool.pooledCount();
    }

    /**
     * Drops all recyclers that are pooled at this moment. Those in use are pooled when they are
     * released. Costs a fence, and holds up all users of the pool for some microseconds.
     *
     * @return true: this pool can be cleared
     */
    @Override
    public boolean clear() {
        int _ = pool.clear();
        return true;
    }

    /**
     * Drops the recyclers that nobody needed since the last call, on idle CPUs and in the central
     * tier. To be called from time to time, by whoever wants that memory back. Costs a fence.
     *
     * @return how many
     */
    public int trim() {
        return pool.trim();
    }

    /** {@return what the pool did since it was made} */
    public CpuPool.Statistics statistics() {
        return pool.statistics();
    }

    @Serial
    private Object readResolve() {
        return shared ? shared() : create(maxPerCpu, maxTotal);
    }

    @Override
    public String toString() {
        return pool.toString();
    }
}
