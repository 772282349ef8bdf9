// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.prove;

import dev.cpulocal.cli.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/** Finds the files that somebody names: one by one, by patterns, and by folders. */
public final class LitmusFiles {

    /** The end of the names of such files. */
    public static final String SUFFIX = ".litmus";

    private static final Pattern WILD = Pattern.compile("[*?\\[{]");

    private LitmusFiles() {}

    /** {@return whether a name is that of a file or folder, or ends as litmus files do} */
    public static boolean isMeant(String name) {
        return name.endsWith(SUFFIX) || path(name).map(Files::exists).orElse(false);
    }

    /** {@return whether a name is a pattern} */
    public static boolean isPattern(String name) {
        return WILD.matcher(name).find();
    }

    /**
     * {@return the files that a name stands for, sorted}
     *
     * @param name a file, whatever its ending; a folder, for all litmus files below; or a pattern
     *     such as {@code tests/**}{@code /*.litmus}
     * @throws UsageException if there are none
     */
    public static List<Path> find(String name) throws IOException {
        Path path =
                path(name)
                        .orElseThrow(() ->
                                new UsageException(name + ": no such file (expected: a path)"));
        if (Files.isDirectory(path)) {
            return some(
                    below(path, file -> file.toString().endsWith(SUFFIX)),
                    name + ": no litmus files (expected: some that end in " + SUFFIX + ")");
        }
        if (Files.exists(path)) {
            if (!Files.isReadable(path)) {
                throw new UsageException(name + ": cannot be read (expected: a readable file)");
            }
            return List.of(path);
        }
        if (!isPattern(name)) {
            throw new UsageException(name + ": no such file");
        }
        return some(below(base(path), matcher(name)::matches), name + ": no file has such a name");
    }

    private static PathMatcher matcher(String name) {
        try {
            return FileSystems.getDefault().getPathMatcher("glob:" + name);
        } catch (PatternSyntaxException e) {
            throw new UsageException(name + ": " + e.getDescription() + " (expected: a pattern)");
        }
    }

    private static Optional<Path> path(String name) {
        try {
            return Optional.of(Path.of(name));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static List<Path> below(Path folder, Predicate<Path> wanted) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            return all.filter(file -> wanted.test(file) && Files.isRegularFile(file))
                    .sorted()
                    .toList();
        } catch (UncheckedIOException e) {
            throw new UsageException(folder + ": cannot be read: " + e.getCause());
        }
    }

    /** The folder that all files of a pattern are in. */
    private static Path base(Path pattern) {
        Path base = pattern;
        while (base != null && WILD.matcher(base.toString()).find()) {
            base = base.getParent();
        }
        return base == null ? Path.of("") : base;
    }

    private static List<Path> some(List<Path> files, String otherwise) {
        if (files.isEmpty()) {
            throw new UsageException(otherwise);
        }
        return files;
    }
}
