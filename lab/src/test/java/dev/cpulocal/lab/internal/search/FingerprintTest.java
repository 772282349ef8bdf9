// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Different states have different fingerprints, as many as there are. */
class FingerprintTest {

    private static final int WORDS = 5;
    private static final int STATES = 1 << 20;

    /** States as programs have them: most bits are 0, and they count. */
    private static long[] state(int number) {
        long[] state = new long[WORDS];
        for (int i = 0; i < Integer.SIZE; i++) {
            state[i % WORDS] |= (long) (number >>> i & 1) << (11 * (i / WORDS));
        }
        return state;
    }

    private static int count(long mask) {
        Set<Long> fingerprints = new HashSet<>();
        for (int i = 0; i < STATES; i++) {
            fingerprints.add(FingerprintSet.fingerprint(state(i), WORDS) & mask);
        }
        return fingerprints.size();
    }

    @Test
    void statesAreToldApart() {
        assertEquals(STATES, count(-1));
    }

    /** Of n states, about n²/2^33 pairs have the same one: 128, so the test would notice. */
    @Test
    void halfOfTheBitsWouldNotSuffice() {
        assertTrue(count(-1L >>> Integer.SIZE) < STATES);
        assertTrue(count(-1L << Integer.SIZE) < STATES);
    }

    @Test
    void bitsAreSpreadAsIfByChance() {
        assertEquals(STATES - 128, count(-1L >>> Integer.SIZE), 64);
        assertEquals(STATES - 128, count(-1L << Integer.SIZE), 64);
    }

    @Test
    void wordsBehindTheStateDoNotMatter() {
        long[] state = state(12345);
        long before = FingerprintSet.fingerprint(state, WORDS - 1);
        state[WORDS - 1]++;

        assertEquals(before, FingerprintSet.fingerprint(state, WORDS - 1));
    }
}
