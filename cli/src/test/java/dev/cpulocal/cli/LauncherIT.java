// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The two ways to start the command. */
class LauncherIT {

    @TempDir Path elsewhere;

    @Test
    void jarKnowsItsVersion() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();

        String output = run(java, "-jar", System.getProperty("cpulocal.jar"));

        assertTrue(output.matches("cpulocal \\d+\\.\\d+\\.\\d+.*\n"), output);
    }

    @Test
    void launcherRunsThroughALinkFromAnyDirectory() throws Exception {
        Path launcher = Path.of(System.getProperty("cpulocal.launcher"));
        Path link = Files.createSymbolicLink(elsewhere.resolve("linked command"), launcher);

        assertEquals(run(launcher.toString()), run(link.toString()));
        // JUnit warns of links that it finds when it cleans up.
        Files.delete(link);
    }

    private String run(String... command) throws Exception {
        Process process =
                new ProcessBuilder(command)
                        .directory(elsewhere.toFile())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output;
    }
}
