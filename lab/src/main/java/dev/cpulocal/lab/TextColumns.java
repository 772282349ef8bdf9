// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A table of text whose columns are as wide as they need to be, or as there is room for. */
final class TextColumns {

    private static final String GAP = "  ";
    private static final int NARROWEST = 16;
    private static final String CONTINUED = "  ";

    /** A row: a cell for each column, or a single one across all of them. */
    private record Row(List<String> cells, boolean across) {}

    private final int columns;
    private final List<Row> rows = new ArrayList<>();

    TextColumns(int columns) {
        this.columns = columns;
    }

    /** Adds a row with a cell for each column. */
    void add(List<String> cells) {
        rows.add(new Row(List.copyOf(cells), false));
    }

    /** Adds a line across all columns. */
    void addAcross(String line) {
        rows.add(new Row(List.of(line), true));
    }

    /** {@return its lines, not wider than that if it can be helped} */
    List<String> lines(int width) {
        int[] widths = widths(width);
        List<String> lines = new ArrayList<>();
        for (Row row : rows) {
            if (row.across()) {
                lines.add(row.cells().getFirst());
            } else {
                addLines(row, widths, lines);
            }
        }
        return lines;
    }

    /** As wide as the widest cell; then the widest columns give way until the row fits. */
    private int[] widths(int width) {
        int[] widths = new int[columns];
        for (Row row : rows) {
            for (int i = 0; i < columns && !row.across(); i++) {
                widths[i] = Math.max(widths[i], row.cells().get(i).length());
            }
        }
        int room = width - GAP.length() * (columns - 1);
        while (Arrays.stream(widths).sum() > room) {
            int widest = 0;
            for (int i = 1; i < columns; i++) {
                widest = widths[i] > widths[widest] ? i : widest;
            }
            if (widths[widest] <= NARROWEST) {
                break;
            }
            widths[widest]--;
        }
        return widths;
    }

    private static void addLines(Row row, int[] widths, List<String> lines) {
        List<List<String>> cells = new ArrayList<>();
        for (int i = 0; i < widths.length; i++) {
            String cell = row.cells().get(i);
            cells.add(wrap(cell, widths[i], indentation(cell) + CONTINUED));
        }
        int height = cells.stream().mapToInt(List::size).max().orElse(0);
        for (int line = 0; line < height; line++) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String part = line < cells.get(i).size() ? cells.get(i).get(line) : "";
                text.append(i == 0 ? "" : GAP).append(part);
                text.repeat(" ", widths[i] - part.length());
            }
            lines.add(text.toString().stripTrailing());
        }
    }

    private static String indentation(String cell) {
        return " ".repeat(cell.length() - cell.stripLeading().length());
    }

    /**
     * {@return a text in lines of a width, broken at spaces where possible}
     *
     * @param text the text
     * @param width how many characters a line has
     * @param continued what the second line and those after it begin with
     */
    static List<String> wrap(String text, int width, String continued) {
        List<String> lines = new ArrayList<>();
        String rest = text;
        String indentation = continued.length() < width / 2 ? continued : "";
        while (rest.length() > width) {
            int blank = rest.lastIndexOf(' ', width);
            boolean words = blank > indentation(rest).length();
            lines.add(rest.substring(0, words ? blank : width).stripTrailing());
            rest = indentation + rest.substring(words ? blank : width).strip();
        }
        lines.add(rest);
        return lines;
    }
}
