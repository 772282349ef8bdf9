// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.proofs;

import dev.cpulocal.Op.Width;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Operator;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;

/** The ranges of a memory: a stop word for each, and the items. */
final class RangeMemory {

    /*
     * Offsets are those of the real memory: 64 bytes of header, then the items one after the other.
     * A range is a row of slots, each as wide as the narrowest cell; a wider cell uses its first slot.
     * So an offset is turned into a slot by a shift, and an access must have exactly the width of the
     * cell it hits: what mixed sizes mean on real memory is not modelled, and refused.
     *
     * Beside the memory there is a second one, of ghosts: what it would hold if calls ran one after
     * the other. A call changes that at once, when it commits (see Effects).
     */

    /** How many bytes at the start of a range are the library's own. */
    static final int HEADER_BYTES = 64;

    private final int slotBytes;
    private final int slots;
    private final int strideBytes;
    private final Map<String, Integer> offsets = new LinkedHashMap<>();
    private final TreeMap<Integer, Width> cells = new TreeMap<>();
    private final Variable memory;
    private final Variable ghost;
    private final Variable stopWords;
    private final Variable stopped;

    /**
     * Lays out items.
     *
     * @param items what each holds at first, by range
     * @param ranges how many ranges
     */
    RangeMemory(Model.Builder m, Map<String, IntFunction<Cells>> items, int ranges) {
        int end = HEADER_BYTES;
        for (Map.Entry<String, IntFunction<Cells>> item : items.entrySet()) {
            offsets.put(item.getKey(), end);
            end = layOut(item.getValue().apply(0), end);
        }
        slotBytes = cells.values().stream().mapToInt(Width::bytes).min().orElse(Long.BYTES);
        slots = (end - HEADER_BYTES) / slotBytes;
        strideBytes = 2 * Integer.highestOneBit(end - 1);
        List<Long> initial = new ArrayList<>();
        for (int range = 0; range < ranges; range++) {
            initial.addAll(contents(items, range));
        }
        memory = m.shareds("memory", initial);
        ghost = m.hardwares("as if one by one", initial);
        stopWords = m.shareds("stop word", ranges, 0);
        stopped = m.ghosts("stopped", ranges, 0);
    }

    private int layOut(Cells item, int start) {
        int end = start;
        for (Width width : item.widths()) {
            if (end % width.bytes() != 0) {
                throw new IllegalArgumentException(
                        "cells: one of "
                                + width.bytes()
                                + " bytes at "
                                + end
                                + " (expected: aligned to its size)");
            }
            cells.put(end, width);
            end += width.bytes();
        }
        return (end + Long.BYTES - 1) & -Long.BYTES;
    }

    private List<Long> contents(Map<String, IntFunction<Cells>> items, int range) {
        Map<Integer, Long> values = new HashMap<>();
        items.forEach((name, contents) -> {
            int at = offset(name);
            for (Cells.Cell cell : contents.apply(range).cells()) {
                values.put(at, cell.value());
                at += cell.width().bytes();
            }
        });
        List<Long> all = new ArrayList<>();
        for (int slot = 0; slot < slots; slot++) {
            all.add(values.getOrDefault(HEADER_BYTES + slot * slotBytes, 0L));
        }
        return all;
    }

    /* ------------------------- Places ------------------------- */

    int offset(String item) {
        Integer offset = offsets.get(item);
        if (offset == null) {
            throw new IllegalArgumentException(
                    "item: " + item + " (expected: one of " + offsets.keySet() + ")");
        }
        return offset;
    }

    int strideBytes() {
        return strideBytes;
    }

    /** {@return whether an offset is that of a cell of a given width} */
    Expr isCell(Expr offset, Width width) {
        Expr any = Expr.of(0);
        for (Map.Entry<Integer, Width> cell : cells.entrySet()) {
            if (cell.getValue() == width) {
                any = any.or(offset.eq(cell.getKey()));
            }
        }
        return any;
    }

    /** {@return the element of {@link #memory} at an offset of a range} */
    Expr slot(Expr range, Expr offset) {
        Expr inRange =
                offset.minus(HEADER_BYTES)
                        .with(
                                Operator.SHIFT_RIGHT,
                                Expr.of(Integer.numberOfTrailingZeros(slotBytes)));
        return range.times(slots).plus(inRange);
    }

    /* ------------------------- State ------------------------- */

    Variable memory() {
        return memory;
    }

    Variable stopWords() {
        return stopWords;
    }

    /** {@return what a cell would hold if calls ran one by one} */
    Expr ghost(Expr slot) {
        return ghost.get(slot);
    }

    /** {@return whether somebody works on a range from elsewhere, and nobody else may} */
    Expr stopped(Expr range) {
        return stopped.get(range);
    }

    /** {@return whether all cells hold what they would if calls ran one by one} */
    Expr agrees(List<Integer> slotsOfRange, int ranges) {
        Expr all = Expr.of(1);
        for (int range = 0; range < ranges; range++) {
            for (int slot : slotsOfRange) {
                int at = range * slots + slot;
                all = all.and(memory.get(at).eq(ghost.get(at)));
            }
        }
        return all;
    }
}
