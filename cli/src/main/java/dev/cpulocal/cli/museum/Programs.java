// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.museum;

import dev.cpulocal.cli.museum.Comparison.Pair;
import dev.cpulocal.cli.museum.Difference.Row;
import dev.cpulocal.lab.ProgramText.Kind;
import dev.cpulocal.lab.ProgramText.Line;
import dev.cpulocal.lab.ProgramText.Part;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Programs for templates: one, or two side by side. */
final class Programs {

    private Programs() {}

    /** {@return a program beside the one to which it is a change} */
    static Map<String, Object> of(Comparison comparison) {
        boolean compared = !comparison.base().isEmpty();
        Map<String, Object> values = new HashMap<>();
        values.put("id", "program-" + Names.slug(comparison.variant()));
        values.put("variant", comparison.variant());
        values.put("base", comparison.base());
        values.put("compared", compared);
        values.put("lines", lines(comparison.size()));
        List<Pair> shown = new ArrayList<>(comparison.parts());
        if (compared && comparison.size() > 0) {
            shown.removeIf(pair -> pair.difference().size() == 0);
        }
        values.put("parts", shown.stream().map(Programs::part).toList());
        values.put("same", same(comparison, shown));
        return values;
    }

    private static String lines(int count) {
        return count == 0 ? "no line differs" : count == 1 ? "1 line" : count + " lines";
    }

    private static String same(Comparison comparison, List<Pair> shown) {
        return comparison.parts().stream()
                .filter(pair -> !shown.contains(pair))
                .map(pair -> Programs.any(pair).name())
                .distinct()
                .collect(Collectors.joining(", "));
    }

    private static Part any(Pair pair) {
        return pair.right() == null ? Objects.requireNonNull(pair.left()) : pair.right();
    }

    private static Map<String, Object> part(Pair pair) {
        return Map.of(
                "title",
                title(any(pair)),
                "rows",
                paired(pair.difference().rows()).stream().map(Programs::row).toList());
    }

    private static String title(Part part) {
        if (part.handler()) {
            return part.name() + ", a handler on " + String.join(", ", part.tasks().keySet());
        }
        return part.name()
                + (part.cpu() < 0 ? ", on no CPU at first" : ", on CPU " + part.cpu() + " at first")
                + (part.background() ? ", need not end" : "");
    }

    /** Puts lines that are missing opposite those that are new, where both follow each other. */
    private static List<Row> paired(List<Row> rows) {
        List<Row> paired = new ArrayList<>();
        List<Line> left = new ArrayList<>();
        List<Line> right = new ArrayList<>();
        for (Row row : rows) {
            if (row.isSame()) {
                flush(left, right, paired);
                paired.add(row);
            } else if (row.left() != null) {
                left.add(row.left());
            } else if (row.right() != null) {
                right.add(row.right());
            }
        }
        flush(left, right, paired);
        return paired;
    }

    private static void flush(List<Line> left, List<Line> right, List<Row> rows) {
        for (int i = 0; i < Math.max(left.size(), right.size()); i++) {
            rows.add(
                    new Row(
                            i < left.size() ? left.get(i) : null,
                            i < right.size() ? right.get(i) : null));
        }
        left.clear();
        right.clear();
    }

    private static Map<String, Object> row(Row row) {
        Line left = row.left();
        Line right = row.right();
        boolean same = left != null && right != null && Difference.same(left, right);
        return Map.of("same", same, "left", cell(left, same, "−"), "right", cell(right, same, "+"));
    }

    private static Map<String, Object> cell(@Nullable Line line, boolean same, String sign) {
        if (line == null) {
            return Map.of("text", "", "kind", "none", "sign", "", "changed", false, "indent", "");
        }
        return Map.of(
                "text", line.text(),
                "kind", kind(line.kind()),
                "sign", same ? "" : sign,
                "changed", !same,
                "indent", "  ".repeat(line.depth()));
    }

    private static String kind(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
