// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static dev.cpulocal.Thrown.assertThrown;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.cpulocal.internal.Ranges;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a list for each CPU does, in every mode alike. */
class CpuListTest extends StructureContract {

    private static final int NODES = 100;
    private static final int OPERATIONS = 2_000;

    private final CpuList list;

    CpuListTest(Mode mode) {
        super(mode);
        list = new CpuList(memory, NODES);
    }

    /** Drains all lists; {@return the nodes in the order of their numbers}. */
    private int[] drainAll() {
        return IntStream.range(0, memory.ranges())
                .flatMap(range -> Arrays.stream(list.drain(range)))
                .sorted()
                .toArray();
    }

    @Test
    void newListIsEmptyOnEveryRange() {
        assertEquals(NODES, list.nodes());
        assertEquals(CpuList.EMPTY, list.pop());
        for (int range = 0; range < memory.ranges(); range++) {
            assertEquals(CpuList.EMPTY, list.popFrom(range));
            assertEquals(0, list.drain(range).length);
        }
    }

    @Test
    void nodesComeBackLastInFirstOut() {
        for (int range = 0; range < memory.ranges(); range++) {
            for (int node : new int[] {7, 0, NODES - 1}) {
                list.pushTo(range, node);
            }
            for (int node : new int[] {NODES - 1, 0, 7, CpuList.EMPTY}) {
                assertEquals(node, list.popFrom(range));
            }
        }
    }

    @Test
    void pushPutsANodeOnOneList() {
        for (int node = 0; node < NODES; node++) {
            list.push(node);
        }

        assertArrayEquals(IntStream.range(0, NODES).toArray(), drainAll());
    }

    @Test
    void popTakesTheNodePushedLastOnItsCpu() {
        for (int range = 0; range < memory.ranges(); range++) {
            list.pushTo(range, 2 * range);
            list.pushTo(range, 2 * range + 1);
        }

        int node = list.pop();

        assertEquals(1, node % 2);
        assertArrayEquals(new int[] {node - 1}, list.drain(node / 2));
    }

    @Test
    void drainTakesAllNodesOfOneRangeInTheOrderOfPops() {
        for (int node = 0; node < NODES - 1; node++) {
            list.pushTo(0, node);
        }
        int last = memory.ranges() - 1;
        list.pushTo(last, NODES - 1);

        int[] drained = list.drain(0);

        int[] expected =
                IntStream.iterate(last == 0 ? NODES - 1 : NODES - 2, node -> node >= 0, n -> n - 1)
                        .toArray();
        assertArrayEquals(expected, drained);
        assertEquals(CpuList.EMPTY, list.popFrom(0));
        assertEquals(last == 0 ? CpuList.EMPTY : NODES - 1, list.popFrom(last));
    }

    @Test
    void listsOfOneMemoryAreIndependent() {
        CpuList other = new CpuList(memory, NODES);
        list.pushTo(0, 1);

        assertEquals(CpuList.EMPTY, other.popFrom(0));
        assertEquals(1, list.popFrom(0));
    }

    @Test
    void nodeThatIsPushedTwiceDamagesItsListAndNothingElse() {
        CpuList other = new CpuList(memory, NODES);
        other.pushTo(0, 5);
        list.pushTo(0, 1);
        list.pushTo(0, 1);

        assertEquals(NODES, list.drain(0).length);
        assertEquals(CpuList.EMPTY, list.popFrom(0));
        assertArrayEquals(new int[] {5}, other.drain(0));
    }

    @Test
    void nodeThatDoesNotExistIsRefused() {
        for (int node : new int[] {-1, NODES, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            String message = "node: " + node + " (expected: 0 to " + (NODES - 1) + ")";
            Class<IndexOutOfBoundsException> type = IndexOutOfBoundsException.class;
            assertThrown(type, message, () -> list.push(node));
            assertThrown(type, message, () -> list.pushTo(0, node));
        }
        assertEquals(0, drainAll().length);
    }

    @Test
    void rangeThatDoesNotExistIsRefused() {
        for (int range : noRanges()) {
            String message = "range: " + range + " (expected: 0 to " + (memory.ranges() - 1);
            Class<IllegalArgumentException> type = IllegalArgumentException.class;
            assertThrown(type, message, () -> list.pushTo(range, 1));
            assertThrown(type, message, () -> list.popFrom(range));
            assertThrown(type, message, () -> list.drain(range));
        }
    }

    @Test
    void numberOfNodesIsBoundedByTheRange() {
        CpuMemory fresh = new CpuMemory(mode.engine(), STRIDE);
        int most = (STRIDE - Ranges.HEADER_BYTES) / 8 - 1;
        for (int nodes : new int[] {0, -1, most + 1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertThrown(
                    IllegalArgumentException.class,
                    "nodes: " + nodes + " (expected: 1 to " + most + ")",
                    () -> new CpuList(fresh, nodes));
        }
        CpuList whole = new CpuList(fresh, most);
        whole.pushTo(0, most - 1);
        whole.pushTo(0, 0);
        assertArrayEquals(new int[] {0, most - 1}, whole.drain(0));
        assertThrown(IllegalStateException.class, "memory is full", () -> new CpuList(fresh, 1));
    }

    @Test
    void noNodeIsLostOrDoubledWhileListsAreDrained() throws Exception {
        for (int node = 0; node < NODES; node++) {
            list.pushTo(node % memory.ranges(), node);
        }
        Workers.runMixed(
                Workers.count(),
                thread -> {
                    for (int i = 0; i < OPERATIONS; i++) {
                        if (i % 64 == 0) {
                            moveAll(i / 64 % memory.ranges(), thread % memory.ranges());
                        } else {
                            moveOne();
                        }
                    }
                    return thread;
                });

        assertArrayEquals(IntStream.range(0, NODES).toArray(), drainAll());
    }

    private void moveOne() {
        int node = list.pop();
        if (node != CpuList.EMPTY) {
            Thread.onSpinWait();
            list.push(node);
        }
    }

    private void moveAll(int from, int to) {
        for (int node : list.drain(from)) {
            list.pushTo(to, node);
        }
    }
}
