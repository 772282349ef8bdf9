// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static dev.cpulocal.Thrown.assertThrown;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.Workers.Background;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Memory that is given back while segments of it can still be reached. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class SegmentReclaimerTest {

    private static final long BIG = 1 << 20;

    private final Rcu rcu = Rcu.builder("memory").build();
    private final SegmentReclaimer reclaimer = new SegmentReclaimer(rcu);

    @Test
    void segmentsAreZeroAlignedAndApart() {
        Random random = new Random(1);
        for (int round = 0; round < 20; round++) {
            try (Arena arena = reclaimer.openArena()) {
                long sum = 0;
                for (int i = 0; i < 100; i++) {
                    long bytes = random.nextLong(0, 5_000) * Long.BYTES;
                    long alignment = 1L << random.nextInt(3, 13);
                    MemorySegment segment = arena.allocate(bytes, alignment);
                    assertEquals(bytes, segment.byteSize());
                    assertEquals(0, segment.address() % alignment);
                    assertTrue(
                            segment.elements(JAVA_LONG)
                                    .allMatch(word -> word.get(JAVA_LONG, 0) == 0));
                    segment.fill((byte) -1);
                    sum += bytes;
                }
                assertTrue(reclaimer.heldBytes() >= sum);
            }
        }
        assertEquals(0, reclaimer.heldBytes());
    }

    @Test
    void memoryIsUsedAgain() {
        long mapped = 0;
        for (int i = 0; i < 50; i++) {
            try (Arena arena = reclaimer.openArena()) {
                arena.allocate(BIG).fill((byte) 1);
            }
            mapped = i == 0 ? reclaimer.mappedBytes() : mapped;
        }

        assertEquals(mapped, reclaimer.mappedBytes());
    }

    @Test
    void closeWaitsForReaders() throws Exception {
        Arena arena = reclaimer.openArena();
        MemorySegment segment = arena.allocate(BIG);
        segment.set(JAVA_LONG, 0, 42);
        CountDownLatch closed = new CountDownLatch(1);
        try (Rcu.Section _ = rcu.read()) {
            Thread.ofVirtual()
                    .start(() -> {
                        arena.close();
                        closed.countDown();
                    });
            assertTrue(!closed.await(20, TimeUnit.MILLISECONDS));
            assertEquals(42, segment.get(JAVA_LONG, 0));
        }
        closed.await();
    }

    /** Against the rules, but no crash. */
    @Test
    void segmentThatIsUsedTooLateIsZeroOrSomebodyElses() {
        for (long bytes : new long[] {64, BIG}) {
            Arena arena = reclaimer.openArena();
            MemorySegment segment = arena.allocate(bytes);
            segment.fill((byte) 7);
            arena.close();

            assertEquals(0, segment.get(JAVA_LONG, 0));
            assertEquals(0, segment.get(JAVA_LONG, bytes - Long.BYTES));
        }
    }

    @Test
    void arenaThatIsClosedRefuses() {
        Arena arena = reclaimer.openArena();
        MemorySegment segment = arena.allocate(8);
        arena.close();

        String message = "arena: closed";
        assertThrown(IllegalStateException.class, message, arena::close);
        assertThrown(IllegalStateException.class, message, () -> arena.allocate(8));
        assertThrown(IllegalStateException.class, message, () -> reclaimer.closeLater(arena));
        assertTrue(segment.scope().isAlive());
    }

    @Test
    void argumentsThatMakeNoSenseAreRefused() {
        try (Arena arena = reclaimer.openArena()) {
            assertThrown(
                    IllegalArgumentException.class, "byteSize: -1", () -> arena.allocate(-1, 8));
            assertThrown(
                    IllegalArgumentException.class, "byteAlignment: 3", () -> arena.allocate(8, 3));
            assertThrown(
                    OutOfMemoryError.class, "segment", () -> arena.allocate(Long.MAX_VALUE, 8));
        }
        assertThrown(
                IllegalArgumentException.class,
                "arena: ",
                () -> reclaimer.closeLater(Arena.global()));
    }

    @Test
    void arenaIsClosedLater() {
        Arena arena = reclaimer.openArena();
        arena.allocate(BIG);
        try (Rcu.Section _ = rcu.read()) {
            reclaimer.closeLater(arena);
            assertTrue(reclaimer.heldBytes() >= BIG);
        }
        rcu.barrier();

        assertEquals(0, reclaimer.heldBytes());
    }

    /** A table all of whose words are equal, replaced again and again; the old one is zeroed. */
    @Test
    void readersSeeWholeTablesOnly() throws Exception {
        record Table(Arena arena, MemorySegment words) {}
        int words = 64;
        AtomicReference<@Nullable Table> current = new AtomicReference<>();
        AtomicLong number = new AtomicLong();
        Runnable replace =
                () -> {
                    Arena arena = reclaimer.openArena();
                    MemorySegment segment = arena.allocate(JAVA_LONG, words);
                    long value = number.incrementAndGet();
                    for (int i = 0; i < words; i++) {
                        segment.setAtIndex(JAVA_LONG, i, value);
                    }
                    Table old = current.getAndSet(new Table(arena, segment));
                    if (old != null) {
                        old.arena.close();
                    }
                };
        replace.run();
        AtomicLong broken = new AtomicLong();
        try (Background _ =
                new Background(() -> {
                    replace.run();
                    return true;
                })) {
            Workers.runMixed(
                    4,
                    _ -> {
                        for (int i = 0; i < 20_000; i++) {
                            try (Rcu.Section _ = rcu.read()) {
                                MemorySegment table = Objects.requireNonNull(current.get()).words;
                                long first = table.getAtIndex(JAVA_LONG, 0);
                                long last = table.getAtIndex(JAVA_LONG, words - 1);
                                broken.addAndGet(first == last && first > 0 ? 0 : 1);
                            }
                        }
                        return true;
                    });
        }

        assertEquals(0, broken.get());
        assertTrue(number.get() > 1);
    }
}
