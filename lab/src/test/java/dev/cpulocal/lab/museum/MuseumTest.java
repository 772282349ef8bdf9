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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The entries of the museum have the verdicts that they say. */
@Execution(ExecutionMode.CONCURRENT)
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
        return Museum.scenarios().stream()
                .flatMap(scenario -> scenario.variants().stream())
                .flatMap(variant ->
                        variant.expected().keySet().stream()
                                .map(memoryModel -> new Case(variant, memoryModel)));
    }

    /** Many cases are checked at the same time. */
    private static Checker checker(Case one) {
        return Checker.of(one.memoryModel()).withThreads(1);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void verdictIsTheExpectedOne(Case one) {
        Verdict verdict = checker(one).check(one.variant().model());

        assertEquals(one.expected(), verdict.kind(), verdict::toString);
        assertFalse(verdict.windowHit(), "the window is too small");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void reductionChangesNoVerdict(Case one) {
        Verdict verdict = checker(one).unreduced().check(one.variant().model());

        assertEquals(one.expected(), verdict.kind(), verdict::toString);
    }

    static Stream<Exhibit> entries() {
        return Museum.all().stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("entries")
    void todaysCodeHoldsWhereverItIsChecked(Exhibit entry) {
        Variant reference = entry.referenceVariant();

        assertFalse(reference.expected().isEmpty(), entry.id());
        assertEquals(Set.of(Verdict.Kind.HOLDS), Set.copyOf(reference.expected().values()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("entries")
    void aChangeBringsABugOrTheEntryIsAboutAClaim(Exhibit entry) {
        assertTrue(
                entry.changes().stream().anyMatch(Exhibit::isFaulty) || !entry.claims().isEmpty(),
                entry.id());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("entries")
    void theReferenceReachesItsSteps(Exhibit entry) {
        List<Variant> reached =
                entry.scenario().variants().stream().filter(Exhibit::isReached).toList();

        assertFalse(reached.isEmpty(), entry.id());
        for (Variant variant : reached) {
            assertEquals(Set.of(Verdict.Kind.VIOLATED), Set.copyOf(variant.expected().values()));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("entries")
    void thePageHasItsTexts(Exhibit entry) {
        assertFalse(entry.kernels().isBlank(), entry.id());
        assertFalse(entry.bounds().isBlank(), entry.id());
        assertFalse(entry.scenario().text().isBlank(), entry.id());
        assertFalse(entry.statements().isEmpty(), entry.id());
    }

    @Test
    void idsAreInOrderAndNamesAreDifferent() {
        List<String> ids = Museum.scenarios().stream().map(Scenario::id).toList();
        assertEquals(ids.stream().sorted().distinct().toList(), ids);
        for (Scenario scenario : Museum.scenarios()) {
            var names = new HashSet<String>();
            scenario.variants().forEach(variant -> assertTrue(names.add(variant.name())));
        }
    }
}
