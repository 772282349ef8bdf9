// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.prove;

import dev.cpulocal.lab.Scenario;
import dev.cpulocal.lab.museum.Museum;
import dev.cpulocal.lab.proofs.Proofs;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Scenarios that can be named.
 *
 * @param scenarios all of them, in the order in which they are shown
 */
public record Library(List<Scenario> scenarios) {

    /** Copies the list. */
    public Library {
        scenarios = List.copyOf(scenarios);
    }

    /** {@return the proofs of the library and the museum of kernel bugs} */
    public static Library get() {
        return new Library(
                Stream.concat(Proofs.all().stream(), Museum.scenarios().stream()).toList());
    }

    /**
     * {@return the scenarios that are meant; empty if none has such a name}
     *
     * @param name an id; or what it begins with, before a slash; or a pattern of ids with {@code *}
     *     and {@code ?}. Upper case and lower case are the same
     */
    public List<Scenario> find(String name) {
        Pattern pattern = pattern(name);
        return scenarios.stream()
                .filter(scenario -> pattern.matcher(scenario.id()).matches())
                .toList();
    }

    /** {@return whether a name is the whole id of a scenario} */
    public boolean isId(String name) {
        return scenarios.stream().anyMatch(scenario -> scenario.id().equalsIgnoreCase(name));
    }

    /** {@return whether ids begin with a word and a slash} */
    public boolean isGroup(String name) {
        String start = name.toLowerCase(Locale.ROOT) + "/";
        return scenarios.stream()
                .anyMatch(scenario -> scenario.id().toLowerCase(Locale.ROOT).startsWith(start));
    }

    private static Pattern pattern(String name) {
        String ids =
                name.chars()
                        .mapToObj(c ->
                                switch (c) {
                                    case '*' -> ".*";
                                    case '?' -> ".";
                                    default -> Pattern.quote(Character.toString(c));
                                })
                        .collect(Collectors.joining());
        return Pattern.compile(ids + "(/.*)?", Pattern.CASE_INSENSITIVE);
    }

    /** {@return the id that somebody may have meant who wrote something else} */
    public Optional<String> suggestion(String name) {
        String written = name.toLowerCase(Locale.ROOT);
        int enough = Math.max(1, written.length() / 3);
        return scenarios.stream()
                .map(Scenario::id)
                .filter(id -> distance(written, id.toLowerCase(Locale.ROOT)) <= enough)
                .min(Comparator.comparingInt(id -> distance(written, id.toLowerCase(Locale.ROOT))));
    }

    /** How many letters are to be put in, taken out or replaced to make one of the other. */
    private static int distance(String from, String to) {
        int[] last = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] next = new int[to.length() + 1];
            next[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = last[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                next[j] = Math.min(replaced, 1 + Math.min(last[j], next[j - 1]));
            }
            last = next;
        }
        return last[to.length()];
    }
}
