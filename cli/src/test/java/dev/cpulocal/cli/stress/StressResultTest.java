// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.IndexMode;
import dev.cpulocal.cli.Json;
import dev.cpulocal.cli.stress.Outcome.Check;
import dev.cpulocal.cli.stress.StressResult.ModeOutcome;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class StressResultTest {

    private static final Check GOOD = check(new long[] {10}, new long[] {10}, 0);
    private static final Check LOSING = check(new long[] {10}, new long[] {7}, 0);

    private static Check check(long[] expected, long[] actual, long violations) {
        return Check.of("list", 1000, expected, actual, violations);
    }

    private static Outcome outcome(List<String> failures, Check... checks) {
        return new Outcome(
                true, 16, 1, 1000, 2, 3, 4, 5, 6, 7, 8, 9, List.of(), List.of(checks), failures);
    }

    private static StressResult result(Outcome selfCheck, Outcome... modes) {
        Mode mode = new Mode("on", IndexMode.CPU_ID);
        List<ModeOutcome> outcomes =
                Arrays.stream(modes).map(one -> ModeOutcome.of(mode, one)).toList();
        return new StressResult("1", 1000, 16, selfCheck, outcomes);
    }

    @Test
    void passesWhenTheSelfCheckLosesAndTheModesDoNot() {
        StressResult result = result(outcome(List.of(), LOSING), outcome(List.of(), GOOD));

        assertTrue(result.passed());
        assertEquals(
                "Nothing was lost: 1,000 operations by 16 threads in 1 mode.",
                StressText.verdict(result));
    }

    @Test
    void failsWhenAModeLoses() {
        StressResult result = result(outcome(List.of(), LOSING), outcome(List.of(), GOOD, LOSING));

        assertFalse(result.passed());
        assertEquals(3, result.lostUpdates());
        String text = StressText.render(result);
        assertTrue(
                text.contains("rseq on, index cpu_id: list: expected 10, found 7, lost 3\n"), text);
        assertTrue(text.contains("LOST: 3 updates of "), text);
    }

    @Test
    void lossesAndDoublesDoNotCancelOut() {
        assertEquals(
                new Check("list", 1000, 10, 10, 2), check(new long[] {5, 5}, new long[] {4, 6}, 0));
    }

    @Test
    void whatMustNotBeSeenCountsAsLost() {
        assertEquals(new Check("list", 1000, 1, 1, 4), check(new long[] {1}, new long[] {1}, 4));
    }

    @Test
    void runsTogetherHaveLostWhatEachHasLost() {
        Outcome good = outcome(List.of(), GOOD);
        Outcome both = good.and(outcome(List.of("threw"), LOSING));

        assertEquals(List.of(new Check("list", 2000, 20, 17, 3)), both.checks());
        assertEquals(2000, both.operations());
        assertEquals(List.of("threw"), both.failures());
        assertFalse(good.and(good).everyCheckSawLoss());
    }

    @Test
    void everyTestOfEveryModeIsARow() {
        String text =
                StressText.render(result(outcome(List.of(), LOSING), outcome(List.of(), GOOD)));

        assertTrue(text.contains("on    cpu_id  list       1,000        10     10     0\n"), text);
    }

    @Test
    void failsWhenAModeDiesOrChecksNothing() {
        Outcome good = outcome(List.of(), GOOD);
        Outcome broken = outcome(List.of(), LOSING);

        assertFalse(result(broken, good, Outcome.died(16, "it died")).passed());
        assertFalse(result(broken, outcome(List.of("threw"), GOOD)).passed());
        assertFalse(result(broken, outcome(List.of())).passed());
        assertFalse(result(broken).passed());
    }

    @Test
    void theSelfCheckMustSeeALossInEveryCheck() {
        Outcome good = outcome(List.of(), GOOD);
        for (Outcome blind :
                List.of(
                        good,
                        outcome(List.of(), LOSING, GOOD),
                        outcome(List.of("threw"), LOSING),
                        outcome(List.of()))) {
            StressResult result = result(blind, good);
            assertFalse(result.selfCheckSeesLosses());
            assertFalse(result.passed());
            assertTrue(StressText.render(result).startsWith("Self-check FAILED"));
        }
    }

    @Test
    void anOutcomeSurvivesTheWayFromProcessToProcess() throws Exception {
        Outcome outcome = outcome(List.of("a \"quoted\" failure"), GOOD, LOSING);

        String json = Json.MAPPER.writeValueAsString(outcome);

        assertEquals(outcome, Json.MAPPER.readValue(json, Outcome.class));
    }
}
