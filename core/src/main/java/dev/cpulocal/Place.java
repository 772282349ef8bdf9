// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import org.jspecify.annotations.Nullable;

/**
 * Where an operation loads or stores: {@code base + index × scale + displacement}.
 *
 * <p>With an item as base, or none, the place is in the range of the CPU that runs the sequence;
 * with a segment as base it is in that segment. Only an {@link OperationVector}, which can stop
 * several CPUs, may {@linkplain #on name} the CPU.
 *
 * <p>A place of a sequence that depends on an {@code index} cannot be checked before the call, so
 * the machine code confines it: the offset is taken modulo the stride and rounded down to the width
 * of the access. A wrong index reads or overwrites another item of the same CPU; it never leaves
 * the memory. The range's header, at offset 0, is the library's own: an index that leads there
 * makes the sequence leave with {@link Result#OUT_OF_RANGE}. An operation vector, whose places are
 * all known before it begins, answers so for every place outside the range.
 *
 * @param base an item or a segment; null for an offset from the start of the CPU's range
 * @param index what varies, or null for a constant place
 * @param scale what the index is multiplied by: 1, 2, 4 or 8
 * @param displacementBytes the constant distance
 * @param range the CPU or concurrency id whose range it is in; null for the one that the operation
 *     runs on
 */
public record Place(
        Value.@Nullable Parameter base,
        @Nullable Value index,
        int scale,
        int displacementBytes,
        @Nullable Value range)
        implements Operand {

    /**
     * A place in the range that the operation runs on.
     *
     * @param base an item or a segment; null for an offset from the start of the CPU's range
     * @param index what varies, or null for a constant place
     * @param scale what the index is multiplied by: 1, 2, 4 or 8
     * @param displacementBytes the constant distance
     */
    public Place(
            Value.@Nullable Parameter base,
            @Nullable Value index,
            int scale,
            int displacementBytes) {
        this(base, index, scale, displacementBytes, null);
    }

    /**
     * {@return the place whose offset from the start of the CPU's range is a value, as found in
     * memory or computed}
     *
     * @param offset the offset in bytes
     * @param displacementBytes a constant distance from there
     */
    public static Place offset(Value offset, int displacementBytes) {
        return new Place(null, offset, 1, displacementBytes);
    }

    /**
     * {@return the element of an array that starts here}
     *
     * @param newIndex the number of the element
     * @param newScale the size of an element: 1, 2, 4 or 8 bytes
     */
    public Place indexed(Value newIndex, int newScale) {
        return new Place(base, newIndex, newScale, displacementBytes, range);
    }

    /**
     * {@return the same place in the range of a given CPU, for operation vectors}
     *
     * @param newRange the CPU or concurrency id
     */
    public Place on(Value newRange) {
        return new Place(base, index, scale, displacementBytes, newRange);
    }

    /** {@return whether it lies in a segment of the caller, not in the CPU's range} */
    boolean inSegment() {
        return base != null && base.kind() == Value.Kind.SEGMENT;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("[");
        text.append(inSegment() ? "" : "cpu");
        if (range != null) {
            text.append("(").append(range).append(")");
        }
        if (base != null) {
            text.append(inSegment() ? "" : " + ").append(base);
        }
        if (index != null) {
            text.append(" + ").append(index);
            if (scale != 1) {
                text.append("*").append(scale);
            }
        }
        if (displacementBytes != 0) {
            text.append(displacementBytes < 0 ? " - " : " + ").append(Math.abs(displacementBytes));
        }
        return text.append("]").toString();
    }
}
