// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import dev.cpulocal.internal.ReclaimedMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Arenas that can be closed while others may still read their segments.
 *
 * <p>{@link Arena#ofShared} makes sure that nobody is in a segment when its memory is freed by
 * stopping every thread of the JVM for a moment, so its {@code close} takes the longer the more
 * threads there are. An arena of a reclaimer waits for the readers of an {@link Rcu} domain
 * instead, and for nobody else.
 *
 * <p><b>What is guaranteed.</b>
 *
 * <ol>
 *   <li>A segment that was reached in a read section of the domain, before its arena was closed,
 *       can be used until the section ends.
 *   <li>When {@code close} returns, no such section is left, and the memory has gone back to the
 *       system, or to the next arena.
 *   <li>Who uses a segment later, against the rules, finds zeros or what belongs to somebody else,
 *       and may destroy it; but the JVM does not crash. Address space is never unmapped as long as
 *       a segment of it can be reached.
 *   <li>A new segment is zero.
 * </ol>
 *
 * {@snippet lang = java :
 * static final Rcu ROUTES = Rcu.builder("routes").build();
 * static final SegmentReclaimer MEMORY = new SegmentReclaimer(ROUTES);
 * static volatile MemorySegment table = …;
 *
 * try (Rcu.Section _ = ROUTES.read()) {
 *     return table.getAtIndex(JAVA_INT, prefix);
 * }
 *
 * Arena next = MEMORY.openArena();
 * table = build(next);
 * previous.close();                              // waits for those who read the old table
 * }
 *
 * <p>All methods can be called by any thread, and so can those of the arenas; an arena is closed
 * once. The {@link Arena#scope() scope} of all segments is one that never ends.
 */
public final class SegmentReclaimer {

    private final Rcu domain;
    private final ReclaimedMemory memory = new ReclaimedMemory();

    /**
     * Begins without memory.
     *
     * @param domain whose readers are waited for
     */
    public SegmentReclaimer(Rcu domain) {
        this.domain = Objects.requireNonNull(domain, "domain: null (expected: a domain)");
    }

    /**
     * {@return an arena, whose {@code close} waits for the readers of the domain}
     *
     * <p>Allocating takes whole pages from the system and gives out parts of them. It throws what
     * every arena's does, and {@link IllegalStateException} if the arena is closed; so does closing
     * it twice.
     */
    public Arena openArena() {
        return new ReclaimedArena(domain, memory);
    }

    /**
     * Closes an arena after a grace period, and does not wait for that, unless {@linkplain
     * Rcu.Builder#maxPendingPerCpu too much} waits already.
     *
     * @param arena one of this reclaimer
     * @throws IllegalArgumentException if it is not
     * @throws IllegalStateException if it is closed
     */
    public void closeLater(Arena arena) {
        if (!(arena instanceof ReclaimedArena own) || !own.isOf(memory)) {
            throw new IllegalArgumentException(
                    "arena: " + arena + " (expected: one of this reclaimer)");
        }
        own.closeLater();
    }

    /** {@return how many bytes the arenas hold that are not closed, whole pages counted} */
    public long heldBytes() {
        return memory.heldBytes();
    }

    /** {@return how much address space is mapped, in bytes} */
    public long mappedBytes() {
        return memory.mappedBytes();
    }

    @Override
    public String toString() {
        return "SegmentReclaimer[" + domain + ", " + heldBytes() + " bytes held]";
    }

    /** An arena. */
    private static final class ReclaimedArena implements Arena {
        private final Rcu domain;
        private final ReclaimedMemory memory;
        private final ReclaimedMemory.Blocks blocks;

        ReclaimedArena(Rcu domain, ReclaimedMemory memory) {
            this.domain = domain;
            this.memory = memory;
            blocks = memory.open();
        }

        boolean isOf(ReclaimedMemory other) {
            return memory == other;
        }

        @Override
        public MemorySegment allocate(long byteSize, long byteAlignment) {
            return blocks.allocate(byteSize, byteAlignment);
        }

        @Override
        public MemorySegment.Scope scope() {
            return memory.scope();
        }

        @Override
        public void close() {
            blocks.close();
            domain.synchronize();
            blocks.free();
        }

        void closeLater() {
            blocks.close();
            domain.callLaterOrWait(blocks::free);
        }
    }
}
