// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.cli.CommandLineRun.Result;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What all commands have in common. */
class MainIT {

    private static final List<String> COMMANDS =
            List.of("report", "doctor", "bench", "stress", "prove", "disasm");

    @Test
    void showsItsCommandsWithoutArguments() throws Exception {
        Result result = CommandLineRun.jar().run().expect(ExitCode.OK);

        for (String command : COMMANDS) {
            assertTrue(result.out().contains("\n  " + command + " "), result::out);
        }
        assertTrue(!result.out().contains("stress-worker"), result::out);
        assertEquals("", result.err());
    }

    @Test
    void eachCommandHasHelpWithExamplesAndExitCodes() throws Exception {
        for (String command : COMMANDS) {
            String help = CommandLineRun.jar().run(command, "--help").expect(ExitCode.OK).out();

            assertTrue(help.contains("Usage: cpulocal " + command), help);
            assertTrue(help.contains("Exit codes:"), help);
            assertTrue(help.contains("Examples:"), help);
        }
    }

    @Test
    void suggestsTheCommandThatWasMeant() throws Exception {
        Result result = CommandLineRun.jar().run("docto").expect(ExitCode.USAGE);

        assertTrue(result.err().contains("Did you mean: cpulocal doctor?"), result::err);
        assertEquals("", result.out());
    }

    @Test
    void refusesUnknownOptions() throws Exception {
        Result result = CommandLineRun.jar().run("doctor", "--jsn").expect(ExitCode.USAGE);

        assertTrue(
                result.err().startsWith("cpulocal doctor: Unknown option: '--jsn'"), result::err);
    }

    @Test
    void anUnexpectedErrorIsOneLineUnlessMoreIsAskedFor() throws Exception {
        String[] noTemporaryFiles = {"-Djava.io.tmpdir=/no/such/directory"};

        Result brief = CommandLineRun.jar(noTemporaryFiles).run("stress").expect(ExitCode.INTERNAL);
        Result verbose =
                CommandLineRun.jar(noTemporaryFiles)
                        .run("stress", "--verbose")
                        .expect(ExitCode.INTERNAL);

        // The JVM itself warns of such a directory.
        List<String> lines = brief.err().lines().filter(line -> !line.startsWith("WARN")).toList();
        assertEquals(1, lines.size(), brief::err);
        assertTrue(lines.getFirst().startsWith("cpulocal: unexpected error: "), brief::err);
        assertTrue(lines.getFirst().endsWith("(--verbose shows where)"), brief::err);
        assertEquals("", brief.out());
        assertTrue(verbose.err().contains("\tat dev.cpulocal.cli."), verbose::err);
    }
}
