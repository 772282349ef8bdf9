// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Other processes that take part in a measurement. */
public final class Child {

    /**
     * How a process ended.
     *
     * @param code its exit code
     * @param output what it wrote, errors included
     */
    record Outcome(int code, String output) {}

    private Child() {}

    /**
     * {@return how a command ended}
     *
     * @param directory where it runs
     * @param command the program and its arguments
     * @throws IOException if there is no such program
     */
    static Outcome run(Path directory, List<String> command) throws IOException {
        Process process =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .start();
        try {
            process.getOutputStream().close();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Outcome(process.waitFor(), output);
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + command.getFirst(), e);
        }
    }

    /**
     * {@return what a class of this class path prints in a fresh JVM}
     *
     * @param main the class
     * @param options of the JVM, after those that every JVM here gets
     * @throws IllegalStateException if it fails; the message is its output
     * @throws IOException if there is no JVM
     */
    public static String java(Class<?> main, String... options) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path")));
        command.addAll(List.of(options));
        command.add(main.getName());
        Outcome outcome = run(Path.of("").toAbsolutePath(), command);
        if (outcome.code() != 0) {
            throw new IllegalStateException(main.getSimpleName() + ": " + outcome.output());
        }
        return outcome.output();
    }
}
