// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.cpulocal.Rseq.Threads;
import dev.cpulocal.internal.Engine;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * librseq's {@code basic_percpu_ops_test} and {@code basic_percpu_ops_mm_cid_test}: 200 threads,
 * half of them virtual, with 200 repetitions instead of 5000.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class LibrseqBasicPercpuOpsTest {

    private static final int THREADS = 200;
    private static final int REPETITIONS = 200;

    private static void assertNothingLost(IndexMode index, Family.Name name) throws Exception {
        Engine engine = Engine.of(index, Threads.ALL);
        assertEquals(Threads.ALL, engine.threads(), "rseq is available");
        Family family = name.real(new CpuMemory(engine, CpuMemory.MIN_STRIDE_BYTES));
        Workers.runMixed(
                THREADS,
                thread -> {
                    for (int i = 0; i < REPETITIONS; i++) {
                        family.step();
                    }
                    return thread;
                });
        assertEquals(0, family.lost((long) THREADS * REPETITIONS));
    }

    @ParameterizedTest
    @EnumSource
    void percpuSpinlockSumIsExact(IndexMode index) throws Exception {
        assertNothingLost(index, Family.Name.SPINLOCK);
    }

    @ParameterizedTest
    @EnumSource
    void percpuListShuffleKeepsEveryNode(IndexMode index) throws Exception {
        assertNothingLost(index, Family.Name.LIST);
    }
}
