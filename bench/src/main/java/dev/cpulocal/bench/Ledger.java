// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** Knows how much every thread added, and compares it with what the counters say. */
final class Ledger {

    private final Counting counting;
    private final int counters;
    private final boolean counts;
    private final AtomicLong added = new AtomicLong();

    /**
     * Opens the ledger.
     *
     * @param counting the counters, all 0
     * @param counters how many
     * @param counts whether they count at all
     */
    Ledger(Counting counting, int counters, boolean counts) {
        this.counting = counting;
        this.counters = counters;
        this.counts = counts;
    }

    /** Notes what a thread added. */
    void enter(long count) {
        added.addAndGet(count);
    }

    /**
     * Compares, when no thread adds any more.
     *
     * @throws IllegalStateException if an addition was lost or counted twice
     */
    void check() {
        long expected = counts ? added.get() : 0;
        long sum = IntStream.range(0, counters).mapToLong(counting::sum).sum();
        if (sum != expected) {
            throw new IllegalStateException(
                    "sum: "
                            + sum
                            + " (expected: "
                            + expected
                            + ", which is what the threads added)");
        }
    }
}
