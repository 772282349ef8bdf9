// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OffsetsTest {

    private static final int FIRST = 64;
    private static final int END = 4096;

    private record Block(int offset, int bytes) {}

    private final Offsets offsets = new Offsets(FIRST, END);

    /** The model: which bytes are taken. */
    private final BitSet taken = new BitSet();

    /** First fit in the model. */
    private int firstFit(int bytes, int alignment) {
        for (int offset = FIRST; offset <= END - bytes; offset++) {
            int used = taken.nextSetBit(offset);
            if (offset % alignment == 0 && (used < 0 || used >= offset + bytes)) {
                return offset;
            }
        }
        return -1;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void blocksAreThoseOfTheModel(long seed) {
        Random random = new Random(seed);
        List<Block> blocks = new ArrayList<>();
        int refused = 0;
        for (int i = 0; i < 3000; i++) {
            if (blocks.isEmpty() || random.nextInt(5) < 3) {
                int bytes = 8 * (1 + random.nextInt(random.nextInt(10) == 0 ? 100 : 8));
                int alignment = 8 << random.nextInt(5);
                int offset = offsets.take(bytes, alignment);
                assertEquals(firstFit(bytes, alignment), offset);
                if (offset >= 0) {
                    taken.set(offset, offset + bytes);
                    blocks.add(new Block(offset, bytes));
                } else {
                    refused++;
                }
            } else {
                give(blocks.remove(random.nextInt(blocks.size())));
            }
            assertEquals(END - FIRST - taken.cardinality(), offsets.freeBytes());
        }
        assertTrue(refused > 0);

        blocks.forEach(this::give);

        assertEquals(END - FIRST, offsets.freeBytes());
        assertEquals(FIRST, offsets.take(END - FIRST, 8));
        assertEquals(-1, offsets.take(8, 8));
    }

    private void give(Block block) {
        offsets.give(block.offset, block.bytes);
        taken.clear(block.offset, block.offset + block.bytes);
    }

    @Test
    void blockLargerThanAllIsRefused() {
        assertEquals(-1, offsets.take(END, 8));
        assertEquals(-1, offsets.take(Integer.MAX_VALUE, 8));
        assertEquals(-1, new Offsets(FIRST, 1 << 30).take(8, 1 << 30));
        assertEquals(END - FIRST, offsets.freeBytes());
    }
}
