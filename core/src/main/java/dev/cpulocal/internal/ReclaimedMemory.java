// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Memory that is given back while segments of it can still be reached. */
public final class ReclaimedMemory {

    /*
     * Blocks are powers of two, from 64 KiB on. A block is mapped once and never unmapped while any
     * segment of it can be reached, because all segments share one scope that only the garbage
     * collector ends. What is given back to the system is its pages, by madvise(MADV_DONTNEED): the next
     * access finds zeros. So a segment that is used too late is wrong and harmless.
     *
     * An arena takes blocks as it needs them, each twice as large as the last up to a bound, and cuts
     * segments off. Free blocks wait in a list for each size. Blocks that are small stay resident and
     * are zeroed when they are given back, since a page fault costs more.
     *
     * Where native functions cannot be called there is no madvise. There blocks are segments of the
     * heap's own native memory, and are zeroed.
     */

    private static final int LEAST_LOG = 16;
    private static final int GROWTH_LOG = 22;
    private static final int MOST_LOG = 46;
    private static final long RESIDENT_BYTES = 1L << 18;

    private final Arena arena = Arena.ofAuto();
    private final List<Deque<MemorySegment>> free = new ArrayList<>();
    private long heldBytes;
    private long mappedBytes;

    /** Maps nothing yet. */
    public ReclaimedMemory() {
        for (int log = 0; log <= MOST_LOG; log++) {
            free.add(new ArrayDeque<>());
        }
    }

    /** {@return the scope of all segments} */
    public MemorySegment.Scope scope() {
        return arena.scope();
    }

    /** {@return how many bytes are in blocks that are not free} */
    public synchronized long heldBytes() {
        return heldBytes;
    }

    /** {@return how many bytes are in blocks} */
    public synchronized long mappedBytes() {
        return mappedBytes;
    }

    private synchronized MemorySegment take(int log) {
        MemorySegment block = free.get(log).pollLast();
        if (block == null) {
            block = map(1L << log);
            mappedBytes += block.byteSize();
        }
        heldBytes += block.byteSize();
        return block;
    }

    private MemorySegment map(long bytes) {
        return Platform.nativeAccess().isAvailable()
                ? Libc.mapUntilCollected(bytes, 1L << LEAST_LOG, arena)
                : arena.allocate(bytes, 1L << LEAST_LOG);
    }

    private void give(MemorySegment block) {
        boolean discarded =
                block.byteSize() > RESIDENT_BYTES
                        && Platform.nativeAccess().isAvailable()
                        && Libc.discard(block) == 0;
        if (!discarded) {
            block.fill((byte) 0);
        }
        synchronized (this) {
            heldBytes -= block.byteSize();
            free.get(Long.numberOfTrailingZeros(block.byteSize())).addLast(block);
        }
    }

    /** {@return an arena's blocks: none yet} */
    public Blocks open() {
        return new Blocks();
    }

    /** The blocks of an arena. */
    public final class Blocks {
        private final List<MemorySegment> all = new ArrayList<>();
        private long used;
        private boolean closed;

        private Blocks() {}

        /**
         * {@return a new segment}
         *
         * @param bytes its size
         * @param alignment a power of two
         */
        public synchronized MemorySegment allocate(long bytes, long alignment) {
            check(bytes, alignment);
            if (closed) {
                throw new IllegalStateException("arena: closed (expected: open)");
            }
            if (!all.isEmpty()) {
                MemorySegment segment = cut(all.getLast(), bytes, alignment);
                if (segment != null) {
                    return segment;
                }
            }
            all.add(take(log(Math.addExact(bytes, alignment))));
            used = 0;
            return Objects.requireNonNull(cut(all.getLast(), bytes, alignment));
        }

        private void check(long bytes, long alignment) {
            if (bytes < 0) {
                throw new IllegalArgumentException("byteSize: " + bytes + " (expected: >= 0)");
            }
            if (alignment <= 0 || Long.bitCount(alignment) != 1) {
                throw new IllegalArgumentException(
                        "byteAlignment: " + alignment + " (expected: a power of two)");
            }
            if (bytes + alignment < 0 || bytes + alignment > 1L << MOST_LOG) {
                throw new OutOfMemoryError("a segment of " + bytes + " bytes");
            }
        }

        private int log(long bytes) {
            int needed = Long.SIZE - Long.numberOfLeadingZeros(bytes - 1);
            int grown = Math.min(GROWTH_LOG, LEAST_LOG + all.size());
            return Math.max(needed, grown);
        }

        private @Nullable MemorySegment cut(MemorySegment block, long bytes, long alignment) {
            long start = (block.address() + used + alignment - 1) & -alignment;
            long offset = start - block.address();
            if (offset > block.byteSize() - bytes) {
                return null;
            }
            used = offset + bytes;
            return block.asSlice(offset, bytes);
        }

        /** Ends allocating. */
        public synchronized void close() {
            if (closed) {
                throw new IllegalStateException("arena: closed (expected: open)");
            }
            closed = true;
        }

        /** Gives all blocks back; nobody may use them any more. */
        public synchronized void free() {
            all.forEach(ReclaimedMemory.this::give);
            all.clear();
        }
    }
}
