// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.lab.RandomModels.Feature;
import dev.cpulocal.lab.Verdict.Kind;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.BiConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Neither reductions nor threads nor another run change what is found. */
class ReductionTest {

    private static final int MODELS = Integer.getInteger("lab.fuzz.programs", 40);

    /**
     * Models with more states without reduction are left out: the time is better spent on others.
     */
    private static final Budget SMALL = Budget.DEFAULT.withStates(10_000);

    @ParameterizedTest
    @EnumSource
    void reductionChangesNoVerdictAndNoFinalState(MemoryModel memoryModel) {
        forEach(
                memoryModel,
                RandomModels.ALL,
                (checker, model) -> {
                    Verdict all = checker.unreduced().check(model);
                    Verdict reduced = checker.check(model);

                    assertEquals(all.kind(), reduced.kind(), reduced::toString);
                    assertEquals(all.windowHit(), reduced.windowHit(), reduced::toString);
                    if (all.holds()) {
                        assertEquals(all.finals(), reduced.finals(), reduced::toString);
                        assertTrue(reduced.statistics().states() <= all.statistics().states());
                    }
                });
    }

    @ParameterizedTest
    @EnumSource
    void threadsChangeNothing(MemoryModel memoryModel) {
        forEach(
                memoryModel,
                RandomModels.ALL,
                (checker, model) -> {
                    Verdict alone = checker.check(model);
                    Verdict together = checker.withThreads(2).check(model);

                    assertEquals(withoutMeasures(alone), withoutMeasures(together));
                });
    }

    @ParameterizedTest
    @EnumSource
    void runsAreTheSame(MemoryModel memoryModel) {
        forEach(
                memoryModel,
                RandomModels.ALL,
                (checker, model) -> {
                    Checker unreduced = checker.unreduced();
                    assertEquals(
                            withoutMeasures(unreduced.check(model)),
                            withoutMeasures(unreduced.check(model)));
                });
    }

    /** What weaker models permit besides, they permit without forbidding anything. */
    @ParameterizedTest
    @EnumSource(names = {"TSO", "PSO", "ARMV8", "RISCV"})
    void weakerModelsHaveAllFinalStatesOfStrongerOnes(MemoryModel weaker) {
        MemoryModel stronger =
                switch (weaker) {
                    case SC, TSO -> MemoryModel.SC;
                    case PSO -> MemoryModel.TSO;
                    case ARMV8, RISCV -> MemoryModel.PSO;
                };
        // Arm orders a release before a later acquire; TSO knows neither.
        Set<Feature> features = EnumSet.complementOf(EnumSet.of(Feature.ORDERS, Feature.CHECKS));
        forEach(
                weaker,
                features,
                (checker, model) -> {
                    Verdict more = checker.check(model);
                    Verdict less = Checker.of(stronger).withThreads(1).check(model);

                    if (more.holds()) {
                        assertEquals(Kind.HOLDS, less.kind(), less::toString);
                        assertTrue(more.finals().containsAll(less.finals()), less::toString);
                    }
                });
    }

    private static void forEach(
            MemoryModel memoryModel, Set<Feature> features, BiConsumer<Checker, Model> test) {
        Checker checker = Checker.of(memoryModel).withThreads(1);
        int large = 0;
        for (int seed = 0; seed < MODELS; seed++) {
            Model model = RandomModels.model(seed, features, 3);
            if (checker.unreduced().with(SMALL).check(model).kind() == Kind.EXHAUSTED) {
                large++;
            } else {
                test.accept(checker, model);
            }
        }
        assertTrue(large <= MODELS / 4, "too large: " + large);
    }

    private static Verdict withoutMeasures(Verdict verdict) {
        Verdict.Statistics counted = verdict.statistics();
        return new Verdict(
                verdict.model(),
                verdict.memoryModel(),
                verdict.kind(),
                verdict.broken(),
                verdict.trace(),
                verdict.limit(),
                verdict.finals(),
                verdict.windowHit(),
                verdict.addressLost(),
                new Verdict.Statistics(
                        counted.states(), counted.transitions(), counted.depth(), 0, 0, 0));
    }
}
