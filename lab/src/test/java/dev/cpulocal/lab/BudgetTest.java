// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Verdict.Kind;
import dev.cpulocal.lab.internal.machine.Program;
import dev.cpulocal.lab.internal.search.WayWithin;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * What comes after the exploration keeps to the budget, too. With reductions the model has few
 * states, and the exploration takes no time; without, as ways are looked for, it has more than
 * anybody can look at.
 */
class BudgetTest {

    private static final int TASKS = 8;
    private static final int STORES = 30;

    /** Tasks that have nothing in common. */
    private static Model model(Consumer<Model.Builder> property) {
        return Model.build(
                "apart",
                m -> {
                    Variable x = m.shareds("x", TASKS, 0);
                    for (int i = 0; i < TASKS; i++) {
                        Expr own = Expr.of(i);
                        m.task(
                                "T" + i,
                                i,
                                c -> {
                                    for (int value = 1; value <= STORES; value++) {
                                        c.store(x, own, Expr.of(value));
                                    }
                                });
                    }
                    property.accept(m);
                });
    }

    private static Verdict check(Budget budget, Consumer<Model.Builder> property) {
        return Checker.of(MemoryModel.SC).with(budget).check(model(property));
    }

    @Test
    void explorationItselfIsShort() {
        Verdict verdict = check(Budget.DEFAULT, m -> m.always("yes", Expr.of(1)));

        assertTrue(verdict.holds(), verdict::toString);
        assertTrue(verdict.statistics().states() <= TASKS * STORES + 1, verdict::toString);
    }

    @Test
    void timeEndsTheSearchForAWayWithoutProgress() {
        Verdict verdict =
                check(
                        Budget.DEFAULT.withTime(Duration.ofMillis(1500)),
                        m -> m.againAndAgain("yes", Expr.of(1)));

        assertEquals(Kind.EXHAUSTED, verdict.kind());
        assertEquals("time: 1.5 s, to look for a way without progress", verdict.limit());
    }

    @Test
    void statesEndTheSearchForAWayWithoutProgress() {
        Verdict verdict =
                check(Budget.DEFAULT.withStates(1000), m -> m.againAndAgain("yes", Expr.of(1)));

        assertEquals(Kind.EXHAUSTED, verdict.kind());
        assertEquals("states: 1000, to look for a way without progress", verdict.limit());
    }

    @Test
    void memoryEndsTheSearchForAWayWithoutProgress() {
        Verdict verdict =
                check(Budget.DEFAULT.withBytes(8 << 20), m -> m.againAndAgain("yes", Expr.of(1)));

        assertEquals(Kind.EXHAUSTED, verdict.kind());
        assertEquals("memory: 8388608 bytes, to look for a way without progress", verdict.limit());
    }

    @Test
    void wayIsNotTheShortestWhereMemoryDoesNotSufficeForThat() {
        Verdict verdict = check(Budget.DEFAULT.withBytes(8 << 20), m -> m.atEnd("no", Expr.of(0)));

        assertEquals(Kind.VIOLATED, verdict.kind());
        assertFalse(Objects.requireNonNull(verdict.trace()).shortest());
    }

    @Test
    void searchForAWayKeepsToEachPartOfTheBudget() {
        Program broken = model(m -> m.always("is small", m.shared("y", 0).get().ne(0))).program();
        Program large = model(m -> m.atEnd("no", Expr.of(0))).program();

        assertEquals("", WayWithin.exceeded(broken, Budget.DEFAULT));
        assertEquals(
                "time: 0.01 s, to see",
                WayWithin.exceeded(large, Budget.DEFAULT.withTime(Duration.ofMillis(10))));
        assertEquals(
                "states: 1000, to see", WayWithin.exceeded(large, Budget.DEFAULT.withStates(1000)));
        assertEquals(
                "memory: 1048576 bytes, to see",
                WayWithin.exceeded(large, Budget.DEFAULT.withBytes(1 << 20)));
    }
}
