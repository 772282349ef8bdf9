// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class MemoryFootprintTest {

    private static final int COUNTERS = 2_000;

    @Test
    @Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void everyKindIsMeasuredAndNoObjectIsSmallerThanItsFields() throws Exception {
        List<MemoryFootprint.Footprint> all = MemoryFootprint.measure(COUNTERS, 1);

        assertEquals(
                List.of(MemoryFootprint.Kind.values()),
                all.stream().map(MemoryFootprint.Footprint::kind).toList());
        all.forEach(footprint -> assertTrue(footprint.bytes() >= Long.BYTES, footprint::toString));

        MemoryFootprint.Footprint atomic = of(MemoryFootprint.Kind.ATOMIC_LONG, all);
        MemoryFootprint.Footprint calm = of(MemoryFootprint.Kind.LONG_ADDER, all);
        MemoryFootprint.Footprint busy = of(MemoryFootprint.Kind.CONTENDED_LONG_ADDER, all);
        // A header and a long, to within what else the JVM keeps.
        assertEquals(20, atomic.heapBytes().median(), 5);
        assertEquals(0, calm.cells().high());
        assertTrue(
                busy.heapBytes().median()
                        >= calm.heapBytes().median() + busy.cells().median() * Long.BYTES,
                busy::toString);
        assertTrue(MemoryFootprint.markdown(all).contains("| 2000 CpuCounters, a row |"));
    }

    private static MemoryFootprint.Footprint of(
            MemoryFootprint.Kind kind, List<MemoryFootprint.Footprint> all) {
        return all.stream().filter(footprint -> footprint.kind() == kind).findFirst().orElseThrow();
    }
}
