// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.terminal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Text in aligned columns, two blanks apart. Not for concurrent use. */
public final class Table {

    private final String alignment;
    private final List<Line> rows = new ArrayList<>();

    private sealed interface Line {}

    private record Heading(String text) implements Line {}

    private record Row(List<String> cells) implements Line {}

    /**
     * Makes an empty table.
     *
     * @param alignment a letter for each column: {@code l} for left, {@code r} for right
     */
    public Table(String alignment) {
        this.alignment = alignment;
    }

    /**
     * Adds a row.
     *
     * @param cells one for each column, fewer if the last are empty
     * @return this table
     */
    public Table row(Object... cells) {
        if (cells.length > alignment.length()) {
            throw new IllegalArgumentException(
                    "cells: " + cells.length + " (expected: at most " + alignment.length() + ")");
        }
        rows.add(new Row(Arrays.stream(cells).map(String::valueOf).toList()));
        return this;
    }

    /**
     * Adds a line that stands across the columns and does not widen them.
     *
     * @param text the line
     * @return this table
     */
    public Table heading(String text) {
        rows.add(new Heading(text));
        return this;
    }

    /** {@return the lines, each indented by as many blanks and ended} */
    public String render(int indent) {
        int[] widths = IntStream.range(0, alignment.length()).map(this::width).toArray();
        return rows.stream()
                .map(row -> " ".repeat(indent) + text(row, widths))
                .map(line -> line.stripTrailing() + "\n")
                .collect(Collectors.joining());
    }

    private int width(int column) {
        return rows.stream()
                .mapMulti((Line line, Consumer<String> cells) -> {
                    if (line instanceof Row(List<String> row) && row.size() > column) {
                        cells.accept(row.get(column));
                    }
                })
                .mapToInt(String::length)
                .max()
                .orElse(0);
    }

    private String text(Line line, int[] widths) {
        return switch (line) {
            case Heading(String text) -> text;
            case Row(List<String> cells) ->
                    IntStream.range(0, cells.size())
                            .mapToObj(i -> pad(cells.get(i), widths[i], alignment.charAt(i)))
                            .collect(Collectors.joining("  "));
        };
    }

    private static String pad(String cell, int width, char side) {
        String blanks = " ".repeat(width - cell.length());
        return side == 'r' ? blanks + cell : cell + blanks;
    }
}
