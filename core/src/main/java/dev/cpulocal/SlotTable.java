// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which slot has which handle. For one thread at a time, but for {@link #slots}, which the fast
 * path reads.
 */
final class SlotTable<T> {

    /*
     * A handle has a slot, or is vacant, or was never given out. Its slot is kept
     *
     *   strongly, in slots[handle]: pooled objects, and those that are out;
     *   weakly, in watches[handle]: some that are out, so that the pool notices when nobody has them
     *                               any more. Then the handle is lost, and given to a new object.
     *
     * CpuPool says when a slot may be watched.
     */

    /** Tells that a slot, and so who acquired it, is unreachable. */
    static final class Watch<T> extends PhantomReference<CpuPool.Slot<T>> {

        private final int handle;

        /** Where it was acquired, if that is recorded. */
        final @Nullable Throwable acquired;

        private Watch(CpuPool.Slot<T> slot, ReferenceQueue<CpuPool.Slot<T>> queue) {
            super(slot, queue);
            handle = slot.handle;
            acquired = slot.acquired;
        }
    }

    /** What has no handle. */
    static final int NONE = -1;

    final CpuPool.@Nullable Slot<T>[] slots;
    private final @Nullable Watch<T>[] watches;

    /** Of slots without handle. */
    private final Set<Watch<T>> loose = new HashSet<>();

    private final ReferenceQueue<CpuPool.Slot<T>> unreachable = new ReferenceQueue<>();
    private final int[] vacant;
    private int vacantCount;
    private int everGiven;

    @SuppressWarnings({"unchecked", "rawtypes"})
    SlotTable(int capacity) {
        slots = (CpuPool.Slot<T>[]) new CpuPool.Slot[capacity];
        watches = (Watch<T>[]) new Watch[capacity];
        vacant = new int[capacity];
    }

    /** {@return a handle without a slot, or {@link #NONE}} */
    int give() {
        if (vacantCount > 0) {
            return vacant[--vacantCount];
        }
        return everGiven < slots.length ? everGiven++ : NONE;
    }

    /** Takes a handle back. */
    void vacate(int handle) {
        slots[handle] = null;
        watches[handle] = null;
        vacant[vacantCount++] = handle;
    }

    void put(CpuPool.Slot<T> slot) {
        slots[slot.handle] = slot;
    }

    /** {@return the slot of a handle that was in a magazine or in the depot} */
    CpuPool.Slot<T> find(int handle) {
        return Objects.requireNonNull(slots[handle]);
    }

    /** Watches all slots that are out; others may release them meanwhile. */
    void watchThoseOut() {
        for (int handle = 0; handle < everGiven; handle++) {
            CpuPool.Slot<T> slot = slots[handle];
            if (slot != null && slot.isOut()) {
                watch(slot);
            }
        }
    }

    /** Keeps a slot weakly from now on, if it is still out after that was announced. */
    void watch(CpuPool.Slot<T> slot) {
        Watch<T> watch = new Watch<>(slot, unreachable);
        slot.watch = watch;
        if (!slot.isOut()) {
            slot.watch = null;
        } else if (slot.handle == NONE) {
            loose.add(watch);
        } else {
            watches[slot.handle] = watch;
            slots[slot.handle] = null;
        }
    }

    /** Keeps a slot strongly again, if it was kept weakly. */
    void unwatch(CpuPool.Slot<T> slot) {
        Watch<T> watch = slot.watch;
        slot.watch = null;
        if (slot.handle == NONE) {
            loose.remove(watch);
        } else if (watch != null) {
            watches[slot.handle] = null;
            slots[slot.handle] = slot;
        }
    }

    /** {@return a watch whose slot is unreachable, after its handle was made vacant, or null} */
    @Nullable Watch<T> nextLost() {
        for (Watch<T> watch; (watch = poll()) != null; ) {
            if (watch.handle == NONE) {
                if (loose.remove(watch)) {
                    return watch;
                }
            } else if (watches[watch.handle] == watch) {
                vacate(watch.handle);
                return watch;
            }
        }
        return null;
    }

    /** Only watches are in the queue. */
    @SuppressWarnings("unchecked")
    private @Nullable Watch<T> poll() {
        return (Watch<T>) unreachable.poll();
    }
}
