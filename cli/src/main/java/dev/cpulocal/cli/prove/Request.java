// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.prove;

import dev.cpulocal.cli.UsageException;
import dev.cpulocal.lab.ScenarioFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What is to be proved: scenarios, or litmus files.
 *
 * @param entries the scenarios, each once
 * @param named whether somebody wrote down whole ids or files, and means just these
 * @param files the litmus files, each once
 */
public record Request(List<Entry> entries, boolean named, List<Path> files) {

    private static final String JAVA = ".java";

    /**
     * {@return what somebody asks for}
     *
     * @param library scenarios that have names
     * @param names ids, groups, patterns, source files, litmus files and folders; if there are
     *     none, everything in the library is meant
     * @throws UsageException if something of it does not exist, or both kinds are given
     */
    public static Request of(Library library, List<String> names) throws IOException {
        if (names.isEmpty()) {
            return new Request(library.entries(), false, List.of());
        }
        Set<Entry> entries = new LinkedHashSet<>();
        Set<Path> files = new LinkedHashSet<>();
        boolean named = true;
        for (String name : names) {
            List<Entry> found = isFile(name) ? List.of() : library.find(name);
            if (!found.isEmpty()) {
                entries.addAll(found);
                named &= library.isId(name);
            } else if (name.endsWith(JAVA)) {
                entries.addAll(ofUser(name));
            } else {
                files.addAll(litmus(library, name));
            }
        }
        if (!entries.isEmpty() && !files.isEmpty()) {
            throw new UsageException(
                    "scenarios and litmus files: given together (expected: one kind)");
        }
        return new Request(List.copyOf(entries), named, List.copyOf(files));
    }

    /** No scenario is called so; what is in the library need not be made to know that. */
    private static boolean isFile(String name) {
        return name.endsWith(JAVA) || name.endsWith(LitmusFiles.SUFFIX);
    }

    private static List<Entry> ofUser(String name) {
        Path file = Path.of(name);
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new UsageException(name + ": no such file, or not to be read");
        }
        try {
            return ScenarioFile.load(file).stream()
                    .map(scenario -> Entry.of("", scenario))
                    .toList();
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }

    private static List<Path> litmus(Library library, String name) throws IOException {
        int slash = name.indexOf('/');
        if (slash > 0
                && library.isGroup(name.substring(0, slash))
                && !name.endsWith(LitmusFiles.SUFFIX)) {
            // A shell makes files of a pattern where a folder is called like a group.
            throw new UsageException(
                    name
                            + ": no scenario has this name (expected: patterns in quotes, '"
                            + name.substring(0, slash)
                            + "/*'; ./"
                            + name
                            + " for a folder of litmus files)");
        }
        if (LitmusFiles.isMeant(name) || LitmusFiles.isPattern(name)) {
            return LitmusFiles.find(name);
        }
        throw unknown(library, name);
    }

    private static UsageException unknown(Library library, String name) {
        return new UsageException(
                name
                        + ": no scenario and no file has this name ("
                        + library.suggestion(name).map(id -> "did you mean " + id + "? ").orElse("")
                        + "--list shows the scenarios)");
    }
}
