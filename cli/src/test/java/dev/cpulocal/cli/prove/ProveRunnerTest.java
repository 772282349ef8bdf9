// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.prove;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.cli.terminal.StatusLine;
import dev.cpulocal.lab.Budget;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.Verdict;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProveRunnerTest {

    private static final int BITS = 17;

    /** Each of some CPUs stores once: two states for each, in every combination. */
    private static Model storing(int cpus) {
        return Model.build(
                cpus + " CPUs",
                m -> {
                    Variable x = m.shareds("x", cpus, 0);
                    for (int cpu = 0; cpu < cpus; cpu++) {
                        int stored = cpu;
                        m.task("store " + cpu, cpu, c -> c.store(x, Expr.of(stored), Expr.of(1)));
                    }
                    m.atEnd("all have stored", x.get(0));
                });
    }

    private static ProveResult run(Searching searching, int... cpus) throws InterruptedException {
        List<Check> checks =
                IntStream.of(cpus)
                        .mapToObj(ProveRunnerTest::storing)
                        .map(model -> Variant.of(model.toString(), "", model).holds(MemoryModel.SC))
                        .map(variant -> new Scenario("storing", "", "", List.of(variant)))
                        .flatMap(scenario -> Check.of(scenario, List.of(), false).stream())
                        .toList();
        return new ProveRunner("1", checks, searching).run(StatusLine.silent());
    }

    private static Searching unreduced(Budget budget, int threads) {
        return new Searching(budget, threads, false);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void answersComeInTheOrderOfTheQuestions(int threads) throws InterruptedException {
        ProveResult result = run(unreduced(Budget.DEFAULT, threads), 12, 1, 10, 2);

        assertEquals(
                List.of(1L << 12, 1L << 1, 1L << 10, 1L << 2),
                result.checks().stream().map(CheckResult::states).toList());
        assertTrue(result.passed());
    }

    @Test
    void whatNeedsMoreThanItsShareOfMemoryIsSearchedAgainAlone() throws InterruptedException {
        long alone = run(unreduced(Budget.DEFAULT, 1), BITS).checks().getFirst().bytes();
        // A set that grows takes more for a moment. Half of this is still too little.
        Budget enoughForOne = Budget.DEFAULT.withBytes(alone * 19 / 10);

        ProveResult result = run(unreduced(enoughForOne, 2), BITS, BITS);

        assertTrue(alone > Budget.LEAST_BYTES, alone + " bytes");
        assertTrue(result.passed(), () -> result.checks().toString());
    }

    @Test
    void whatNeedsMoreThanAllMemoryIsGivenUp() throws InterruptedException {
        ProveResult result =
                run(unreduced(Budget.DEFAULT.withBytes(Budget.LEAST_BYTES), 2), BITS, 3);

        assertEquals(Verdict.Kind.EXHAUSTED, result.checks().getFirst().verdict());
        assertEquals(Verdict.Kind.HOLDS, result.checks().getLast().verdict());
    }
}
