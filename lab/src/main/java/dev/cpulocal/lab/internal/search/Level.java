// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.search;

import java.util.ArrayList;
import java.util.List;

/** States that wait to be looked at, in blocks. */
final class Level {

    private static final int BLOCK_WORDS = 1 << 11;

    /** Some states, one after the other. */
    static final class Block {
        private final long[] words;
        private final int size;
        private int used;

        private Block(int size) {
            this.size = size;
            this.words = new long[Math.max(BLOCK_WORDS / size, 1) * size];
        }

        int states() {
            return used / size;
        }

        void get(int index, long[] state) {
            System.arraycopy(words, index * size, state, 0, size);
        }

        boolean isFull() {
            return used == words.length;
        }

        void add(long[] state) {
            System.arraycopy(state, 0, words, used, size);
            used += size;
        }
    }

    private final int size;
    private final List<Block> blocks = new ArrayList<>();
    private long states;

    /**
     * Nothing yet.
     *
     * @param size how many words a state has
     */
    Level(int size) {
        this.size = size;
    }

    Block newBlock() {
        return new Block(size);
    }

    /** Takes over a block. */
    synchronized void add(Block block) {
        if (block.used > 0) {
            blocks.add(block);
            states += block.states();
        }
    }

    List<Block> blocks() {
        return blocks;
    }

    long states() {
        return states;
    }

    long bytes() {
        return (long) blocks.size() * BLOCK_WORDS * Long.BYTES;
    }
}
