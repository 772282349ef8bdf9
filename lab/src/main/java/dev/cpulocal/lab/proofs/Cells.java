// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.proofs;

import dev.cpulocal.Op.Width;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What an item or segment consists of, and holds at first: cells, one after the other, each
 * accessed as a whole.
 *
 * @param cells the cells
 */
public record Cells(List<Cell> cells) {

    /**
     * A cell.
     *
     * @param width its size
     * @param value what it holds at first
     */
    public record Cell(Width width, long value) {}

    /** Copies the list. */
    public Cells {
        cells = List.copyOf(cells);
    }

    /** {@return cells of 8 bytes} */
    public static Cells longs(long... values) {
        return new Cells(List.of()).andLongs(values);
    }

    /** {@return these, and behind them cells of 8 bytes} */
    public Cells andLongs(long... values) {
        return and(Width.LONG, values);
    }

    /** {@return these, and behind them cells of 4 bytes} */
    public Cells andInts(long... values) {
        return and(Width.INT, values);
    }

    private Cells and(Width width, long... values) {
        List<Cell> more = new ArrayList<>(cells);
        Arrays.stream(values).forEach(value -> more.add(new Cell(width, value)));
        return new Cells(more);
    }

    int bytes() {
        return cells.stream().mapToInt(cell -> cell.width.bytes()).sum();
    }

    List<Width> widths() {
        return cells.stream().map(Cell::width).toList();
    }
}
