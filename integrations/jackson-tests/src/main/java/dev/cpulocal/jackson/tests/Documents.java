// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.jackson.tests;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Documents of many sizes and shapes, the same ones each time: maps and lists, as Jackson reads.
 */
final class Documents {

    private static final int DEEPEST = 4;

    private static final String[] WORDS = {
        "",
        "plain",
        "with space",
        "\"quoted\"",
        "\\",
        "line\nline",
        "\t\u0001",
        "é",
        "日本語",
        "𝄞",
        "</script>"
    };

    private final Random random = new Random(42);

    private Documents() {}

    /** {@return documents from some bytes to some 100 kB} */
    static List<Object> all() {
        Documents documents = new Documents();
        List<Object> all = new ArrayList<>();
        for (int size = 1; size <= 20; size++) {
            all.add(documents.object(size, 0));
        }
        all.add(Map.of("long", documents.text(2_000)));
        all.add(List.of(documents.text(20_000), documents.object(10, 0)));
        return all;
    }

    private Map<String, Object> object(int size, int depth) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < size; i++) {
            object.put(word() + i, value(size, depth + 1));
        }
        return object;
    }

    private List<Object> array(int size, int depth) {
        List<Object> array = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            array.add(value(size, depth + 1));
        }
        return array;
    }

    private Object value(int size, int depth) {
        return switch (random.nextInt(depth < DEEPEST ? 8 : 6)) {
            case 0 -> random.nextInt();
            case 1 -> (1L << 40) + random.nextInt();
            case 2 -> random.nextGaussian();
            case 3 -> random.nextBoolean();
            case 4 -> word();
            case 5 -> text(random.nextInt(10));
            case 6 -> object(random.nextInt(size / 2 + 1), depth);
            default -> array(random.nextInt(size / 2 + 1), depth);
        };
    }

    private String text(int words) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < words; i++) {
            text.append(word());
        }
        return text.toString();
    }

    private String word() {
        return WORDS[random.nextInt(WORDS.length)];
    }
}
