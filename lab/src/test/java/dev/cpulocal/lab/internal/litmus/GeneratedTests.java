// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Litmus tests of all shapes with everything that can order two accesses. Their main method writes
 * them into a folder, so that another tool can run them.
 */
final class GeneratedTests {

    private GeneratedTests() {}

    /** {@return the text of all tests of an architecture, by name} */
    static Map<String, String> of(Dialect dialect) {
        Map<String, String> tests = new LinkedHashMap<>();
        for (Shape shape : Shape.ALL) {
            for (String first : dialect.links(shape.directions(0))) {
                for (String second : dialect.links(shape.directions(1))) {
                    String name = name(shape, first, second);
                    tests.put(name, text(dialect, name, shape, List.of(first, second)));
                }
            }
        }
        return tests;
    }

    private static String name(Shape shape, String first, String second) {
        return (shape.name() + "+" + first + "+" + second).replaceAll("[ ,]", ".");
    }

    private static String text(Dialect dialect, String name, Shape shape, List<String> links) {
        Map<String, Integer> values = new LinkedHashMap<>();
        List<List<String>> columns = new ArrayList<>();
        List<String> init = new ArrayList<>();
        List<String> seen = new ArrayList<>();
        for (int thread = 0; thread < shape.threads().size(); thread++) {
            Shape.Access a = shape.threads().get(thread).get(0);
            Shape.Access b = shape.threads().get(thread).get(1);
            int first = values.merge(a.place(), a.write() ? 1 : 0, Integer::sum);
            int second = values.merge(b.place(), b.write() ? 1 : 0, Integer::sum);
            columns.add(dialect.thread(a, first, links.get(thread), b, second));
            init.addAll(dialect.registers(thread));
            for (int i = 0; i < 2; i++) {
                if (!shape.threads().get(thread).get(i).write()) {
                    seen.add(thread + ":" + dialect.result(i));
                }
            }
        }
        seen.addAll(List.of("x", "y"));
        return "%s %s\n{ %s }\n%slocations [%s;]\nexists (x=1)\n"
                .formatted(
                        dialect.word(),
                        name,
                        String.join("; ", init),
                        rows(columns),
                        String.join("; ", seen));
    }

    private static String rows(List<List<String>> columns) {
        StringBuilder rows = new StringBuilder(" P0 | P1 ;\n");
        int height = columns.stream().mapToInt(List::size).max().orElse(0);
        for (int row = 0; row < height; row++) {
            List<String> cells = new ArrayList<>();
            for (List<String> column : columns) {
                cells.add(row < column.size() ? column.get(row) : "");
            }
            rows.append(' ').append(String.join(" | ", cells)).append(" ;\n");
        }
        return rows.toString();
    }

    /** Writes all tests into the folder that is named. */
    public static void main(String[] arguments) throws IOException {
        for (Dialects dialect : Dialects.values()) {
            Path folder = Files.createDirectories(Path.of(arguments[0], dialect.word()));
            for (Map.Entry<String, String> test : of(dialect).entrySet()) {
                Files.writeString(folder.resolve(test.getKey() + ".litmus"), test.getValue());
            }
        }
    }
}
