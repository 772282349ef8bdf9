// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.lab.Checker;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Scenario;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.Verdict;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The entries of the museum have the verdicts that they say. */
class MuseumTest {

    /** A variant under one memory model. */
    record Case(Variant variant, MemoryModel memoryModel) {

        Verdict.Kind expected() {
            Verdict.Kind kind = variant.expected().get(memoryModel);
            assertTrue(kind != null, toString());
            return kind;
        }

        @Override
        public String toString() {
            return variant.model() + ", " + memoryModel.title();
        }
    }

    static Stream<Case> cases() {
        return Museum.all().stream()
                .flatMap(scenario -> scenario.variants().stream())
                .flatMap(variant ->
                        variant.expected().keySet().stream()
                                .map(memoryModel -> new Case(variant, memoryModel)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void verdictIsTheExpectedOne(Case one) {
        Verdict verdict = Checker.of(one.memoryModel()).check(one.variant().model());

        assertEquals(one.expected(), verdict.kind(), verdict::toString);
        assertFalse(verdict.windowHit(), "the window is too small");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void reductionChangesNoVerdict(Case one) {
        Verdict verdict = Checker.of(one.memoryModel()).unreduced().check(one.variant().model());

        assertEquals(one.expected(), verdict.kind(), verdict::toString);
    }

    @Test
    void everyEntryHasARightAndAWrongVariant() {
        for (Scenario scenario : Museum.all()) {
            assertEquals("fixed", fixed(scenario).name());
            assertTrue(
                    scenario.variants().stream()
                            .filter(variant -> !variant.name().startsWith("reached: "))
                            .anyMatch(variant ->
                                    variant.expected().containsValue(Verdict.Kind.VIOLATED)),
                    scenario.id());
        }
    }

    private static Variant fixed(Scenario scenario) {
        return scenario.variants().stream()
                .filter(variant ->
                        variant.expected().values().stream()
                                .allMatch(kind -> kind == Verdict.Kind.HOLDS))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void everyEntryReachesItsStepsWhereItHolds() {
        for (Scenario scenario : Museum.all()) {
            List<Variant> reached = new ArrayList<>(scenario.variants());
            reached.removeIf(variant -> !variant.name().startsWith("reached: "));
            assertFalse(reached.isEmpty(), scenario.id());
            for (Variant variant : reached) {
                assertEquals(fixed(scenario).expected().keySet(), variant.expected().keySet());
            }
        }
    }

    @Test
    void idsAreInOrderAndNamesAreDifferent() {
        List<String> ids = Museum.all().stream().map(Scenario::id).toList();
        assertEquals(ids.stream().sorted().distinct().toList(), ids);
        for (Scenario scenario : Museum.all()) {
            var names = new HashSet<String>();
            scenario.variants().forEach(variant -> assertTrue(names.add(variant.name())));
        }
    }
}
