// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.CpuMemory;
import dev.cpulocal.IndexMode;
import dev.cpulocal.Rseq.Threads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdderTest {

    @ParameterizedTest
    @EnumSource
    void memoryOfTheUsualStrideIsAddedToByAConstantHandle(IndexMode index) {
        CounterMemory memory = new CounterMemory(Engine.of(index), CpuMemory.DEFAULT_STRIDE_BYTES);
        assertTrue(memory.adder().isConstant());
        addAndCompare(memory);
    }

    @ParameterizedTest
    @ValueSource(ints = {CpuMemory.MIN_STRIDE_BYTES, 2 * CpuMemory.DEFAULT_STRIDE_BYTES})
    void memoryOfAnotherStrideHasAHandleOfItsOwn(int strideBytes) {
        CounterMemory memory = new CounterMemory(Engine.of(IndexMode.CPU_ID), strideBytes);
        assertFalse(memory.adder().isConstant());
        addAndCompare(memory);
    }

    @Test
    void anotherEngineHasAHandleOfItsOwn() {
        Engine delayed = Engine.of(IndexMode.CPU_ID, Threads.ALL).with(new Target.Injection(1, 10));
        CounterMemory memory = new CounterMemory(delayed, CpuMemory.DEFAULT_STRIDE_BYTES);
        assertFalse(memory.adder().isConstant());
        addAndCompare(memory);
    }

    private static void addAndCompare(CounterMemory memory) {
        int offset = memory.allocate(1).offset();
        for (int i = 1; i <= 10_000; i++) {
            long result = memory.adder().add(memory.base(), offset, i);
            if (result != 0) {
                memory.addAfter(result, offset, i);
            }
        }
        assertEquals(50_005_000, memory.sum(offset));
    }
}
