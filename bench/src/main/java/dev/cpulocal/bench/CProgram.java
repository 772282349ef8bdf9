// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

import dev.cpulocal.Availability;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A program in C that prints measurements. It is compiled where it runs, by gcc, into a directory
 * that is deleted when this is closed.
 */
final class CProgram implements AutoCloseable {

    /** The command that compiles, unless a test has another one. */
    static final String COMPILER = "gcc";

    private static final String SHARED = "repeat.h";
    private static final String PROGRAM = "program";

    private final String source;
    private final @Nullable Path directory;
    private final Availability availability;

    private CProgram(String source, @Nullable Path directory, Availability availability) {
        this.source = source;
        this.directory = directory;
        this.availability = availability;
    }

    /**
     * {@return the program, compiled, or one that is not available and says why}
     *
     * @param compiler the command of a C compiler with the options of gcc
     * @param source its file among the resources of this package
     * @param libraries the options that link it
     */
    static CProgram compile(String compiler, String source, String... libraries) {
        try {
            Path directory = Files.createTempDirectory("cpulocal");
            copy(source, directory);
            copy(SHARED, directory);
            return new CProgram(
                    source, directory, compile(directory, command(compiler, source, libraries)));
        } catch (IOException e) {
            return unavailable(
                    source,
                    Availability.unavailable(
                            "the C program cannot be written: " + e.getMessage(), ""));
        }
    }

    /** {@return a program that is not available, for that reason} */
    static CProgram unavailable(String source, Availability why) {
        return new CProgram(source, null, why);
    }

    private static void copy(String resource, Path directory) throws IOException {
        try (InputStream content = CProgram.class.getResourceAsStream(resource)) {
            if (content == null) {
                throw new IOException(resource + " is missing from the jar");
            }
            Files.copy(content, directory.resolve(resource));
        }
    }

    private static List<String> command(String compiler, String source, String... libraries) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                compiler,
                                "-std=gnu11",
                                "-O2",
                                "-Wall",
                                "-Wextra",
                                "-Werror",
                                "-pthread",
                                "-o",
                                PROGRAM,
                                source));
        command.addAll(List.of(libraries));
        return command;
    }

    private static Availability compile(Path directory, List<String> command) {
        Child.Outcome compiled;
        try {
            compiled = Child.run(directory, command);
        } catch (IOException e) {
            return Availability.unavailable("there is no " + command.getFirst(), "install gcc");
        }
        return compiled.code() == 0
                ? Availability.available()
                : Availability.unavailable(
                        "the C program does not compile: " + compiled.output().strip(), "");
    }

    /**
     * {@return this with another file in the directory where it runs; one that is not available if
     * this is not, or the file cannot be written}
     *
     * @param file its name
     * @param content what is in it
     */
    CProgram with(String file, byte[] content) {
        if (directory == null) {
            return this;
        }
        try {
            Files.write(directory.resolve(file), content);
            return this;
        } catch (IOException e) {
            return instead("the file " + file + " cannot be written: " + e.getMessage(), "");
        }
    }

    /**
     * {@return this if it succeeds with these arguments; else one that is not available, because of
     * what it prints}
     */
    CProgram tried(List<String> arguments) {
        if (!availability.isAvailable()) {
            return this;
        }
        try {
            Child.Outcome outcome = execute(arguments);
            return outcome.code() == 0 ? this : instead(outcome.output().strip(), "");
        } catch (IOException e) {
            return instead("the C program cannot be run: " + e.getMessage(), "");
        }
    }

    /** Closes this; {@return one that is not available} */
    CProgram instead(String reason, String remedy) {
        close();
        return unavailable(source, Availability.unavailable(reason, remedy));
    }

    /** {@return arguments, and numbers after them} */
    static List<String> arguments(List<String> first, long... numbers) {
        return Stream.concat(first.stream(), LongStream.of(numbers).mapToObj(Long::toString))
                .toList();
    }

    /** {@return whether it can be run} */
    Availability availability() {
        return availability;
    }

    /**
     * {@return the numbers that it prints, one a line}
     *
     * @throws IllegalStateException if it is not available, or failed; the message says what
     *     happened
     */
    List<Double> run(List<String> arguments) {
        if (!availability.isAvailable()) {
            throw new IllegalStateException(availability.reason());
        }
        try {
            Child.Outcome outcome = execute(arguments);
            if (outcome.code() != 0) {
                throw new IllegalStateException(source + ": " + outcome.output().strip());
            }
            return outcome.output().lines().map(Double::valueOf).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Child.Outcome execute(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("./" + PROGRAM));
        command.addAll(arguments);
        return Child.run(Objects.requireNonNull(directory), command);
    }

    /** Deletes the program, and what else there is in its directory. */
    @Override
    public void close() {
        if (directory == null) {
            return;
        }
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
