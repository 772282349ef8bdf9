// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** What is written as JSON and read again: always the same content. */
public enum Document {
    /** Three fields. */
    PERSON("a person, 3 fields") {
        @Override
        Object value() {
            return new Person("Grace", "Hopper", 85);
        }
    },
    /** An object of some depth. */
    MEDIA("a media item, 2 images") {
        @Override
        Object value() {
            return new Media(
                    "http://example.org/keynote.mpg",
                    "Keynote",
                    640,
                    480,
                    18_000_000,
                    262_144,
                    List.of("Bill Gates", "Steve Jobs"),
                    List.of(
                            new Image("http://example.org/large.jpg", "Keynote", 1024, 768),
                            new Image("http://example.org/small.jpg", "Keynote", 320, 240)));
        }
    },
    /** About 100 bytes. */
    ORDER_100_B("an order of 100 B") {
        @Override
        Object value() {
            return order(1);
        }
    },
    /** About 2 KB. */
    ORDER_2_KB("an order of 2 KB") {
        @Override
        Object value() {
            return order(22);
        }
    },
    /** About 50 KB. */
    ORDER_50_KB("an order of 50 KB") {
        @Override
        Object value() {
            return order(560);
        }
    };

    /** Somebody. */
    record Person(String firstName, String lastName, int age) {}

    /** A film. */
    record Media(
            String uri,
            String title,
            int width,
            int height,
            long durationMillis,
            long bitrate,
            List<String> persons,
            List<Image> images) {}

    /** A picture. */
    record Image(String uri, String title, int width, int height) {}

    /** Some lines. */
    record Order(long number, List<Line> lines) {}

    /** Something ordered. */
    record Line(String article, int quantity, double price, boolean gift, String note) {}

    private static final List<String> WORDS =
            List.of(
                    "fragile",
                    "by \"express\"",
                    "caf\u00e9",
                    "deliver\nto the door",
                    "blue",
                    "large");

    private final String label;

    Document(String label) {
        this.label = label;
    }

    /** {@return its name in tables} */
    public String label() {
        return label;
    }

    /** {@return the object that is written} */
    abstract Object value();

    private static Order order(int lines) {
        SplittableRandom random = new SplittableRandom(lines);
        List<Line> all = new ArrayList<>();
        for (int i = 0; i < lines; i++) {
            all.add(
                    new Line(
                            "A-" + random.nextInt(100_000),
                            random.nextInt(1, 20),
                            random.nextInt(1, 100_000) / 100.0,
                            random.nextBoolean(),
                            WORDS.get(random.nextInt(WORDS.size()))));
        }
        return new Order(random.nextLong(1_000_000_000L), all);
    }
}
