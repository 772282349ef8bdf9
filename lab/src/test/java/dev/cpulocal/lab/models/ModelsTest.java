// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.lab.Checker;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario;
import dev.cpulocal.lab.Verdict;
import dev.cpulocal.lab.Verdict.Kind;
import dev.cpulocal.lab.Verdict.Trace;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The algorithms have the verdicts that their scenarios say, however they are searched. Where loads
 * are held back, loops that load from several places are searched as far as the window goes.
 */
class ModelsTest {

    /** A variant under one memory model, and what is expected there. */
    record Case(Model model, MemoryModel memoryModel, Kind expected) {

        Checker checker() {
            return Checker.of(memoryModel);
        }

        @Override
        public String toString() {
            return model + ", " + memoryModel.title();
        }
    }

    static Stream<Case> cases() {
        return Models.all().stream()
                .flatMap(scenario -> scenario.variants().stream())
                .flatMap(ModelsTest::cases);
    }

    private static Stream<Case> cases(Scenario.Variant variant) {
        return variant.expected().entrySet().stream()
                .map(one -> new Case(variant.model(), one.getKey(), one.getValue()));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void verdictIsTheExpectedOne(Case one) {
        Verdict verdict = one.checker().check(one.model());

        assertEquals(one.expected(), verdict.kind(), verdict::toString);
        boolean isLimited = one.memoryModel().defersLoads() || one.expected() == Kind.VIOLATED;
        assertTrue(isLimited || !verdict.windowHit(), "the window is too small");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void reductionChangesNoVerdict(Case one) {
        Verdict reduced = one.checker().check(one.model());
        Verdict all = one.checker().unreduced().check(one.model());

        assertEquals(reduced.kind(), all.kind());
        assertEquals(reduced.broken(), all.broken());
        if (one.expected() == Kind.HOLDS) {
            assertEquals(reduced.finals(), all.finals());
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void threadsChangeNothing(Case one) {
        Verdict alone = one.checker().withThreads(1).check(one.model());
        Verdict together = one.checker().withThreads(2).check(one.model());

        assertEquals(alone.kind(), together.kind());
        assertEquals(alone.trace(), together.trace());
        assertEquals(alone.finals(), together.finals());
        assertEquals(alone.statistics().states(), together.statistics().states());
        assertEquals(alone.statistics().transitions(), together.statistics().transitions());
        assertEquals(alone.statistics().depth(), together.statistics().depth());
    }

    @Test
    void everyScenarioHasARightAndAWrongVariant() {
        for (Scenario scenario : Models.all()) {
            for (Kind kind : List.of(Kind.HOLDS, Kind.VIOLATED)) {
                assertTrue(
                        scenario.variants().stream()
                                .anyMatch(variant -> variant.expected().containsValue(kind)),
                        scenario.id());
            }
        }
    }

    @Test
    void readerThatOneFlipMissesIsSeenInTheTrace() {
        Model model = new Urcu(1, 2, Urcu.Variant.SINGLE_FLIP).model();

        Trace trace = Objects.requireNonNull(Checker.of(MemoryModel.SC).check(model).trace());

        assertEquals("what is read is not destroyed", trace.broken());
        List<String> data =
                trace.steps().stream()
                        .filter(step -> step.changes().containsKey("data[1]"))
                        .map(step -> step.changes().get("data[1]").toString())
                        .toList();
        assertEquals(List.of("1", "0"), data);
    }

    @Test
    void sizesAreChecked() {
        assertEquals(
                "cpus: 1 (expected: 2 or more)",
                assertThrows(IllegalArgumentException.class, () -> new StoreRing(1, 1, false))
                        .getMessage());
        assertThrows(
                IllegalArgumentException.class,
                () -> new TicketLock(2, 0, TicketLock.Variant.RIGHT));
        assertThrows(
                IllegalArgumentException.class, () -> new Peterson(1, 1, Peterson.Variant.FENCED));
        assertThrows(IllegalArgumentException.class, () -> new Urcu(0, 1, Urcu.Variant.COMPLETE));
    }
}
