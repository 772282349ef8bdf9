// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** That both can be called; what they order is jcstress's to see, and RCU's tests. */
class AsymmetricFenceTest {

    @Test
    void isAvailableWhereMembarrierIs() {
        assertEquals(
                Membarrier.availability(Membarrier.Command.PRIVATE_EXPEDITED).isAvailable(),
                AsymmetricFence.availability().isAvailable());
        assertTrue(
                !AsymmetricFence.availability().isAvailable()
                        || Membarrier.call(Membarrier.Command.PRIVATE_EXPEDITED, 0, 0) == 0);
    }

    @Test
    void bothSidesReturn() {
        AsymmetricFence.light();
        AsymmetricFence.heavy();
        AsymmetricFence.light();
    }
}
