// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The threads of an assembly test, which stand in columns.
 *
 * @param threads for each thread, the cells of its column from top to bottom, without empty ones
 */
public record Columns(List<List<Section>> threads) {

    private static final Pattern HEAD = Pattern.compile("P(\\d+)(\\s*:.*)?");
    private static final Pattern HANDLER = Pattern.compile("P\\d+\\.F");

    /**
     * Cuts.
     *
     * @param body the section of the threads
     * @throws Malformed if the columns are not {@code P0 | P1 …;} or a row has more of them
     */
    public static Columns of(Section body) {
        List<List<Section>> rows = rows(body);
        if (rows.isEmpty()) {
            throw body.malformed("P0", "there is no thread (expected: P0 | P1 … ;)");
        }
        List<List<Section>> threads = new ArrayList<>();
        for (Section head : rows.getFirst()) {
            checkHead(head, threads.size());
            threads.add(new ArrayList<>());
        }
        for (List<Section> row : rows.subList(1, rows.size())) {
            addRow(threads, row);
        }
        return new Columns(threads);
    }

    private static void addRow(List<List<Section>> threads, List<Section> row) {
        if (row.size() > threads.size()) {
            throw row.getLast()
                    .malformed(
                            "this row has "
                                    + row.size()
                                    + " columns (expected: "
                                    + threads.size()
                                    + ", as many as threads)");
        }
        for (int thread = 0; thread < row.size(); thread++) {
            if (!row.get(thread).isBlank()) {
                threads.get(thread).add(row.get(thread));
            }
        }
    }

    private static void checkHead(Section head, int thread) {
        if (HANDLER.matcher(head.text()).matches()) {
            throw head.refusal("fault handlers are not covered");
        }
        Matcher matcher = HEAD.matcher(head.text());
        if (!matcher.matches() || !matcher.group(1).equals(Integer.toString(thread))) {
            throw head.malformed("a column begins with it (expected: P" + thread + ")");
        }
    }

    private static List<List<Section>> rows(Section body) {
        List<List<Section>> rows = new ArrayList<>();
        List<Section> row = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < body.text().length(); i++) {
            char c = body.text().charAt(i);
            if (c == '|' || c == ';') {
                row.add(body.part(from, i).strip());
                from = i + 1;
            }
            if (c == ';') {
                addUnlessBlank(rows, row);
                row = new ArrayList<>();
            }
        }
        Section rest = body.part(from, body.text().length()).strip();
        if (!rest.isBlank() || !row.isEmpty()) {
            throw rest.malformed("this row has no end (expected: ;)");
        }
        return rows;
    }

    private static void addUnlessBlank(List<List<Section>> rows, List<Section> row) {
        if (!row.stream().allMatch(Section::isBlank)) {
            rows.add(row);
        }
    }
}
