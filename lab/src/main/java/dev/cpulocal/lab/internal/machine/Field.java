// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.machine;

/** Some bits of a state. */
public final class Field {

    /** A value does not fit: the layout must give its group more bits. */
    public static final class Overflow extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final int group;

        Overflow(int group) {
            super("group " + group + " of fields overflows", null, false, false);
            this.group = group;
        }

        public int group() {
            return group;
        }
    }

    /** Nothing: no bits, so it is always 0. */
    static final Field NONE = new Field(0, 0, 0, -1);

    private final int word;
    private final int shift;
    private final int unused;
    private final long mask;
    private final int group;

    /**
     * Bits of one word.
     *
     * @param word which
     * @param shift the lowest bit
     * @param bits how many, up to 64
     * @param group what is widened together
     */
    Field(int word, int shift, int bits, int group) {
        this.word = word;
        this.shift = shift;
        this.unused = Long.SIZE - Math.max(1, bits);
        this.mask = bits == 0 ? 0 : -1L >>> unused << shift;
        this.group = group;
    }

    /** {@return the number, with its sign} */
    long get(long[] state) {
        return state[word] << (unused - shift) >> unused;
    }

    /** {@return the number, without sign} */
    int count(long[] state) {
        return (int) ((state[word] & mask) >>> shift);
    }

    /** Stores a number with a sign; one that does not fit is an {@link Overflow}. */
    void set(long[] state, long value) {
        if (value << unused >> unused != value) {
            throw new Overflow(group);
        }
        state[word] = (state[word] & ~mask) | (value << shift & mask);
    }

    /** Stores a number without sign that is known to fit. */
    void setCount(long[] state, int value) {
        state[word] = (state[word] & ~mask) | ((long) value << shift);
    }

    /** Takes over what another field holds; its group must be the same. */
    void copy(long[] state, Field from) {
        long bits = (state[from.word] & from.mask) >>> from.shift;
        state[word] = (state[word] & ~mask) | (bits << shift);
    }

    /** Stores 0. */
    void clear(long[] state) {
        state[word] &= ~mask;
    }
}
