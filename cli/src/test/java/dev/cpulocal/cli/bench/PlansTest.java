// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.bench.Configuration;
import dev.cpulocal.bench.CounterPlans;
import dev.cpulocal.bench.Plan;
import dev.cpulocal.bench.Plan.Part;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PlansTest {

    @Test
    void otherThreadCountsReplaceThoseOfThePlan() {
        Plan<Configuration> plan = Plans.withThreads(CounterPlans.quick(), List.of(3, 5));

        Set<Integer> threads =
                plan.parts().stream()
                        .map(part -> part.configuration().threads())
                        .collect(Collectors.toSet());
        assertEquals(Set.of(3, 5), threads);
        assertEquals(
                subjects(CounterPlans.quick()),
                subjects(plan),
                "all subjects of the plan are measured");
    }

    @Test
    void noConfigurationIsMeasuredTwice() {
        Plan<Configuration> plan = Plans.withThreads(CounterPlans.standard(), List.of(2));

        List<Configuration> all = plan.parts().stream().map(Part::configuration).toList();
        assertEquals(new HashSet<>(all).size(), all.size());
    }

    @Test
    void noThreadCountsLeaveThePlanAsItIs() {
        assertEquals(CounterPlans.quick(), Plans.withThreads(CounterPlans.quick(), List.of()));
    }

    @Test
    void forksAreTheSameForAll() {
        Plan<Configuration> plan = Plans.withForks(CounterPlans.standard(), 7);

        assertTrue(plan.parts().stream().allMatch(part -> part.forks() == 7));
        assertEquals(7 * CounterPlans.standard().parts().size(), plan.forks());
    }

    private static Set<Object> subjects(Plan<Configuration> plan) {
        return plan.parts().stream()
                .map(part -> part.configuration().subject())
                .collect(Collectors.toSet());
    }
}
