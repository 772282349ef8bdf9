// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.netty;

import dev.cpulocal.CpuPool;
import io.netty.util.Recycler;
import java.util.Objects;
import java.util.function.Function;

/**
 * Recycles objects as Netty's {@link Recycler} does, on any thread: a {@link CpuPool} in its shape.
 *
 * <p>Netty's recyclers keep objects by thread, for threads that run {@code FastThreadLocal}s; on
 * all others, virtual ones among them, {@link Recycler#get} makes a new object each time and {@code
 * recycle} forgets it. Here whoever asks gets the object that was recycled last on the CPU the
 * caller runs on.
 *
 * <p>A class that keeps its handle moves over by one line, the second:
 *
 * {@snippet lang = java :
 * final class Request {
 *     private static final CpuRecycler<Request> RECYCLER = new CpuRecycler<>() {
 *         @Override
 *         protected Request newObject(Recycler.Handle<Request> handle) {
 *             return new Request(handle);
 *         }
 *     };
 *     // or, from ObjectPool.newPool(Request::new)
 *     private static final CpuRecycler<Request> RECYCLER = CpuRecycler.of(Request::new);
 *
 *     private final Recycler.Handle<Request> handle;
 *
 *     void release() { handle.recycle(this); }
 * }
 * }
 *
 * <p>Handles are {@link Recycler.Handle}s, and so {@code ObjectPool.Handle}s, but no {@code
 * EnhancedHandle}s: Netty lets nobody extend that class.
 *
 * <p>The pool is bounded: it owns at most {@link #maxTotal} objects, those in use included; when
 * all of them are in use, further ones are made that are dropped after use. All that is recycled is
 * kept, where a {@code Recycler} by default keeps one in eight new objects. An object that is never
 * recycled does no harm.
 *
 * <p>Each recycler costs what a {@code CpuPool} costs: a page of memory for each CPU that uses it.
 * Keep it in a static field.
 *
 * <p>All methods can be called by any thread.
 *
 * @param <T> the objects
 */
public abstract class CpuRecycler<T> {

    /** The right to recycle one object. */
    private static final class SlotHandle<T> implements Recycler.Handle<T> {

        private final CpuPool.Slot<T> slot;

        SlotHandle(CpuPool.Slot<T> slot) {
            this.slot = slot;
        }

        @Override
        @SuppressWarnings("ReferenceEquality") // It is about this very object.
        public void recycle(T object) {
            if (object != slot.get()) {
                throw new IllegalArgumentException(
                        "object: " + object + " (expected: that of the handle, " + slot + ")");
            }
            slot.release();
        }
    }

    private final CpuPool<T> pool;

    /**
     * Makes one with {@link CpuPool}'s bounds: 32 objects for each CPU, and in all as many for each
     * processor of the JVM and once more, at least 512.
     */
    @SuppressWarnings("this-escape") // Nothing is made before get() is called.
    protected CpuRecycler() {
        pool = pool().build();
    }

    /**
     * Makes one.
     *
     * @param maxPerCpu how many objects each CPU keeps at most, 1 to 1020
     * @param maxTotal how many the pool owns at most, those in use included, 1 to 1,000,000
     * @throws IllegalArgumentException if one of them is out of range
     */
    @SuppressWarnings("this-escape") // Nothing is made before get() is called.
    protected CpuRecycler(int maxPerCpu, int maxTotal) {
        pool = pool().maxPerCpu(maxPerCpu).maxTotal(maxTotal).build();
    }

    private CpuPool.Builder<T> pool() {
        return CpuPool.builderWithSlot(slot -> newObject(new SlotHandle<>(slot)));
    }

    /**
     * {@return a recycler with default bounds}
     *
     * @param factory makes an object that keeps its handle; called by whoever asks for one and
     *     finds none
     * @param <T> the objects
     */
    public static <T> CpuRecycler<T> of(Function<? super Recycler.Handle<T>, ? extends T> factory) {
        Objects.requireNonNull(factory, "factory: null (expected: a function)");
        return new CpuRecycler<>() {
            @Override
            protected T newObject(Recycler.Handle<T> handle) {
                return factory.apply(handle);
            }
        };
    }

    /**
     * Makes an object; called by {@link #get} when there is none, by any thread, also by several at
     * once.
     *
     * @param handle what {@link Recycler.Handle#recycle(Object) recycles} the object, once each
     *     time {@code get} answered it. It throws {@link IllegalArgumentException} if given any
     *     other object, and {@link IllegalStateException} if the object was recycled already and
     *     nobody got it since
     * @return the object, not null
     */
    protected abstract T newObject(Recycler.Handle<T> handle);

    /**
     * {@return the object that was recycled last on the CPU the caller runs on, or else another, or
     * a new one} What {@link #newObject} throws is thrown.
     */
    public final T get() {
        return pool.acquire().get();
    }

    /** {@return how many objects each CPU keeps at most} */
    public final int maxPerCpu() {
        return pool.maxPerCpu();
    }

    /** {@return how many objects the pool owns at most, those in use included} */
    public final int maxTotal() {
        return pool.maxTotal();
    }

    /** {@return how many objects wait to be used, counted one CPU after the other} */
    public final int pooledCount() {
        return pool.pooledCount();
    }

    /**
     * Drops all objects that wait to be used. Costs a fence, and holds up all users for some
     * microseconds.
     *
     * @return how many
     */
    public final int clear() {
        return pool.clear();
    }

    /**
     * Drops the objects that nobody needed since the last call, on idle CPUs and in the central
     * tier. Costs a fence.
     *
     * @return how many
     */
    public final int trim() {
        return pool.trim();
    }

    /** {@return what the pool did since it was made} */
    public final CpuPool.Statistics statistics() {
        return pool.statistics();
    }

    @Override
    public String toString() {
        return pool.toString();
    }
}
