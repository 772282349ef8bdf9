// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.prove;

import dev.cpulocal.lab.museum.Museum;
import dev.cpulocal.lab.proofs.Proofs;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Scenarios that can be named. */
public final class Library {

    private final List<Shelf> shelves;

    /**
     * A library.
     *
     * @param shelves its groups, in the order in which they are shown
     */
    public Library(List<Shelf> shelves) {
        this.shelves = List.copyOf(shelves);
    }

    /** {@return the proofs of the library and the museum of kernel bugs} */
    public static Library get() {
        return new Library(
                List.of(
                        new Shelf("core", "core/", "core/.*", Library::proofs),
                        new Shelf("museum", "", "[a-z]+-[a-z0-9-]+", Library::museum)));
    }

    private static List<Entry> proofs() {
        return Proofs.all().stream().map(scenario -> Entry.of("core", scenario)).toList();
    }

    private static List<Entry> museum() {
        return Museum.all().stream().map(exhibit -> Entry.of("museum", exhibit)).toList();
    }

    /** {@return all scenarios, in the order in which they are shown} */
    public List<Entry> entries() {
        return shelves.stream().flatMap(shelf -> shelf.entries().stream()).toList();
    }

    /**
     * {@return the scenarios that are meant; empty if none has such a name}
     *
     * @param name a group; an id; or what it begins with, before a slash; or a pattern of ids with
     *     {@code *} and {@code ?}. Upper case and lower case are the same
     */
    public List<Entry> find(String name) {
        return shelves.stream().flatMap(shelf -> shelf.find(name).stream()).toList();
    }

    /** {@return whether a name is the whole id of a scenario} */
    public boolean isId(String name) {
        return find(name).stream().anyMatch(entry -> entry.id().equalsIgnoreCase(name));
    }

    /** {@return whether a word is the name of a group} */
    public boolean isGroup(String name) {
        return shelves.stream().anyMatch(shelf -> shelf.name().equalsIgnoreCase(name));
    }

    /** {@return the id or group that somebody may have meant who wrote something else} */
    public Optional<String> suggestion(String name) {
        String written = name.toLowerCase(Locale.ROOT);
        int enough = Math.max(1, written.length() / 3);
        return Stream.concat(shelves.stream().map(Shelf::name), entries().stream().map(Entry::id))
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
