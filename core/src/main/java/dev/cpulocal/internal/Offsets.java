// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import java.util.Map;
import java.util.TreeMap;

/**
 * Which offsets of a range are free: the same on every CPU, so one list serves all.
 *
 * <p>First fit by address, with neighbours merged when freed, so that items stay dense and a memory
 * whose items are all freed is whole again. Not for concurrent use.
 */
public final class Offsets {

    private final TreeMap<Integer, Integer> free = new TreeMap<>();

    /**
     * Begins with one free block.
     *
     * @param first its first offset
     * @param end the offset behind it
     */
    public Offsets(int first, int end) {
        free.put(first, end - first);
    }

    /**
     * {@return the offset of a newly taken block, or -1 if none is large enough}
     *
     * @param bytes its size, positive
     * @param alignment of its offset, a power of two
     */
    public int take(int bytes, int alignment) {
        for (Map.Entry<Integer, Integer> block : free.entrySet()) {
            int start = block.getKey();
            int end = start + block.getValue();
            int aligned = (start + alignment - 1) & -alignment;
            if (aligned >= start && bytes <= end - aligned) {
                free.remove(start);
                put(start, aligned);
                put(aligned + bytes, end);
                return aligned;
            }
        }
        return -1;
    }

    /** Gives a block back. */
    public void give(int offset, int bytes) {
        int start = offset;
        int end = offset + bytes;
        Map.Entry<Integer, Integer> before = free.floorEntry(offset);
        if (before != null && before.getKey() + before.getValue() == offset) {
            start = before.getKey();
        }
        Integer after = free.remove(end);
        put(start, after == null ? end : end + after);
    }

    private void put(int start, int end) {
        if (end > start) {
            free.put(start, end - start);
        }
    }

    /** {@return how many bytes are free, in all blocks} */
    public int freeBytes() {
        return free.values().stream().mapToInt(Integer::intValue).sum();
    }
}
