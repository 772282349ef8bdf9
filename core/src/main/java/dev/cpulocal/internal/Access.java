// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * Plain, bounds-checked accesses of 1, 2, 4 or 8 bytes, extended with zeros; one that is aligned to
 * its size is single-copy atomic.
 */
final class Access {

    private Access() {}

    private static boolean isAligned(MemorySegment segment, long at, int bytes) {
        return ((segment.address() + at) & (bytes - 1)) == 0;
    }

    static long load(MemorySegment segment, long at, int bytes) {
        boolean aligned = isAligned(segment, at, bytes);
        return switch (bytes) {
            case 1 -> segment.get(JAVA_BYTE, at) & 0xFF;
            case 2 -> segment.get(aligned ? JAVA_SHORT : JAVA_SHORT_UNALIGNED, at) & 0xFFFF;
            case 4 -> segment.get(aligned ? JAVA_INT : JAVA_INT_UNALIGNED, at) & 0xFFFF_FFFFL;
            default -> segment.get(aligned ? JAVA_LONG : JAVA_LONG_UNALIGNED, at);
        };
    }

    static void store(MemorySegment segment, long at, int bytes, long value) {
        boolean aligned = isAligned(segment, at, bytes);
        switch (bytes) {
            case 1 -> segment.set(JAVA_BYTE, at, (byte) value);
            case 2 -> segment.set(aligned ? JAVA_SHORT : JAVA_SHORT_UNALIGNED, at, (short) value);
            case 4 -> segment.set(aligned ? JAVA_INT : JAVA_INT_UNALIGNED, at, (int) value);
            default -> segment.set(aligned ? JAVA_LONG : JAVA_LONG_UNALIGNED, at, value);
        }
    }

    /** {@return whether an access of so many bytes can be a single one} */
    static boolean isSingle(long bytes) {
        return bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
    }

    /** Copies ascending, eight bytes at a time and then byte by byte, as machine code does. */
    static void copy(MemorySegment to, long toAt, MemorySegment from, long fromAt, long bytes) {
        long done = 0;
        for (; bytes - done >= Long.BYTES; done += Long.BYTES) {
            store(to, toAt + done, Long.BYTES, load(from, fromAt + done, Long.BYTES));
        }
        for (; done < bytes; done++) {
            store(to, toAt + done, 1, load(from, fromAt + done, 1));
        }
    }
}
