// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.environment;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A JVM that is started for one test, in an environment of its own, and tells what it found as
 * lines of {@code name=value}.
 */
final class Jvm {

    static final Path BASE = Path.of(System.getProperty("basedir", ""));
    private static final Path CLASSES = BASE.resolve("target/classes").toAbsolutePath();
    private static final Path TESTS = BASE.resolve("target/test-classes").toAbsolutePath();
    private static final Path TEMPORARY = Path.of(System.getProperty("java.io.tmpdir"));
    private static final long DEADLINE_SECONDS = 120;

    private final List<String> confinement = new ArrayList<>();
    private final List<String> options = new ArrayList<>(List.of("-Xmx256m", "-XX:-UsePerfData"));
    private final List<String> program;
    private final Map<String, String> variables = new HashMap<>();

    private Jvm(List<String> classes, List<String> program) {
        options.addAll(classes);
        this.program = program;
    }

    /** What a JVM said. */
    record Report(int exitCode, Map<String, String> facts, String output) {

        /** {@return a fact; the test fails if it was not reported} */
        String fact(String name) {
            return Objects.requireNonNullElseGet(
                    facts.get(name), () -> fail("no fact " + name + " in:\n" + output));
        }

        /** {@return this report, of a program that ended well} */
        Report succeeded() {
            assertEquals(0, exitCode, output);
            return this;
        }
    }

    /** {@return a JVM in which the library is on the class path, with native access} */
    static Jvm onClassPath(Class<?> program, String... arguments) {
        return withoutAccess(program, arguments).option("--enable-native-access=ALL-UNNAMED");
    }

    /** {@return a JVM in which the library is on the class path, without native access} */
    static Jvm withoutAccess(Class<?> program, String... arguments) {
        String path = CLASSES + ":" + TESTS;
        return new Jvm(
                List.of("-classpath", path),
                Stream.concat(Stream.of(program.getName()), Stream.of(arguments)).toList());
    }

    /** {@return a JVM in which the library is a module, without native access} */
    static Jvm onModulePathWithoutAccess(Class<?> program) {
        return new Jvm(
                List.of(
                        "--module-path",
                        CLASSES.toString(),
                        "--patch-module",
                        "dev.cpulocal=" + TESTS),
                List.of("--module", "dev.cpulocal/" + program.getName()));
    }

    /** Adds an option of the JVM. */
    Jvm option(String option) {
        options.add(option);
        return this;
    }

    /** Sets an environment variable. */
    Jvm variable(String name, String value) {
        variables.put(name, value);
        return this;
    }

    /** Pins the JVM to one CPU. */
    Jvm onCpu(int cpu) {
        confinement.add("cpu=" + cpu);
        return this;
    }

    /** Makes a system call fail. */
    Jvm denying(int systemCall, int errno) {
        confinement.add("deny=" + systemCall + ":" + errno);
        return this;
    }

    /** Makes a system call fail where {@code (argument & mask) == value}. */
    Jvm denying(int systemCall, int errno, int argument, int mask, int value) {
        confinement.add(
                "deny=" + systemCall + ":" + errno + ":" + argument + ":" + mask + ":" + value);
        return this;
    }

    /** Runs it to its end; the test fails if that takes too long. */
    Report run() throws InterruptedException {
        List<String> command = new ArrayList<>();
        if (!confinement.isEmpty()) {
            command.add(CProgram.CONFINE.path().toString());
            command.addAll(confinement);
        }
        command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        command.addAll(options);
        command.addAll(program);
        return run(command, variables);
    }

    /** Runs any command that reports in the same way. */
    static Report run(List<String> command, Map<String, String> variables)
            throws InterruptedException {
        try {
            return start(command, variables);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Report start(List<String> command, Map<String, String> variables)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile(TEMPORARY, "cpulocal", ".log");
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeAll(List.of("RSEQ_DISABLE", "GLIBC_TUNABLES"));
        builder.environment().putAll(variables);
        // A crash is reported in the output, not in a file of the working directory.
        builder.directory(TEMPORARY.toFile()).redirectOutput(output.toFile());
        Process process = builder.start();
        boolean ended = process.waitFor(DEADLINE_SECONDS, SECONDS);
        process.destroyForcibly().waitFor();
        String text = Files.readString(output);
        Files.delete(output);
        if (!ended) {
            fail("still running after " + DEADLINE_SECONDS + " s: " + command + "\n" + text);
        }
        return new Report(
                process.exitValue(), facts(text), String.join(" ", command) + "\n" + text);
    }

    private static Map<String, String> facts(String text) {
        Map<String, String> facts = new HashMap<>();
        text.lines()
                .map(line -> line.split("=", 2))
                .filter(parts -> parts.length == 2)
                .forEach(parts -> facts.put(parts[0], parts[1]));
        return facts;
    }
}
