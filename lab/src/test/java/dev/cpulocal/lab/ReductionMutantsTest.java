// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.fail;

import dev.cpulocal.lab.RandomModels.Feature;
import dev.cpulocal.lab.internal.machine.ExactSearch;
import dev.cpulocal.lab.internal.machine.Field;
import dev.cpulocal.lab.internal.machine.FlawedReduction;
import dev.cpulocal.lab.internal.machine.Program;
import dev.cpulocal.lab.internal.search.Search;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The comparison of answers with and without reduction finds a reduction that is wrong. Models made
 * by chance have no property that holds in every state; here they get one of two places in memory.
 */
class ReductionMutantsTest {

    private static final int MOST_MODELS = 2000;
    private static final MemoryModel MODEL = MemoryModel.TSO;
    private static final Set<Feature> FEATURES = EnumSet.complementOf(EnumSet.of(Feature.HANDLERS));
    private static final Checker CHECKER =
            Checker.of(MODEL).withThreads(1).unreduced().with(Budget.DEFAULT.withStates(500));

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void flawIsFound(FlawedReduction flaw) {
        for (int seed = 0; seed < MOST_MODELS; seed++) {
            if (answersDiffer(seed, flaw)) {
                return;
            }
        }
        fail("not found: " + flaw);
    }

    @Test
    void nothingIsFoundWhereNothingIsWrong() {
        for (int seed = 0; seed < MOST_MODELS / 10; seed++) {
            assertFalse(answersDiffer(seed, FlawedReduction.NONE), "model " + seed);
        }
    }

    private static boolean answersDiffer(int seed, FlawedReduction flaw) {
        Program program = withProperty(RandomModels.model(seed, FEATURES, 3).program(), seed);
        Verdict verdict = Search.run(program, CHECKER);
        if (verdict.kind() == Verdict.Kind.EXHAUSTED) {
            return false;
        }
        ExactSearch.Found found;
        try {
            found = ExactSearch.run(program, flaw.machine(program, MODEL));
        } catch (Field.Overflow _) {
            return false;
        }
        return found.broken() == verdict.holds()
                || (verdict.holds() && !found.finals().equals(Set.copyOf(verdict.finals())));
    }

    private static Program withProperty(Program program, int seed) {
        Expr first = program.memory().get(0).get(0).ne(1 + seed % 3);
        Expr second = program.memory().get(1).get(0).ne(1 + seed / 3 % 3);
        return new Program(
                program.name(),
                program.tasks(),
                program.initial(),
                program.memory(),
                program.addresses(),
                program.hardware(),
                program.handlers(),
                List.of(new Program.Property("not both", first.or(second), false)),
                program.observed(),
                program.progress(),
                program.window());
    }
}
