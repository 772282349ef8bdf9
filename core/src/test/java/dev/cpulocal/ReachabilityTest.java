// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.CpuMemory.Item;
import dev.cpulocal.internal.CounterMemory;
import dev.cpulocal.internal.Engine;
import dev.cpulocal.internal.Ranges;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Memory lives exactly as long as something can use it. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ReachabilityTest {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    interface Add {
        long add(Item item, long count);
    }

    /** What a test keeps of a memory, and where the memory is. */
    private record Kept(Object kept, long address) {}

    /** Large, so that nothing else is mapped over all of where it was. */
    private static CpuMemory newMemory() {
        return CpuMemory.create(IndexMode.CPU_ID, CpuMemory.MAX_STRIDE_BYTES);
    }

    private static long address(CpuMemory memory) {
        return memory.internals().base() + CpuMemory.MAX_STRIDE_BYTES / 2;
    }

    private static Kept keepFunction() {
        CpuMemory memory = newMemory();
        Add add = memory.bind(Sequences.LOAD_ADD_STORE, Add.class, MethodHandles.lookup());
        return new Kept(add, address(memory));
    }

    private static Kept keepItem() {
        CpuMemory memory = newMemory();
        return new Kept(memory.allocate(8), address(memory));
    }

    private static Kept keepNothing() {
        CpuMemory memory = newMemory();
        Add add = memory.bind(Sequences.LOAD_ADD_STORE, Add.class, MethodHandles.lookup());
        Item item = memory.allocate(8);
        assertEquals(Result.COMMITTED, add.add(item, 1));
        assertEquals(Result.COMMITTED, memory.execute(0, Sequences.LOAD_ADD_STORE, item, 1));
        return new Kept("nothing", address(memory));
    }

    private static boolean isMapped(long address) {
        try {
            return Files.readAllLines(Path.of("/proc/self/maps")).stream()
                    .map(line -> line.split("[- ]", 3))
                    .anyMatch(ends ->
                            Long.parseUnsignedLong(ends[0], 16) <= address
                                    && Long.parseUnsignedLong(ends[1], 16) > address);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean collectedUntil(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            System.gc();
            Thread.sleep(20);
        }
        return true;
    }

    /** Collects until memory that was made later, and which nothing keeps, is unmapped. */
    private static void collect() throws InterruptedException {
        long later = keepNothing().address;
        assertTrue(collectedUntil(() -> !isMapped(later)));
    }

    @Test
    void memoryIsUnmappedWhenNothingReachesIt() throws Exception {
        long address = keepNothing().address;

        assertTrue(collectedUntil(() -> !isMapped(address)));
    }

    @Test
    void boundFunctionKeepsItsMemory() throws Exception {
        Kept kept = keepFunction();
        try {
            collect();

            assertTrue(isMapped(kept.address));
        } finally {
            Reference.reachabilityFence(kept.kept);
        }
    }

    @Test
    void itemKeepsItsMemory() throws Exception {
        Kept kept = keepItem();
        try {
            collect();

            assertTrue(isMapped(kept.address));
        } finally {
            Reference.reachabilityFence(kept.kept);
        }
    }

    @Test
    void memoryIsUnmappedAfterItsFunctionIsGone() throws Exception {
        long address = keepFunction().address;

        assertTrue(collectedUntil(() -> !isMapped(address)));
    }

    @Test
    void freedItemKeepsNothing() throws Exception {
        CpuMemory memory = newMemory();
        Item item = memory.allocate(8);
        long address = address(memory);
        memory.free(item);
        memory = CpuMemory.create();

        assertTrue(collectedUntil(() -> !isMapped(address)));
        assertTrue(item.toString().endsWith("freed"));
        assertEquals(IndexMode.CPU_ID, memory.indexMode());
    }

    @Test
    void wordsOfCountersThatNobodyReachesAreUsedAgain() throws Exception {
        CounterMemory memory =
                new CounterMemory(Engine.of(IndexMode.CPU_ID), CpuMemory.MIN_STRIDE_BYTES);
        int all = (CpuMemory.MIN_STRIDE_BYTES - Ranges.HEADER_BYTES) / CounterMemory.WORD_BYTES;
        int offset = memory.allocate(all).offset();
        memory.adder().add(memory.base(), offset, 5);
        memory.addAfter(Result.UNREGISTERED, offset + 8L, 5);
        CounterCleaner.freeWithout(new Object(), memory, offset, all);

        assertTrue(collectedUntil(() -> memory.allocate(all).offset() == offset));
        assertEquals(0, memory.sum(offset) | memory.sum(offset + 8));
        assertEquals(-1, memory.allocate(1).offset());
    }
}
