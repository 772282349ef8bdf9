// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.prove;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.cli.ExitCode;
import dev.cpulocal.cli.Json;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Verdict.Kind;
import dev.cpulocal.lab.Verdict.Trace;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProveResultTest {

    private static final CheckResult RIGHT = check(MemoryModel.SC, Kind.HOLDS, Kind.HOLDS);
    private static final CheckResult CAUGHT = check(MemoryModel.TSO, Kind.VIOLATED, Kind.VIOLATED);
    private static final CheckResult BROKEN = check(MemoryModel.PSO, Kind.VIOLATED, null);
    private static final CheckResult MISSED = check(MemoryModel.TSO, Kind.HOLDS, Kind.VIOLATED);
    private static final CheckResult TIRED = check(MemoryModel.SC, Kind.EXHAUSTED, Kind.HOLDS);

    private static CheckResult check(
            MemoryModel memoryModel, Kind verdict, @Nullable Kind expected) {
        boolean violated = verdict == Kind.VIOLATED;
        return new CheckResult(
                "MB-01",
                "a title",
                "a variant",
                memoryModel,
                verdict,
                expected,
                violated ? "it is so" : "",
                verdict == Kind.EXHAUSTED ? "5 states (--states)" : "",
                false,
                1234,
                2345,
                6,
                7_000_000,
                8,
                0,
                List.of(),
                violated
                        ? new Trace(memoryModel, Map.of(), List.of(), -1, 1, "it is so", "", true)
                        : null,
                violated ? "the trace under " + memoryModel + "\n" : "");
    }

    private static ProveResult result(CheckResult... checks) {
        return new ProveResult("1", 2, true, 1_500_000_000, Arrays.asList(checks));
    }

    private static String line(int line, CheckResult... checks) {
        return ProveText.render(result(checks), false).lines().toList().get(line);
    }

    @Test
    void aRunPassesWhenEveryVerdictIsTheExpectedOneOrHolds() {
        assertEquals(ExitCode.OK, result(RIGHT, CAUGHT).exitCode());
        assertEquals(ExitCode.OK, result(check(MemoryModel.SC, Kind.HOLDS, null)).exitCode());
        assertTrue(result(RIGHT, CAUGHT).passed());
    }

    @Test
    void aRunFailsWhenAVerdictIsWrongAndEndsInExhaustedOnlyIfNoneIs() {
        assertEquals(ExitCode.FAILED, result(RIGHT, BROKEN).exitCode());
        assertEquals(ExitCode.FAILED, result(MISSED, CAUGHT).exitCode());
        assertEquals(ExitCode.EXHAUSTED, result(RIGHT, TIRED).exitCode());
        assertEquals(ExitCode.FAILED, result(TIRED, MISSED).exitCode());
        assertFalse(result(TIRED).passed());
    }

    @Test
    void aRunWithoutChecksHasNotPassed() {
        assertFalse(result().passed());
    }

    @Test
    void everyCheckIsALine() {
        assertEquals(
                "MB-01     a variant  x86-TSO       VIOLATED  yes        1,234  7.00 ms",
                line(1, CAUGHT));
        assertEquals(
                "MB-01     a variant  x86-TSO       HOLDS    NO: VIOLATED   1,234  7.00 ms",
                line(1, MISSED));
        assertEquals(
                "MB-01     a variant  PSO           VIOLATED  -          1,234  7.00 ms",
                line(1, BROKEN));
    }

    @Test
    void whatIsNotAsItMustBeHasItsReasonBelow() {
        assertEquals(
                "MB-01, a variant, under PSO: VIOLATED: \"it is so\"", line(4, CAUGHT, BROKEN));
        assertEquals("MB-01, a variant, under SC: EXHAUSTED: 5 states (--states)", line(3, TIRED));
        assertEquals(
                "MB-01, a variant, under x86-TSO: HOLDS, and is expected to be VIOLATED",
                line(3, MISSED));
    }

    @Test
    void theLastLineIsTheWholeInASentence() {
        assertEquals(
                "PASSED: 2 checks: 1 holds, 1 is violated, as it must be. 2,468 states in 1.50 s.",
                ProveText.summary(result(RIGHT, CAUGHT)));
        assertEquals(
                "PASSED: 1 check: 1 holds. 1,234 states in 1.50 s.",
                ProveText.summary(result(RIGHT)));
        assertEquals(
                "FAILED: 1 is not as it must be, of 2 checks. 2,468 states in 1.50 s.",
                ProveText.summary(result(TIRED, MISSED)));
        assertEquals(
                "EXHAUSTED: 1 ended at the budget (--states, --time, --memory) and proved nothing, of"
                        + " 1 check. 1,234 states in 1.50 s.",
                ProveText.summary(result(TIRED)));
    }

    @Test
    void aTraceIsShownUnderTheStrongestMemoryModelThatHasOne() {
        String text = ProveText.render(result(RIGHT, CAUGHT, BROKEN), true);

        assertTrue(text.contains("the trace under TSO\n"), text);
        assertFalse(text.contains("the trace under PSO\n"), text);
        assertFalse(ProveText.render(result(CAUGHT), false).contains("the trace"));
    }

    @Test
    void theDocumentHasVerdictsAndTraces() throws Exception {
        var json = Json.MAPPER.valueToTree(result(CAUGHT));

        assertTrue(json.get("passed").asBoolean());
        var check = json.get("checks").get(0);
        assertEquals("VIOLATED", check.get("verdict").asText());
        assertEquals("TSO", check.get("memoryModel").asText());
        assertTrue(check.get("good").asBoolean());
        assertEquals(0, check.at("/trace/steps").size());
        assertEquals("the trace under TSO\n", check.get("traceText").asText());
    }
}
