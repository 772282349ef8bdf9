// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Objects that are due are discarded, whatever what is done to them throws. */
class CpuPoolDiscardTest {

    private static final int COUNT = 3;

    private static void fail(Object object) {
        throw new UnsupportedOperationException(object.toString());
    }

    @Test
    void allThatAreReleasedToAClosedPoolAreDiscardedThoughEachThrows() {
        CpuPool<Object> pool =
                CpuPool.builder(Object::new).onDiscard(CpuPoolDiscardTest::fail).build();
        List<CpuPool.Slot<Object>> slots = pool.acquireAll(COUNT);
        pool.close();

        Throwable thrown =
                assertThrows(UnsupportedOperationException.class, () -> pool.releaseAll(slots));

        assertEquals(COUNT - 1, thrown.getSuppressed().length);
        assertEquals(COUNT, pool.statistics().discarded());
        assertEquals(0, pool.pooledCount());
    }
}
