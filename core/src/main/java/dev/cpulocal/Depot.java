// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.IntConsumer;

/** The handles that are in no CPU's magazine: a stack of them. For one thread at a time. */
final class Depot {

    /*
     * Handles lie in native memory, so that a sequence can copy a batch between here and a magazine
     * in one commit. The part above the count is what sequences copy to: their attempts may leave
     * anything there.
     *
     * The fewest handles that were here since the last trim are those that nobody has needed.
     */

    private final MemorySegment handles;
    private int count;
    private int fewest;

    /**
     * Makes an empty one.
     *
     * @param capacity how many handles there are
     * @param batch how many are ever moved at once: attempts that fail may need room for them
     */
    Depot(int capacity, int batch) {
        handles = Arena.ofAuto().allocate(JAVA_INT, capacity + batch);
    }

    /** {@return how many handles are here} */
    int count() {
        return count;
    }

    void push(int handle) {
        handles.setAtIndex(JAVA_INT, count++, handle);
    }

    int pop() {
        int handle = handles.getAtIndex(JAVA_INT, --count);
        fewest = Math.min(fewest, count);
        return handle;
    }

    /** Moves handles from here to the CPU the caller runs on, if both sides allow it. */
    void load(Magazines magazines, int most) {
        int batch = Math.min(most, count);
        if (batch > 0 && magazines.load(part(count - batch, batch), batch)) {
            count -= batch;
            fewest = Math.min(fewest, count);
        }
    }

    /** Moves handles from the CPU the caller runs on to here, if it has so many. */
    void unload(Magazines magazines, int batch) {
        if (magazines.unload(part(count, batch), batch, false)) {
            count += batch;
        }
    }

    /** Moves handles from any CPU to here; {@return whether it had so many}. */
    boolean unloadFrom(int range, Magazines magazines, int batch) {
        boolean moved = magazines.unloadFrom(range, part(count, batch), batch);
        count += moved ? batch : 0;
        return moved;
    }

    private MemorySegment part(int first, int length) {
        return handles.asSlice((long) first * Integer.BYTES, (long) length * Integer.BYTES);
    }

    private void show(IntConsumer consumer) {
        for (int i = 0; i < count; i++) {
            consumer.accept(handles.getAtIndex(JAVA_INT, i));
        }
    }

    /** Takes all handles. */
    void drain(IntConsumer consumer) {
        show(consumer);
        count = 0;
        fewest = 0;
    }

    /** Takes as many handles as nobody has needed since the last time: those at the bottom. */
    void drainIdle(IntConsumer consumer) {
        for (int i = 0; i < fewest; i++) {
            consumer.accept(handles.getAtIndex(JAVA_INT, i));
        }
        count -= fewest;
        MemorySegment.copy(part(fewest, count), 0, handles, 0, (long) count * Integer.BYTES);
        fewest = count;
    }
}
