// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;

/** Runs the packaged jar as a user does. */
final class CommandLineRun {

    private static final long PATIENCE_MINUTES = 4;
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    private final ProcessBuilder builder = new ProcessBuilder();
    private final List<String> command = new ArrayList<>();

    /** What came of it. */
    record Result(int exitCode, String out, String err) {

        /** {@return the only JSON document on standard output} */
        JsonNode json() throws IOException {
            try (var documents = Json.MAPPER.readerFor(JsonNode.class).readValues(out)) {
                JsonNode document = (JsonNode) documents.next();
                Assertions.assertFalse(documents.hasNext(), out);
                return document;
            }
        }

        Result expect(int code) {
            Assertions.assertEquals(code, exitCode, out + err);
            return this;
        }
    }

    private CommandLineRun(String... words) {
        command.addAll(List.of(words));
    }

    /** {@code java <options> -jar cpulocal.jar}. */
    static CommandLineRun jar(String... javaOptions) {
        CommandLineRun run = new CommandLineRun(JAVA.toString());
        run.command.addAll(Arrays.asList(javaOptions));
        run.command.addAll(List.of("-jar", jarFile()));
        return run;
    }

    /** {@code java <options> -cp cpulocal.jar …Main}: without what the manifest grants. */
    static CommandLineRun classPath(String... javaOptions) {
        CommandLineRun run = new CommandLineRun(JAVA.toString());
        run.command.addAll(Arrays.asList(javaOptions));
        run.command.addAll(List.of("-cp", jarFile(), "dev.cpulocal.cli.Main"));
        return run;
    }

    /** Any command. */
    static CommandLineRun of(String... words) {
        return new CommandLineRun(words);
    }

    static String jarFile() {
        return System.getProperty("cpulocal.jar");
    }

    CommandLineRun with(String variable, String value) {
        builder.environment().put(variable, value);
        return this;
    }

    CommandLineRun without(String variable) {
        builder.environment().remove(variable);
        return this;
    }

    CommandLineRun in(Path directory) {
        builder.directory(directory.toFile());
        return this;
    }

    Result run(String... arguments) throws IOException, InterruptedException {
        command.addAll(Arrays.asList(arguments));
        Path out = Files.createTempFile("cpulocal-it", ".out");
        Path err = Files.createTempFile("cpulocal-it", ".err");
        try {
            Process process =
                    builder.command(command)
                            .redirectOutput(out.toFile())
                            .redirectError(err.toFile())
                            .start();
            process.getOutputStream().close();
            boolean ended = process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES);
            process.destroyForcibly().waitFor();
            Assertions.assertTrue(ended, () -> command + " did not end");
            return new Result(
                    process.exitValue(),
                    Files.readString(out, UTF_8),
                    Files.readString(err, UTF_8));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }
}
