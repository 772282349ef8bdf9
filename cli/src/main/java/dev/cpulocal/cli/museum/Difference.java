// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.museum;

import dev.cpulocal.lab.ProgramText.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Two lists of lines side by side, so that as many as possible are opposite their equals.
 *
 * @param rows the rows, from the first line to the last
 */
record Difference(List<Row> rows) {

    private static final Pattern REGISTER = Pattern.compile("\\br\\d+\\b");

    /**
     * A line and the one opposite.
     *
     * @param left of the first list; null if there is none opposite
     * @param right of the second list; null if there is none opposite
     */
    record Row(@Nullable Line left, @Nullable Line right) {

        boolean isSame() {
            return left != null && right != null;
        }
    }

    /** Copies the list. */
    Difference {
        rows = List.copyOf(rows);
    }

    /** {@return two lists side by side} */
    static Difference of(List<Line> left, List<Line> right) {
        int[][] common = common(left, right);
        List<Row> rows = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < left.size() || j < right.size()) {
            if (i < left.size() && j < right.size() && same(left.get(i), right.get(j))) {
                rows.add(new Row(left.get(i++), right.get(j++)));
            } else if (j == right.size()
                    || (i < left.size() && common[i + 1][j] >= common[i][j + 1])) {
                rows.add(new Row(left.get(i++), null));
            } else {
                rows.add(new Row(null, right.get(j++)));
            }
        }
        return new Difference(rows);
    }

    /** For each pair of lines, how long the longest common list from there is. */
    private static int[][] common(List<Line> left, List<Line> right) {
        int[][] common = new int[left.size() + 1][right.size() + 1];
        for (int i = left.size() - 1; i >= 0; i--) {
            for (int j = right.size() - 1; j >= 0; j--) {
                common[i][j] =
                        same(left.get(i), right.get(j))
                                ? common[i + 1][j + 1] + 1
                                : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        return common;
    }

    /** {@return whether two lines do the same, wherever they are} */
    static boolean same(Line left, Line right) {
        return words(left).equals(words(right));
    }

    /** A register without a name of its own has a number, which says nothing. */
    private static String words(Line line) {
        return REGISTER.matcher(line.text()).replaceAll("r");
    }

    /** {@return how many lines have no equal} */
    int size() {
        return (int) rows.stream().filter(row -> !row.isSame()).count();
    }

    /**
     * {@return the lines of the first list that the second one lacks just before one of its lines}
     *
     * @param index the index of the line in the second list, or how many it has
     */
    List<Line> missingBefore(int index) {
        List<Line> missing = new ArrayList<>();
        int right = 0;
        for (Row row : rows) {
            if (right == index && row.right() == null && row.left() != null) {
                missing.add(row.left());
            }
            right += row.right() == null ? 0 : 1;
        }
        return missing;
    }

    /** {@return whether a line of the second list is not in the first} */
    boolean isNew(int index) {
        return rows.stream()
                .filter(row -> row.right() != null)
                .skip(index)
                .findFirst()
                .map(row -> row.left() == null)
                .orElse(false);
    }
}
