// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.prove;

import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A group of scenarios, whose models are made when one of them is asked for. */
public final class Shelf {

    private final String name;
    private final String start;
    private final Pattern ids;
    private final Supplier<List<Entry>> make;
    private @Nullable List<Entry> entries;

    /**
     * A group.
     *
     * @param name what one types to have all of it
     * @param start what all its ids begin with, in lower case
     * @param ids what all its ids look like: other names are not looked for
     * @param make makes the scenarios
     */
    public Shelf(String name, String start, String ids, Supplier<List<Entry>> make) {
        this.name = name;
        this.start = start;
        this.ids = Pattern.compile(ids, Pattern.CASE_INSENSITIVE);
        this.make = make;
    }

    /** {@return what one types to have all of it} */
    public String name() {
        return name;
    }

    /** {@return its scenarios, in the order in which they are shown} */
    public synchronized List<Entry> entries() {
        List<Entry> made = entries;
        if (made == null) {
            made = List.copyOf(make.get());
            entries = made;
        }
        return made;
    }

    /**
     * {@return the scenarios that are meant}
     *
     * @param written its name, an id, the beginning of one before a slash, or a pattern of ids with
     *     {@code *} and {@code ?}
     */
    List<Entry> find(String written) {
        if (written.equalsIgnoreCase(name)) {
            return entries();
        }
        if (!mayHave(written)) {
            return List.of();
        }
        Pattern pattern = pattern(written);
        return entries().stream().filter(entry -> pattern.matcher(entry.id()).matches()).toList();
    }

    private boolean mayHave(String written) {
        int wild = (int) written.chars().takeWhile(c -> c != '*' && c != '?').count();
        if (wild == written.length()) {
            return ids.matcher(written).matches();
        }
        String literal = written.substring(0, wild).toLowerCase(Locale.ROOT);
        return literal.startsWith(start)
                ? literal.indexOf('/', start.length()) < 0
                : start.startsWith(literal);
    }

    private static Pattern pattern(String written) {
        String ids =
                written.chars()
                        .mapToObj(c ->
                                switch (c) {
                                    case '*' -> ".*";
                                    case '?' -> ".";
                                    default -> Pattern.quote(Character.toString(c));
                                })
                        .collect(Collectors.joining());
        return Pattern.compile(ids + "(/.*)?", Pattern.CASE_INSENSITIVE);
    }
}
