// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.proofs;

/**
 * Who reads in a model of RCU.
 *
 * @param name the kind
 * @param slots how many readers have slots
 * @param counted how many are counted
 * @param byThread whether the slots are those of threads, not of CPUs
 * @param sections how often each reads, one section after the other
 */
record RcuReaders(String name, int slots, int counted, boolean byThread, int sections) {

    /** What the writer does. */
    enum Writer {
        /** It updates once, and frees the item if it sees no reader. */
        ONCE,
        /** It is said never to free it. */
        NEVER_FREES,
        /** It updates twice, and waits for a grace period each time. */
        TWICE
    }

    /** A step that a model may say is never taken. */
    static final String FREED = "the item is freed";

    int all() {
        return slots + counted;
    }
}
