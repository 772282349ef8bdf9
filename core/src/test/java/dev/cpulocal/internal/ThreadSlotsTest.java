// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ThreadSlotsTest {

    private static final long EPOCH = 7;

    private final ThreadSlots slots = new ThreadSlots();

    private static Thread thread() {
        return Thread.ofPlatform().unstarted(() -> {});
    }

    @Test
    void slotIsClaimedUntilItIsFreed() {
        Thread thread = thread();
        int slot = slots.claim(thread, EPOCH);

        assertNotEquals(ThreadSlots.NONE, slot);
        assertEquals(1, slots.claimed());
        assertFalse(slots.areFreeBefore(EPOCH + 1));
        assertTrue(slots.areFreeBefore(EPOCH));
        assertEquals(ThreadSlots.NONE, slots.claim(thread, EPOCH));

        assertTrue(slots.free(slot));
        assertFalse(slots.free(slot));
        assertEquals(0, slots.claimed());
        assertTrue(slots.areFreeBefore(Long.MAX_VALUE));
        assertEquals(slot, slots.claim(thread, EPOCH + 1));
    }

    @Test
    void threadsThatWereMadeOneAfterTheOtherHaveDifferentSlots() {
        Set<Integer> claimed = new HashSet<>();
        long first = thread().threadId();
        for (int i = 0; i < ThreadSlots.SLOTS; i++) {
            Thread thread = thread();
            if (thread.threadId() - first > ThreadSlots.SLOTS) {
                break;
            }
            assertTrue(claimed.add(slots.claim(thread, EPOCH)));
        }

        assertTrue(claimed.size() > 1);
        assertEquals(claimed.size(), slots.claimed());
        claimed.forEach(slot -> assertTrue(slots.free(slot)));
        assertEquals(0, slots.claimed());
    }
}
