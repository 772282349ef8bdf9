// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CounterStrideTest {

    @ParameterizedTest
    @CsvSource({"1, 65536", "600, 65536", "8184, 65536", "8185, 131072", "134217720, 1073741824"})
    void aRowHasTheDefaultStrideUnlessItNeedsMore(int size, int strideBytes) {
        assertEquals(strideBytes, CpuCounters.strideBytes(size));
    }
}
