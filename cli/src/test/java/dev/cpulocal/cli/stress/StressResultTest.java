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

    private static final Check GOOD = Check.of("sums", 10, 10);
    private static final Check LOSING = Check.of("sums", 10, 7);

    private static Outcome outcome(List<String> failures, Check... checks) {
        return new Outcome(true, 16, 1, 1000, 2, 3, 4, 5, 6, 7, 8, List.of(checks), failures);
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
        assertTrue(text.contains("rseq on, index cpu_id: sums: expected 10, found 7\n"), text);
        assertTrue(text.contains("LOST: 3 updates of "), text);
    }

    @Test
    void lossesAndDoublesDoNotCancelOut() {
        assertEquals(2, Check.of("sums", 0, 0).and(5, 4).and(5, 6).lost());
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
