// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.bench.lab.LabRun.Outcome;
import dev.cpulocal.bench.lab.LabRun.Plan;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LabTablesTest {

    @Test
    void smallModelIsMeasuredInJvmsOfItsOwn() throws Exception {
        List<Plan> plans = LabTables.plans(List.of(LabModel.STORE_RING_4_1));

        Map<Plan, List<Outcome>> outcomes = LabTables.measure(plans, 1);

        assertEquals(plans, List.copyOf(outcomes.keySet()));
        for (Plan plan : plans) {
            Outcome outcome = outcomes.getOrDefault(plan, List.of()).getFirst();
            assertTrue(outcome.processNanos() > outcome.searchNanos(), outcome::toString);
            assertTrue(outcome.cpuNanos() > 0, outcome::toString);
            assertTrue(outcome.residentKib() > 1024, outcome::toString);
            assertEquals(plan.reduced(), outcome.states() < 1_154, outcome::toString);
        }
    }

    @Test
    void tableHasMedianAndSpread() {
        Plan plan = new Plan(LabModel.STORE_RING_4_1, 2, false);
        List<Outcome> runs =
                List.of(
                        new Outcome(
                                3_000_000_000L,
                                2_000_000_000,
                                500_000_000,
                                2048,
                                4616,
                                1154,
                                9,
                                12),
                        new Outcome(
                                1_000_000_000, 1_000_000_000, 500_000_000, 1024, 4616, 1154, 9, 12),
                        new Outcome(
                                2_000_000_000,
                                1_500_000_000,
                                500_000_000,
                                3072,
                                4616,
                                1154,
                                9,
                                12));

        String table = LabTables.markdown(Map.of(plan, runs));

        assertTrue(
                table.endsWith(
                        "| store ring (4,1) | 2 | 1,154 | 9 | 12 | 2.00 | 1.00 - 3.00 | 1.50"
                                + " | 1,154 | 4.0 | 2 |\n"),
                table);
    }
}
