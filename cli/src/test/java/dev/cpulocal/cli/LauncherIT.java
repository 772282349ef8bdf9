// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.cli.CommandLineRun.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script that users start. */
class LauncherIT {

    private static final Path LAUNCHER = Path.of(System.getProperty("cpulocal.launcher"));

    @TempDir Path elsewhere;

    @Test
    void runsThroughALinkFromAnyDirectory() throws Exception {
        Path link = Files.createSymbolicLink(elsewhere.resolve("linked command"), LAUNCHER);

        Result direct = CommandLineRun.of(LAUNCHER.toString()).in(elsewhere).run("--version");
        Result linked = CommandLineRun.of(link.toString()).in(elsewhere).run("--version");

        assertTrue(direct.expect(ExitCode.OK).out().matches("cpulocal \\d+\\.\\d+\\.\\d+.*\n"));
        assertEquals(direct.out(), linked.expect(ExitCode.OK).out());
        // JUnit warns of links that it finds when it cleans up.
        Files.delete(link);
    }

    @Test
    void passesOnTheExitCode() throws Exception {
        CommandLineRun.of(LAUNCHER.toString()).run("no-such-command").expect(ExitCode.USAGE);
    }

    /**
     * The scripts are copied, and look for JDKs in an empty directory in place of the one where
     * systems install them.
     */
    @Test
    void saysOneClearSentenceWithoutAJdk() throws Exception {
        Path root = Files.createDirectory(elsewhere.resolve("clone"));
        Path noJdks = Files.createDirectory(elsewhere.resolve("no-jdks"));
        for (String script : List.of("cpulocal", "jdk")) {
            String text = Files.readString(LAUNCHER.resolveSibling(script));
            Path copy = root.resolve(script);
            Files.writeString(copy, text.replace("/usr/lib/jvm/*", noJdks + "/*"));
            assertTrue(copy.toFile().setExecutable(true));
        }
        Files.writeString(root.resolve("pom.xml"), "<project/>");

        Result result =
                CommandLineRun.of(root.resolve("cpulocal").toString())
                        .without("JAVA_HOME")
                        .with("PATH", pathWithoutJava().toString())
                        .run("doctor")
                        .expect(69);

        assertEquals(
                "No JDK 25 or later: set JAVA_HOME, or install one under " + noJdks + ".\n",
                result.err().replace("/usr/lib/jvm", noJdks.toString()));
        assertEquals("", result.out());
    }

    /** What the scripts call, and nothing else. */
    private Path pathWithoutJava() throws IOException {
        Path bin = Files.createDirectory(elsewhere.resolve("bin"));
        for (String tool : List.of("sh", "dirname", "readlink", "find", "head", "sed", "flock")) {
            Path found =
                    Stream.of("/usr/bin", "/bin")
                            .map(directory -> Path.of(directory, tool))
                            .filter(Files::exists)
                            .findFirst()
                            .orElseThrow();
            Path script = bin.resolve(tool);
            Files.writeString(script, "#!/bin/sh\nexec " + found + " \"$@\"\n");
            assertTrue(script.toFile().setExecutable(true));
        }
        return bin;
    }
}
