// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cpulocal.Rseq;
import dev.cpulocal.cli.CommandLineRun.Result;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code stress} of the packaged jar, and that its checks can fail. */
class StressIT {

    private static final List<String> TESTS =
            List.of(
                    "counters",
                    "resets",
                    "tickets",
                    "spinlock",
                    "list",
                    "buffer",
                    "buffer-release",
                    "memcpy",
                    "memcpy-release",
                    "increment",
                    "membarrier",
                    "pool",
                    "rcu");

    private static List<String> tests(JsonNode outcome) {
        return outcome.get("checks").valueStream().map(c -> c.get("family").asText()).toList();
    }

    @Test
    void losesNothingInAnyModeAfterEveryImitationWasFoundOut() throws Exception {
        Result result = CommandLineRun.jar().run("stress", "--duration", "6s", "--json");

        JsonNode json = result.expect(ExitCode.OK).json();
        assertTrue(json.get("passed").asBoolean());
        assertTrue(json.get("selfCheckSeesLosses").asBoolean());
        assertEquals(0, json.get("lostUpdates").asLong());
        assertEquals(TESTS, tests(json.get("selfCheck")));
        for (JsonNode check : json.at("/selfCheck/checks")) {
            assertTrue(check.get("lost").asLong() > 0, check::toString);
        }
        assertEquals(6, json.get("modes").size());
        long replaced = 0;
        for (JsonNode mode : json.get("modes")) {
            JsonNode outcome = mode.get("outcome");
            boolean off = mode.get("rseq").asText().equals("off");
            assertTrue(mode.get("good").asBoolean(), mode::toString);
            assertTrue(outcome.get("operations").asLong() > 0, mode::toString);
            assertTrue(outcome.get("migrations").asLong() > 0, mode::toString);
            assertTrue(outcome.get("signals").asLong() > 0, mode::toString);
            assertTrue(outcome.get("mostPooled").asLong() > 0, mode::toString);
            assertTrue(outcome.at("/ages/0").asLong() > 0, mode::toString);
            replaced += outcome.at("/ages/1").asLong();
            assertEquals(0, outcome.at("/ages/2").asLong(), mode::toString);
            assertEquals(TESTS, tests(outcome));
            for (JsonNode check : outcome.get("checks")) {
                assertTrue(check.get("operations").asLong() > 0, mode::toString);
                assertTrue(check.get("expected").asLong() > 0, mode::toString);
                assertEquals(0, check.get("lost").asLong());
                assertEquals(check.get("expected"), check.get("actual"));
            }
            assertEquals(
                    !off && Rseq.availability().isAvailable(),
                    outcome.get("machineCode").asBoolean(),
                    mode::toString);
        }
        assertFalse(result.out().contains("left:"));
        assertTrue(replaced > 0, "no section overlapped a replacement");
    }

    @Test
    void runsOnlyTheTestsAndThreadsThatAreAskedFor() throws Exception {
        JsonNode json =
                CommandLineRun.jar()
                        .run(
                                "stress",
                                "--duration",
                                "1s",
                                "--rseq",
                                "on",
                                "--test",
                                "pool,list,list",
                                "--threads",
                                "1",
                                "--json")
                        .expect(ExitCode.OK)
                        .json();

        for (JsonNode mode : json.get("modes")) {
            assertEquals(List.of("pool", "list"), tests(mode.get("outcome")));
            assertEquals(1, mode.at("/outcome/threads").asInt());
        }
        assertEquals(List.of("pool", "list"), tests(json.get("selfCheck")));
    }

    @Test
    void failsWhenUpdatesAreLost() throws Exception {
        Result result =
                CommandLineRun.jar()
                        .run(
                                "stress",
                                "--duration",
                                "1s",
                                "--rseq",
                                "on",
                                "--tested",
                                "broken",
                                "--json")
                        .expect(ExitCode.FAILED);

        assertTrue(result.json().get("lostUpdates").asLong() > 0, result::out);
        for (JsonNode mode : result.json().get("modes")) {
            for (JsonNode check : mode.at("/outcome/checks")) {
                assertTrue(check.get("lost").asLong() > 0, check::toString);
            }
        }
        assertFalse(result.json().get("passed").asBoolean());
    }

    @Test
    void failsWhenAProcessDies() throws Exception {
        Result result =
                CommandLineRun.jar()
                        .run(
                                "stress",
                                "--duration",
                                "1s",
                                "--index",
                                "cpu_id",
                                "--rseq",
                                "off,on",
                                "--tested",
                                "dying")
                        .expect(ExitCode.FAILED);

        assertTrue(result.out().contains("it died with exit code 134"), result::out);
        assertTrue(result.out().contains("\nFAILED: "), result::out);
        assertTrue(result.out().contains("in 2 modes"), result::out);
    }

    @Test
    void refusesToAnswerWhenItsCheckCannotSeeALoss() throws Exception {
        Result result =
                CommandLineRun.jar()
                        .run("stress", "--duration", "1s", "--self-check", "real", "--json")
                        .expect(ExitCode.INTERNAL);

        assertEquals(0, result.json().get("modes").size());
        assertFalse(result.json().get("selfCheckSeesLosses").asBoolean());
    }

    @Test
    void refusesBadTimesAndThreads() throws Exception {
        List<List<String>> wrong =
                List.of(
                        List.of("--duration", "soon"),
                        List.of("--duration", "10"),
                        List.of("--duration", "-1s"),
                        List.of("--duration", "999ms"),
                        List.of("--duration", "25h"),
                        List.of("--threads", "-1"),
                        List.of("--threads", "0"),
                        List.of("--threads", "1000000"),
                        List.of("--threads", "two"),
                        List.of("--rseq", "on,maybe"),
                        List.of("--index", "thread"),
                        List.of("--test", "list,queue"),
                        List.of("--test", ""));
        for (List<String> arguments : wrong) {
            Result result =
                    CommandLineRun.jar()
                            .run("stress", arguments.getFirst(), arguments.getLast())
                            .expect(ExitCode.USAGE);
            assertEquals("", result.out(), arguments::toString);
            assertTrue(result.err().contains(arguments.getFirst()), result::err);
        }
    }
}
