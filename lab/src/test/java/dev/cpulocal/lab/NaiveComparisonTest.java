// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.lab.RandomModels.Feature;
import dev.cpulocal.lab.naive.NaiveMachine;
import dev.cpulocal.lab.naive.NaiveSearch;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The machine has the states that the words of SC, TSO and PSO say, and as many. */
class NaiveComparisonTest {

    private static final int MODELS = Integer.getInteger("lab.fuzz.programs", 100);

    /** All but handlers, whose beginning may be one step with what follows. */
    private static final Set<Feature> COUNTED = EnumSet.complementOf(EnumSet.of(Feature.HANDLERS));

    @ParameterizedTest
    @EnumSource(names = {"SC", "TSO", "PSO"})
    void countsAreThoseOfTheNaiveMachine(MemoryModel memoryModel) {
        for (int seed = 0; seed < MODELS; seed++) {
            Model model = RandomModels.model(seed, COUNTED, 4);
            NaiveSearch.Found found = naive(model, memoryModel);

            Verdict verdict = Checker.of(memoryModel).withThreads(1).unreduced().check(model);

            assertSameAnswer(found, verdict);
            Verdict.Statistics counted = verdict.statistics();
            assertEquals(found.states(), counted.states(), verdict::toString);
            assertEquals(found.transitions(), counted.transitions(), verdict::toString);
            assertEquals(found.depth(), counted.depth(), verdict::toString);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SC", "TSO", "PSO"})
    void reducedAnswersAreThoseOfTheNaiveMachine(MemoryModel memoryModel) {
        for (int seed = 0; seed < MODELS; seed++) {
            Model model = RandomModels.model(-1 - seed, RandomModels.ALL, 3);
            Checker checker = Checker.of(memoryModel).withThreads(1);
            if (isSmall(checker, model)) {
                assertSameAnswer(naive(model, memoryModel), checker.check(model));
            }
        }
    }

    /** Whether it is one for a machine that takes its time. */
    private static boolean isSmall(Checker checker, Model model) {
        Budget small = Budget.DEFAULT.withStates(3_000);
        return checker.with(small).unreduced().check(model).kind() != Verdict.Kind.EXHAUSTED;
    }

    private static NaiveSearch.Found naive(Model model, MemoryModel memoryModel) {
        return NaiveSearch.run(model.program(), new NaiveMachine(model.program(), memoryModel));
    }

    private static void assertSameAnswer(NaiveSearch.Found found, Verdict verdict) {
        assertFalse(verdict.windowHit(), verdict::toString);
        assertEquals(found.broken().isEmpty(), verdict.holds(), verdict::toString);
        if (verdict.holds()) {
            assertEquals(found.finals(), new HashSet<>(verdict.finals()), verdict::toString);
        } else {
            assertTrue(found.broken().contains(verdict.broken()), verdict::toString);
        }
    }
}
