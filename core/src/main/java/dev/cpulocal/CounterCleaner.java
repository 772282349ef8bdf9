// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import dev.cpulocal.internal.CounterMemory;
import java.lang.ref.Cleaner;

/** Frees the words of counters that nobody can reach any more. */
final class CounterCleaner {

    private static final Cleaner CLEANER = Cleaner.create();

    private CounterCleaner() {}

    static void freeWithout(Object counter, CounterMemory memory, int offset, int words) {
        freeWithout(counter, new CounterMemory.Block(memory, offset, words)::free);
    }

    static void freeWithout(Object counter, Runnable free) {
        CLEANER.register(counter, free);
    }
}
