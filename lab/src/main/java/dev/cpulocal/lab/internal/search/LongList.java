// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.search;

import java.util.ArrayList;
import java.util.List;

/** A list of numbers, in blocks. */
final class LongList {

    private static final int BLOCK_BITS = 12;

    private final List<long[]> blocks = new ArrayList<>();
    private long size;

    void add(long number) {
        int offset = (int) (size & (1 << BLOCK_BITS) - 1);
        if (offset == 0) {
            blocks.add(new long[1 << BLOCK_BITS]);
        }
        blocks.getLast()[offset] = number;
        size++;
    }

    long get(long index) {
        return blocks.get((int) (index >> BLOCK_BITS))[(int) (index & (1 << BLOCK_BITS) - 1)];
    }

    /** {@return how much memory it has} */
    long bytes() {
        return (long) blocks.size() * (Long.BYTES << BLOCK_BITS);
    }

    long size() {
        return size;
    }
}
