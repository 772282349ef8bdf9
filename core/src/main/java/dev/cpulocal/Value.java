// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

/** A 64-bit number that a {@link Sequence} or an {@link OperationVector} uses. */
public sealed interface Value extends Operand {

    /** What an argument is. */
    enum Kind {
        /** Any number. */
        NUMBER,
        /** A place in {@link CpuMemory}, the same on every CPU. */
        ITEM,
        /** Native memory of the caller, outside {@link CpuMemory}. */
        SEGMENT
    }

    /**
     * An argument of the call.
     *
     * @param index its position, from 0
     * @param name its name in listings and messages
     * @param kind what it is
     * @param sizeBytes the least size of an item that is accepted; for a segment of an operation
     *     vector the size of the part that each range has of it, or 0 if it is not divided; 0 else
     */
    record Parameter(int index, String name, Kind kind, int sizeBytes) implements Value {

        /**
         * {@return the place at a constant distance from the start of this item or segment}
         *
         * @param displacementBytes the distance
         */
        public Place at(int displacementBytes) {
            return new Place(this, null, 1, displacementBytes);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /**
     * A number fixed in the sequence.
     *
     * @param value the number
     */
    record Constant(long value) implements Value {
        @Override
        public String toString() {
            return Long.toString(value);
        }
    }

    /**
     * What a {@link Op.Load} or {@link Op.Compute} produces.
     *
     * @param id its number, unique in the sequence
     */
    record Temporary(int id) implements Value {
        @Override
        public String toString() {
            return "t" + id;
        }
    }
}
