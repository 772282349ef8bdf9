// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cpulocal.internal.Errno;
import dev.cpulocal.internal.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;

/** Signals and page faults on demand: {@code storm.c} and {@code pager.c}. One at a time. */
public final class Hostile {

    private static final SymbolLookup LIBRARY = load();

    private Hostile() {}

    @SuppressWarnings("restricted")
    private static SymbolLookup load() {
        return SymbolLookup.libraryLookup(Gcc.library("storm.c", "pager.c"), Arena.global());
    }

    private static long call(String function, long... arguments) {
        return Libc.call(LIBRARY.findOrThrow(function), arguments);
    }

    private static void check(String function, long... arguments) {
        long result = call(function, arguments);
        assertEquals(0, result, () -> function + ": " + Errno.name((int) -result));
    }

    /** Signals the calling thread, and again after a respite since the last signal. */
    static final class SignalStorm implements AutoCloseable {

        private final long before = delivered();

        SignalStorm(long respiteNanos) {
            check("storm_start", respiteNanos);
        }

        private static long delivered() {
            return call("storm_delivered");
        }

        /** {@return how many signals were handled} */
        long signals() {
            return delivered() - before;
        }

        @Override
        public void close() {
            check("storm_stop");
        }
    }

    /** Pages out on demand; the page comes back with its content when it is touched. */
    public static final class Pager {

        /** Takes charge of the page at an address. */
        public Pager(long address) {
            long result = call("pager_start", address);
            assumeTrue(
                    result != -Errno.ENOSYS && result != -Errno.EPERM,
                    () -> "userfaultfd fails with " + Errno.name((int) -result));
            assertEquals(0, result, () -> "pager_start: " + Errno.name((int) -result));
        }

        /** Takes the page away until it is touched. */
        public void evict() {
            check("pager_evict");
        }

        /** {@return how often a thread had to wait for a page} */
        public long fetches() {
            return call("pager_fetched");
        }
    }
}
