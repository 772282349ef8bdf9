// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import java.util.List;
import java.util.Map;

/**
 * Position-independent machine code, before it has an address.
 *
 * @param bytes the block, beginning with the section's descriptor if there is one
 * @param lines the listing, in order of offsets
 * @param labels offsets by name; always has {@code entry}, and for a restartable sequence {@code
 *     descriptor}, {@code start}, {@code commit} (the first byte after the commit instruction) and
 *     {@code abort}
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Code(byte[] bytes, List<Line> lines, Map<String, Integer> labels) {

    /**
     * One instruction, or data.
     *
     * @param offset from the beginning of the block
     * @param bytes the encoding
     * @param text the mnemonic in the Intel syntax of GNU as
     * @param origin the pseudo-code it stands for; empty if it belongs to the line before
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Line(int offset, byte[] bytes, String text, String origin) {}

    /** {@return the offset of a label} */
    public int offset(String label) {
        Integer offset = labels.get(label);
        if (offset == null) {
            throw new IllegalArgumentException(
                    "label: " + label + " (expected: one of " + labels.keySet() + ")");
        }
        return offset;
    }

    /** {@return how many instructions there are from one label to another} */
    public int instructions(String from, String to) {
        return (int)
                lines.stream()
                        .filter(line -> line.bytes().length > 0)
                        .filter(line -> line.offset() >= offset(from) && line.offset() < offset(to))
                        .count();
    }

    /** {@return whether it is a restartable sequence and so has a descriptor} */
    public boolean isRestartable() {
        return labels.containsKey("descriptor");
    }
}
