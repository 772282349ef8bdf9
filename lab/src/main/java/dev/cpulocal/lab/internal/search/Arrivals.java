// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.search;

/** States that a thread has come to, and of which it is not known yet whether they are new. */
final class Arrivals {

    /*
     * Most steps lead to states that were seen before, and most of those a short while ago, on another
     * way: steps of two CPUs lead to the same state in either order. So a thread remembers the
     * fingerprints it met last, each until another one takes its place, in a table that stays in its
     * CPU's cache. What is found there needs no look at the set of all states seen, which is in memory.
     *
     * The others are collected, and looked for many at a time: first one read for each at the place
     * where it would be, then one after the other is added. The reads do not depend on each other, so a
     * CPU has several under way at once; additions are under way one by one.
     */

    /** Is told of states that were not seen before. */
    interface Sink {
        void found(long[] state);
    }

    private static final int BATCH = 64;
    private static final int RECENT = 1 << 14;

    private final FingerprintSet seen;
    private final Sink sink;
    private final int words;
    private final long[] state;
    private final long[] states;
    private final long[] fingerprints = new long[BATCH];
    private final long[] recent = new long[RECENT];
    private int size;

    /** Nobody reads it; it keeps the reads that fill it from being left out. */
    private long touched;

    /**
     * None yet.
     *
     * @param seen the states seen
     * @param words how many words a state has
     * @param sink who is told of new ones
     */
    Arrivals(FingerprintSet seen, int words, Sink sink) {
        this.seen = seen;
        this.sink = sink;
        this.words = words;
        this.state = new long[words];
        this.states = new long[BATCH * words];
    }

    /** {@return how many of those may be new that were not looked for yet} */
    int size() {
        return size;
    }

    /** Adds a state. */
    void add(long[] next) {
        long fingerprint = FingerprintSet.fingerprint(next, words);
        int place = (int) fingerprint & RECENT - 1;
        if (recent[place] != fingerprint) {
            recent[place] = fingerprint;
            System.arraycopy(next, 0, states, size * words, words);
            fingerprints[size++] = fingerprint;
            if (size == BATCH) {
                look();
            }
        }
    }

    /** Looks for all that were added. */
    void look() {
        for (int i = 0; i < size; i++) {
            touched += seen.touch(fingerprints[i]);
        }
        for (int i = 0; i < size; i++) {
            if (seen.add(fingerprints[i])) {
                System.arraycopy(states, i * words, state, 0, words);
                sink.found(state);
            }
        }
        size = 0;
    }

    /** {@return something that depends on all reads of the set} */
    long touched() {
        return touched;
    }
}
