// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.rcu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.cpulocal.bench.Plan;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadRunTest {

    @Test
    void liburcuHasAsManyPlatformThreadsAsRcuAndNoVirtualOnes() {
        for (var plan : List.of(ReadRun.standard(), ReadRun.quick())) {
            assertEquals(
                    platformThreads(plan, ReadSubject.RCU),
                    platformThreads(plan, ReadSubject.LIBURCU));
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> new ReadConfiguration(ReadSubject.LIBURCU, 1, true));
    }

    private static List<Integer> platformThreads(
            Plan<ReadConfiguration> plan, ReadSubject subject) {
        return plan.parts().stream()
                .map(Plan.Part::configuration)
                .filter(configuration -> configuration.subject() == subject)
                .filter(configuration -> !configuration.virtual())
                .map(ReadConfiguration::threads)
                .toList();
    }
}
