// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scenarios among the examples have the verdicts that they say. */
class ExamplesTest {

    @ParameterizedTest
    @ValueSource(strings = {"LostWakeup.java", "RestartedForEver.java"})
    void verdictsAreTheExpectedOnes(String file) {
        List<Scenario> scenarios = ScenarioFile.load(Path.of("../examples", file));

        assertEquals(1, scenarios.size());
        for (Scenario.Variant variant : scenarios.getFirst().variants()) {
            assertFalse(variant.expected().isEmpty());
            variant.expected()
                    .forEach((memoryModel, kind) -> {
                        Verdict verdict = Checker.of(memoryModel).check(variant.model());
                        assertEquals(kind, verdict.kind(), verdict::toString);
                        assertFalse(verdict.windowHit());
                    });
        }
    }
}
