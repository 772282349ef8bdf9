// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

import static org.junit.jupiter.api.Assertions.fail;

import dev.cpulocal.lab.naive.NaiveMachine;
import dev.cpulocal.lab.naive.NaiveMachine.Flaw;
import dev.cpulocal.lab.naive.NaiveSearch;
import java.util.EnumSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The comparison with a naive machine finds a machine that is wrong. */
class MutantsTest {

    private static final int MOST_MODELS = 2000;
    private static final Budget SMALL = Budget.DEFAULT.withStates(500);

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void flawIsFound(Flaw flaw) {
        for (int seed = 0; seed < MOST_MODELS; seed++) {
            Model model = RandomModels.model(seed, EnumSet.allOf(RandomModels.Feature.class), 3);
            Checker checker = Checker.of(MemoryModel.PSO).withThreads(1).unreduced().with(SMALL);
            if (checker.check(model).kind() != Verdict.Kind.EXHAUSTED && differs(model, flaw)) {
                return;
            }
        }
        fail("not found: " + flaw);
    }

    private static boolean differs(Model model, Flaw flaw) {
        var program = model.program();
        var right = new NaiveMachine(program, MemoryModel.PSO);
        var wrong = new NaiveMachine(program, MemoryModel.PSO, flaw);
        return !NaiveSearch.run(program, right).equals(NaiveSearch.run(program, wrong));
    }
}
