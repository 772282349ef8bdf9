// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Compiles what tests need in C. */
public final class Gcc {

    private static final Path SOURCES = Path.of(System.getProperty("basedir", ""), "src/test/c");

    private Gcc() {}

    /** {@return a program, which is deleted when this JVM ends} */
    public static Path program(String source) {
        return compile(List.of("-O", "-pthread"), source);
    }

    /** {@return a shared library, which is deleted when this JVM ends} */
    public static Path library(String... sources) {
        return compile(List.of("-O", "-shared", "-fPIC"), sources);
    }

    private static Path compile(List<String> options, String... sources) {
        try {
            Path output = Files.createTempFile("cpulocal", ".compiled");
            output.toFile().deleteOnExit();
            List<String> command = new ArrayList<>(List.of("gcc", "-o", output.toString()));
            command.addAll(options);
            for (String source : sources) {
                command.add(SOURCES.resolve(source).toString());
            }
            Process gcc = new ProcessBuilder(command).inheritIO().start();
            assertEquals(0, gcc.waitFor(), () -> "gcc does not compile " + List.of(sources));
            return output;
        } catch (IOException e) {
            return fail("these tests need gcc and the headers of libc (libc6-dev)", e);
        } catch (InterruptedException e) {
            return fail(e);
        }
    }
}
