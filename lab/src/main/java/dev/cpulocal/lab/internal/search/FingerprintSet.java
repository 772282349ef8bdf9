// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.search;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/** A set of 64-bit fingerprints outside the heap, for several threads. */
final class FingerprintSet implements AutoCloseable {

    /*
     * A table of 64-bit words, a power of two of them, 0 for an empty one. A fingerprint lies at the
     * place that its upper bits say or the next free one after it; it is put there by compare-and-set.
     * Nothing is ever removed. The table doubles while nobody adds: the search sees to it that it is
     * never much more than half full, so that a search for a free place ends soon.
     *
     * Two states with one fingerprint are taken for one. With n states the chance that there is such a
     * pair is n²/2^65, so below one in a million up to six million states. Verdicts tell it.
     */

    private static final VarHandle WORD = JAVA_LONG.varHandle();
    private static final int FIRST_BITS = 16;

    private Arena arena = Arena.ofShared();
    private MemorySegment table;
    private int bits = FIRST_BITS;

    FingerprintSet() {
        this.table = arena.allocate(JAVA_LONG, 1L << bits);
    }

    /**
     * {@return a fingerprint of a state; never 0}
     *
     * @param state the state
     * @param words how many words of it are kept
     */
    static long fingerprint(long[] state, int words) {
        long hash = 0x9E3779B97F4A7C15L;
        for (int i = 0; i < words; i++) {
            hash = (hash ^ state[i]) * 0xBF58476D1CE4E5B9L;
            hash ^= hash >>> 32;
        }
        hash *= 0x94D049BB133111EBL;
        hash ^= hash >>> 29;
        return hash == 0 ? 1 : hash;
    }

    /**
     * {@return any number} Reads where a fingerprint would be, so that this part of the table is
     * near when it is added: many such reads can be under way at once, but additions come one by
     * one.
     */
    long touch(long fingerprint) {
        return (long) WORD.get(table, fingerprint >>> -bits << 3);
    }

    /** {@return whether it was not there yet} */
    boolean add(long fingerprint) {
        long mask = (1L << bits) - 1;
        long place = fingerprint >>> -bits;
        while (true) {
            long found = (long) WORD.get(table, place << 3);
            if (found == 0) {
                found = (long) WORD.compareAndExchange(table, place << 3, 0L, fingerprint);
                if (found == 0) {
                    return true;
                }
            }
            if (found == fingerprint) {
                return false;
            }
            place = place + 1 & mask;
        }
    }

    /** {@return how many it can have before it must grow} */
    long limit() {
        return (1L << bits) / 8 * 5;
    }

    /** {@return how much memory it has} */
    long bytes() {
        return (long) Long.BYTES << bits;
    }

    /** {@return how much memory it has while it grows} */
    long bytesToGrow() {
        return 3 * bytes();
    }

    /** Doubles it. Nobody may add meanwhile. */
    void grow() {
        MemorySegment old = table;
        Arena oldArena = arena;
        arena = Arena.ofShared();
        bits++;
        table = arena.allocate(JAVA_LONG, 1L << bits);
        for (long i = 0; i < old.byteSize(); i += Long.BYTES) {
            long fingerprint = (long) WORD.get(old, i);
            if (fingerprint != 0) {
                add(fingerprint);
            }
        }
        oldArena.close();
    }

    /** Gives its memory back, if it has not done so yet. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
