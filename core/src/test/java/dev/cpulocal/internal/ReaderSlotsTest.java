// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.CpuMemory;
import dev.cpulocal.IndexMode;
import dev.cpulocal.Rseq.Threads;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Slots of their own. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ReaderSlotsTest {

    private static final long EPOCH = 7;

    /** An attempt may be aborted, again and again; but not so often. */
    private static final int ATTEMPTS = 1_000;

    private final CounterMemory memory = memory(IndexMode.CPU_ID, Threads.ALL);
    private final ReaderSlots slots = new ReaderSlots(memory.allocate(ReaderSlots.WORDS));

    private static CounterMemory memory(IndexMode index, Threads threads) {
        return new CounterMemory(Engine.of(index, threads), CpuMemory.DEFAULT_STRIDE_BYTES);
    }

    private static long claim(ReaderSlots slots) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            long slot = slots.claim(Thread.currentThread(), EPOCH);
            if (slot != ReaderSlots.NONE) {
                return slot;
            }
        }
        throw new AssertionError("no slot is free");
    }

    @ParameterizedTest
    @EnumSource
    void slotIsClaimedUntilItIsFreed(IndexMode index) {
        ReaderSlots tested =
                new ReaderSlots(memory(index, Threads.ALL).allocate(ReaderSlots.WORDS));
        assertEquals(0, tested.claimed());
        assertTrue(tested.areFreeBefore(Long.MAX_VALUE));

        long slot = claim(tested);
        assertEquals(1, tested.claimed());
        assertFalse(tested.areFreeBefore(EPOCH + 1));
        assertTrue(tested.areFreeBefore(EPOCH));

        assertTrue(tested.free(slot));
        assertEquals(0, tested.claimed());
        assertTrue(tested.areFreeBefore(Long.MAX_VALUE));
    }

    @Test
    void sectionsInSectionsHaveSlotsOfTheirOwnUpToSomeDepth() {
        List<Long> claimed = new ArrayList<>();
        long slot;
        while ((slot = slots.claim(Thread.currentThread(), EPOCH)) != ReaderSlots.NONE) {
            claimed.add(slot);
            assertEquals(claimed.size(), slots.claimed());
        }

        assertFalse(claimed.isEmpty());
        assertEquals(claimed.size(), new HashSet<>(claimed).size());
        claimed.forEach(each -> assertTrue(slots.free(each)));
        assertEquals(0, slots.claimed());
    }

    @Test
    void threadsTakeDifferentSlots() throws Exception {
        HashSet<Long> claimed = new HashSet<>();
        for (int thread = 0; thread < 8; thread++) {
            FutureTask<Long> task = new FutureTask<>(() -> claim(slots));
            Thread.ofPlatform().start(task);
            assertTrue(claimed.add(task.get()));
        }
        assertEquals(claimed.size(), slots.claimed());
        claimed.forEach(slot -> assertTrue(slots.free(slot)));
    }

    @Test
    void whatIsNoClaimedSlotIsNotFreed() {
        long slot = claim(slots);
        long stride = memory.restartable().strideBytes();
        long behind = memory.base() + stride * memory.restartable().count();
        long offset = (slot - memory.base()) % stride;
        for (long wrong :
                new long[] {
                    0,
                    1,
                    -1,
                    Long.MIN_VALUE,
                    Long.MAX_VALUE,
                    slot + 1,
                    slot + Integer.BYTES,
                    slot + Long.BYTES,
                    slot + ReaderSlots.WORDS * Long.BYTES,
                    slot - ReaderSlots.WORDS * Long.BYTES,
                    slot - 64 * stride,
                    slot + (1L << 62),
                    behind + offset,
                    behind + 64 * stride + offset,
                    memory.base(),
                    memory.base() - stride + offset
                }) {
            assertFalse(slots.free(wrong), () -> "slot " + slot + ", freed " + wrong);
        }
        assertEquals(1, slots.claimed());

        assertTrue(slots.free(slot));
        assertFalse(slots.free(slot));
    }

    @Test
    void neighboursInOneMemoryAreIndependent() {
        ReaderSlots others = new ReaderSlots(memory.allocate(ReaderSlots.WORDS));
        long slot = claim(slots);
        long other = claim(others);

        assertNotEquals(slot, other);
        assertFalse(slots.free(other));
        assertFalse(others.free(slot));
        assertTrue(slots.free(slot));
        assertEquals(1, others.claimed());
        assertTrue(others.free(other));
    }

    @Test
    void noneIsClaimedWithoutRseq() {
        CounterMemory off = memory(IndexMode.CPU_ID, Threads.NONE);

        assertEquals(
                ReaderSlots.NONE,
                new ReaderSlots(off.allocate(ReaderSlots.WORDS))
                        .claim(Thread.currentThread(), EPOCH));
    }
}
