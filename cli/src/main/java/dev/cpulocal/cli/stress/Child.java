// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.stress;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.cpulocal.cli.Json;
import dev.cpulocal.cli.terminal.Progress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A JVM of its own for one run, so that its mode is real and its death is a finding.
 *
 * @param mode how it is set up
 * @param tested what it puts under stress
 * @param families which operations of it
 * @param threads how many threads work in it
 * @param duration how long
 */
record Child(Mode mode, Tested tested, List<FamilyName> families, int threads, Duration duration) {

    private static final long TICK_MILLIS = 200;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int LINES_SHOWN = 5;

    /** {@return how the run went} */
    Outcome run(Progress progress) throws IOException, InterruptedException {
        Path output = Files.createTempFile("cpulocal-stress", ".json");
        Path errors = Files.createTempFile("cpulocal-stress", ".txt");
        try {
            Process process =
                    new ProcessBuilder(command())
                            .redirectInput(
                                    ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                            .redirectOutput(output.toFile())
                            .redirectError(errors.toFile())
                            .start();
            Thread killer = new Thread(process::destroyForcibly);
            Runtime.getRuntime().addShutdownHook(killer);
            boolean ended = await(process, progress);
            Runtime.getRuntime().removeShutdownHook(killer);
            return ended
                    ? outcome(process.exitValue(), Files.readString(output), errors)
                    : Outcome.died(threads, "it did not end in time and was killed");
        } finally {
            Files.delete(output);
            Files.delete(errors);
        }
    }

    private List<String> command() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-Xmx256m");
        command.add("-Dcpulocal.rseq=" + mode.rseq());
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of("dev.cpulocal.cli.Main", "stress-worker"));
        command.addAll(List.of("--index", mode.index().field()));
        command.addAll(List.of("--tested", tested.name()));
        command.addAll(List.of("--test", ids()));
        command.addAll(List.of("--threads", Integer.toString(threads)));
        command.addAll(List.of("--duration", duration.toMillis() + "ms"));
        return command;
    }

    private String ids() {
        return families.stream().map(FamilyName::id).collect(Collectors.joining(","));
    }

    private boolean await(Process process, Progress progress) throws InterruptedException {
        long deadline = System.nanoTime() + duration.plus(PATIENCE).toNanos();
        while (!process.waitFor(TICK_MILLIS, TimeUnit.MILLISECONDS)) {
            progress.tick();
            if (System.nanoTime() > deadline) {
                process.destroyForcibly().waitFor();
                return false;
            }
        }
        return true;
    }

    private Outcome outcome(int exitCode, String output, Path errors) throws IOException {
        if (exitCode == 0) {
            try {
                return Json.MAPPER.readValue(output, Outcome.class);
            } catch (JsonProcessingException e) {
                return Outcome.died(
                        threads, "its answer cannot be read: " + e.getOriginalMessage());
            }
        }
        String last =
                Files.readAllLines(errors, StandardCharsets.UTF_8).stream()
                        .limit(LINES_SHOWN)
                        .reduce("", (text, line) -> text + " | " + line);
        return Outcome.died(threads, "it died with exit code " + exitCode + last);
    }
}
