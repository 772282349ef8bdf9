// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import java.util.Arrays;
import java.util.function.IntPredicate;

/** A set of events of one execution, by number. Does not change. */
final class EventSet {
    private final int size;
    private final long[] bits;

    private EventSet(int size, long[] bits) {
        this.size = size;
        this.bits = bits;
    }

    /** {@return the events for which something holds} */
    static EventSet of(int size, IntPredicate holds) {
        long[] bits = new long[Relation.words(size)];
        for (int i = 0; i < size; i++) {
            if (holds.test(i)) {
                bits[i >> 6] |= 1L << i;
            }
        }
        return new EventSet(size, bits);
    }

    /** {@return a set with these bits, which must not change later} */
    static EventSet ofBits(int size, long[] bits) {
        return new EventSet(size, bits);
    }

    boolean has(int event) {
        return (bits[event >> 6] & 1L << event) != 0;
    }

    EventSet or(EventSet other) {
        long[] result = bits.clone();
        for (int i = 0; i < result.length; i++) {
            result[i] |= other.bits[i];
        }
        return new EventSet(size, result);
    }

    EventSet and(EventSet other) {
        long[] result = bits.clone();
        for (int i = 0; i < result.length; i++) {
            result[i] &= other.bits[i];
        }
        return new EventSet(size, result);
    }

    EventSet minus(EventSet other) {
        long[] result = bits.clone();
        for (int i = 0; i < result.length; i++) {
            result[i] &= ~other.bits[i];
        }
        return new EventSet(size, result);
    }

    EventSet not() {
        return of(size, i -> !has(i));
    }

    boolean isEmpty() {
        return Arrays.stream(bits).allMatch(word -> word == 0);
    }

    int size() {
        return size;
    }

    /** {@return a word of its bits} */
    long word(int index) {
        return bits[index];
    }
}
