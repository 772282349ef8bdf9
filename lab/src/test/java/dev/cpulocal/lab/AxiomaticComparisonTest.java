// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.cpulocal.lab.RandomModels.Feature;
import dev.cpulocal.lab.axioms.Executions;
import dev.cpulocal.lab.axioms.LocalRules;
import dev.cpulocal.lab.axioms.LocalRules.Rule;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The machine has the final states that the axioms of the memory models define. */
class AxiomaticComparisonTest {

    private static final int MODELS = Integer.getInteger("lab.fuzz.programs", 320);

    private static final Set<Feature> STRAIGHT =
            EnumSet.of(
                    Feature.ARRAYS,
                    Feature.BRANCHES,
                    Feature.UPDATES,
                    Feature.FENCES,
                    Feature.ORDERS);

    private static final List<Model> SHAPES = Shapes.all();

    @ParameterizedTest
    @EnumSource
    void finalStatesAreThoseThatTheAxiomsAllow(MemoryModel memoryModel) {
        for (int number = 0; number < MODELS; number++) {
            Model model = model(number);

            Verdict verdict = Checker.of(memoryModel).withThreads(1).check(model);

            assertFalse(verdict.windowHit(), verdict::toString);
            assertEquals(
                    text(Executions.finals(model.program(), memoryModel)),
                    text(Set.copyOf(verdict.finals())),
                    model + " under " + memoryModel.title());
        }
    }

    /** The models are many enough that each rule of a memory model is needed in one of them. */
    @ParameterizedTest
    @EnumSource
    void everyRuleMatters(MemoryModel memoryModel) {
        List<Rule> useless = new ArrayList<>(LocalRules.of(memoryModel));
        for (int number = 0; number < MODELS && !useless.isEmpty(); number++) {
            Model model = model(number);
            Set<List<Long>> all = Executions.finals(model.program(), memoryModel);
            useless.removeIf(rule -> !finalsWithout(rule, model, memoryModel).equals(all));
        }
        assertEquals(List.of(), useless);
    }

    private static Set<List<Long>> finalsWithout(Rule rule, Model model, MemoryModel memoryModel) {
        List<Rule> rules = new ArrayList<>(LocalRules.of(memoryModel));
        rules.remove(rule);
        return Executions.finals(model.program(), memoryModel, rules);
    }

    private static Model model(int number) {
        if (number < SHAPES.size()) {
            return SHAPES.get(number);
        }
        return number % 3 == 0
                ? RandomModels.model(number, STRAIGHT, 3)
                : CyclicModels.model(number);
    }

    private static String text(Set<?> finals) {
        Set<String> lines = new TreeSet<>();
        finals.forEach(one -> lines.add(one.toString()));
        return String.join("\n", lines);
    }
}
