// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.Variable;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** That tasks can change places changes no verdict. */
class SymmetryTest {

    private static final int MODELS = Integer.getInteger("lab.fuzz.programs", 30);

    /** One more than the most that tasks find in all. */
    private static final int SUMS = 5;

    /**
     * {@return tasks that do the same, each with a place of its own and one that all have}
     *
     * @param seed what they do
     * @param sum what all they read must not add up to
     */
    private static Model model(long seed, int sum) {
        Random random = new Random(seed);
        int tasks = 2 + random.nextInt(2);
        return Model.build(
                "symmetric " + seed,
                m -> {
                    m.window(12);
                    Variable own = m.shareds("own", tasks, 0);
                    Variable common = m.shared("common", 0);
                    Variable total = m.ghost("total", 0);
                    for (int i = 0; i < tasks; i++) {
                        int mine = i;
                        m.task(
                                "T" + i,
                                i,
                                c -> body(new Random(seed), c, own, common, mine, total));
                    }
                    m.atEnd("the sum is another", total.get().ne(sum));
                });
    }

    private static void body(
            Random random, Code c, Variable own, Variable common, int mine, Variable total) {
        int neighbour = (mine + 1) % own.length();
        Expr sum = Expr.of(0);
        for (int line = own.length(); line < 5; line++) {
            Expr index = Expr.of(random.nextInt(3) == 0 ? neighbour : mine);
            Local read = null;
            switch (random.nextInt(8)) {
                case 0 -> c.store(own, index, Expr.of(1));
                case 1 -> c.store(common, 1);
                case 2 -> read = c.load(own, index);
                case 3 -> read = c.load(common);
                case 4 -> read = c.fetchAdd(common, Expr.of(0), Expr.of(1), Order.PLAIN);
                case 5 -> read = c.exchange(own, index, Expr.of(1), Order.FULL);
                case 6 -> c.mb();
                default -> c.wmb();
            }
            sum = read == null ? sum : sum.plus(read);
        }
        Local all = c.let("sum", sum);
        c.set(total.get(), total.get().plus(all));
    }

    @ParameterizedTest
    @EnumSource
    void verdictsAreTheSame(MemoryModel memoryModel) {
        Checker checker = Checker.of(memoryModel).withThreads(1);
        int fewer = 0;
        for (int seed = 0; seed < MODELS; seed++) {
            for (int sum = 0; sum < SUMS; sum++) {
                Model model = model(seed, sum);

                Verdict all = checker.unreduced().check(model);
                Verdict reduced = checker.check(model);

                assertEquals(all.kind(), reduced.kind(), model + ", sum " + sum);
                fewer += reduced.statistics().states() < all.statistics().states() ? 1 : 0;
            }
        }
        assertTrue(fewer > MODELS, "nothing is reduced");
    }
}
