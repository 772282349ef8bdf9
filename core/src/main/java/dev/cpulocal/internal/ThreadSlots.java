// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Some words, of which each thread has one for a read section, by its number. */
class ThreadSlots {

    /*
     * A slot is 0 when it is free. A section claims its thread's by one atomic instruction, which stores
     * in which epoch it began, and frees it by a plain store of 0, on whatever thread it is then.
     *
     * Where threads are few and live long, a slot stays in the cache of the CPU that its thread runs on,
     * and the atomic instruction takes less time than a call of machine code. So this is for platform
     * threads, and for all where there is no machine code. A virtual thread is new, and would begin with
     * a slot that another CPU has used last; a pool's threads have numbers in a row, and so different
     * slots, but two whose numbers are a multiple of 64 apart share one, as do a section and another
     * around it: then the claim fails, and the section has to go elsewhere.
     *
     * Slots are so far apart that no two are in one line of a cache, or in a pair of lines.
     */

    /** How many there are. */
    static final int SLOTS = 64;

    /** The answer of {@link #claim} if it is taken. */
    static final int NONE = -1;

    private static final int SHIFT = 4;
    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] words = new long[SLOTS << SHIFT];

    /**
     * Claims the slot of a thread, before everything that the caller does afterwards.
     *
     * @param thread the caller
     * @param epoch what to store in it, positive
     * @return its number; or {@link #NONE}
     */
    int claim(Thread thread, long epoch) {
        int slot = (int) thread.threadId() & (SLOTS - 1);
        return WORD.compareAndSet(words, slot << SHIFT, 0L, epoch) ? slot : NONE;
    }

    /**
     * Frees a slot, after everything that the caller did before.
     *
     * @param slot its number, from 0 on
     * @return whether it was claimed
     */
    boolean free(int slot) {
        int at = slot << SHIFT;
        if ((long) WORD.getOpaque(words, at) == 0) {
            return false;
        }
        WORD.setRelease(words, at, 0L);
        return true;
    }

    /**
     * {@return whether all sections have ended that began before an epoch} Those that were visible
     * to the caller happen before what it does next.
     */
    boolean areFreeBefore(long epoch) {
        return claimedBefore(epoch) == 0;
    }

    /** {@return how many are claimed, as far as can be seen} */
    long claimed() {
        return claimedBefore(Long.MAX_VALUE);
    }

    private long claimedBefore(long epoch) {
        long claimed = 0;
        for (int at = 0; at < words.length; at += 1 << SHIFT) {
            long began = (long) WORD.getAcquire(words, at);
            claimed += began != 0 && began < epoch ? 1 : 0;
        }
        return claimed;
    }
}
