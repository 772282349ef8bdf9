// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import java.util.Arrays;

/** A relation between the events of one execution. Does not change. */
final class Relation {

    /*
     * A matrix of bits, row after row: bit j of row i is set if event i is related to event j. An
     * operation costs a few machine instructions for each pair, or for each row if there are no
     * more than 64 events, so a model is written down as its definition reads.
     */

    private final int size;
    private final int words;
    private final long[] rows;

    private Relation(int size, long[] rows) {
        this.size = size;
        this.words = words(size);
        this.rows = rows;
    }

    /** {@return how many words a row has} */
    static int words(int size) {
        return (size + 63) >> 6;
    }

    /** A question about two events. */
    @FunctionalInterface
    interface Pairs {
        boolean has(int from, int to);
    }

    /** A relation in the making. */
    static final class Builder {
        private final Relation relation;

        Builder(int size) {
            this(none(size));
        }

        private Builder(Relation relation) {
            this.relation = relation;
        }

        Builder copy() {
            return new Builder(relation.or());
        }

        boolean has(int from, int to) {
            return relation.has(from, to);
        }

        /** {@return whether a pair begins with an event} */
        boolean hasAny(int from) {
            return !relation.isEmptyRow(from);
        }

        /** Adds a pair. */
        void add(int from, int to) {
            relation.set(from, to);
        }

        /** Adds a pair, and one with everything that the second event has a pair with. */
        void addAll(int from, int to) {
            relation.set(from, to);
            relation.addRow(from, relation, to);
        }

        /** {@return the relation; nothing may be added any more} */
        Relation build() {
            return relation;
        }
    }

    static Relation none(int size) {
        return new Relation(size, new long[size * words(size)]);
    }

    /** {@return the pairs of each event with itself} */
    static Relation identity(int size) {
        return none(size).optional();
    }

    /** {@return the pairs of each event of a set with itself} */
    static Relation identity(EventSet set) {
        Relation result = none(set.size());
        for (int i = 0; i < result.size; i++) {
            if (set.has(i)) {
                result.set(i, i);
            }
        }
        return result;
    }

    /** {@return the pairs for which something holds} */
    static Relation of(int size, Pairs pairs) {
        Relation result = none(size);
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                if (pairs.has(i, j)) {
                    result.set(i, j);
                }
            }
        }
        return result;
    }

    /** {@return the pairs of an element of one set and one of another} */
    static Relation product(EventSet from, EventSet to) {
        Relation result = none(from.size());
        for (int i = 0; i < result.size; i++) {
            for (int k = 0; k < result.words && from.has(i); k++) {
                result.rows[i * result.words + k] = to.word(k);
            }
        }
        return result;
    }

    private void set(int from, int to) {
        rows[from * words + (to >> 6)] |= 1L << to;
    }

    boolean has(int from, int to) {
        return (rows[from * words + (to >> 6)] & 1L << to) != 0;
    }

    Relation or(Relation... others) {
        long[] result = rows.clone();
        for (Relation other : others) {
            for (int i = 0; i < result.length; i++) {
                result[i] |= other.rows[i];
            }
        }
        return new Relation(size, result);
    }

    Relation and(Relation other) {
        long[] result = rows.clone();
        for (int i = 0; i < result.length; i++) {
            result[i] &= other.rows[i];
        }
        return new Relation(size, result);
    }

    Relation minus(Relation other) {
        long[] result = rows.clone();
        for (int i = 0; i < result.length; i++) {
            result[i] &= ~other.rows[i];
        }
        return new Relation(size, result);
    }

    /** {@return what one gets to by a step of this and then a step of another} */
    Relation then(Relation next) {
        Relation result = none(size);
        for (int i = 0; i < size; i++) {
            for (int word = 0; word < words; word++) {
                for (long left = rows[i * words + word]; left != 0; left &= left - 1) {
                    int via = (word << 6) + Long.numberOfTrailingZeros(left);
                    result.addRow(i, next, via);
                }
            }
        }
        return result;
    }

    private void addRow(int to, Relation other, int row) {
        for (int k = 0; k < words; k++) {
            rows[to * words + k] |= other.rows[row * words + k];
        }
    }

    /** {@return the same pairs the other way round} */
    Relation inverse() {
        Relation result = none(size);
        for (int i = 0; i < size; i++) {
            for (int word = 0; word < words; word++) {
                for (long left = rows[i * words + word]; left != 0; left &= left - 1) {
                    result.set((word << 6) + Long.numberOfTrailingZeros(left), i);
                }
            }
        }
        return result;
    }

    /** {@return the pairs that begin in a set} */
    Relation from(EventSet set) {
        long[] result = rows.clone();
        for (int i = 0; i < size; i++) {
            for (int k = 0; k < words && !set.has(i); k++) {
                result[i * words + k] = 0;
            }
        }
        return new Relation(size, result);
    }

    /** {@return the pairs that end in a set} */
    Relation to(EventSet set) {
        long[] result = rows.clone();
        for (int i = 0; i < result.length; i++) {
            result[i] &= set.word(words == 1 ? 0 : i % words);
        }
        return new Relation(size, result);
    }

    /** {@return the pairs that begin and end in a set} */
    Relation within(EventSet set) {
        return from(set).to(set);
    }

    /** {@return this, or no step at all} */
    Relation optional() {
        Relation result = or();
        for (int i = 0; i < size; i++) {
            result.set(i, i);
        }
        return result;
    }

    /** {@return one step or more} */
    Relation plus() {
        Relation result = or();
        for (int via = 0; via < size; via++) {
            if (result.isEmptyRow(via)) {
                continue;
            }
            for (int i = 0; i < size; i++) {
                if (result.has(i, via)) {
                    result.addRow(i, result, via);
                }
            }
        }
        return result;
    }

    /** {@return no step, one or more} */
    Relation star() {
        return plus().optional();
    }

    private boolean isEmptyRow(int row) {
        for (int k = 0; k < words; k++) {
            if (rows[row * words + k] != 0) {
                return false;
            }
        }
        return true;
    }

    boolean isEmpty() {
        for (long row : rows) {
            if (row != 0) {
                return false;
            }
        }
        return true;
    }

    boolean isIrreflexive() {
        for (int i = 0; i < size; i++) {
            if (has(i, i)) {
                return false;
            }
        }
        return true;
    }

    boolean isAcyclic() {
        return plus().isIrreflexive();
    }

    /** {@return whether no two events lead to each other; for what {@link #star} returns} */
    boolean isStarOfAcyclic() {
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < i; j++) {
                if (has(i, j) && has(j, i)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** {@return where pairs begin} */
    EventSet domain() {
        return EventSet.of(size, i -> !isEmptyRow(i));
    }

    /** {@return where pairs end} */
    EventSet range() {
        long[] bits = new long[words];
        for (int i = 0; i < rows.length; i++) {
            bits[i % words] |= rows[i];
        }
        return EventSet.ofBits(size, bits);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Relation relation && Arrays.equals(rows, relation.rows);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(rows);
    }
}
