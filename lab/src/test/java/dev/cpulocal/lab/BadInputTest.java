// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Verdict.Kind;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Models and budgets that cannot work get a sentence, and large ones come to an end. */
class BadInputTest {

    private static Model model(Consumer<Model.Builder> description) {
        return Model.build("bad", description);
    }

    private static Verdict check(Consumer<Model.Builder> description) {
        return Checker.of(MemoryModel.SC).check(model(description));
    }

    private static void assertRefused(String message, Executable executable) {
        RuntimeException thrown = assertThrows(RuntimeException.class, executable);
        assertTrue(String.valueOf(thrown.getMessage()).contains(message), thrown::toString);
    }

    /** Counters that only end when 64 bits do. */
    private static Model counters() {
        return model(m -> {
            Variable x = m.shared("x", 0);
            Variable y = m.shared("y", 0);
            m.task("T", 0, c -> c.forever(() -> c.add(x, 1)));
            m.task("U", 1, c -> c.forever(() -> c.add(y, 1)));
            m.always("never -1", x.get().ne(-1));
        });
    }

    @Test
    void statesEndASearch() {
        Verdict verdict =
                Checker.of(MemoryModel.SC).with(Budget.DEFAULT.withStates(1000)).check(counters());

        assertEquals(Kind.EXHAUSTED, verdict.kind());
        assertEquals("states: 1000", verdict.limit());
    }

    @Test
    void timeEndsASearch() {
        Budget budget = Budget.DEFAULT.withTime(Duration.ofMillis(100));

        Verdict verdict = Checker.of(MemoryModel.SC).with(budget).check(counters());

        assertEquals(Kind.EXHAUSTED, verdict.kind());
        assertTrue(verdict.limit().startsWith("time: "), verdict.limit());
    }

    @Test
    void memoryEndsASearch() {
        Budget budget = Budget.DEFAULT.withBytes(1 << 20);

        Verdict verdict = Checker.of(MemoryModel.SC).with(budget).check(counters());

        assertEquals(Kind.EXHAUSTED, verdict.kind());
        assertTrue(verdict.limit().startsWith("memory: "), verdict.limit());
        assertTrue(verdict.statistics().bytes() <= 1 << 20, verdict::toString);
    }

    @Test
    void limitsThatCannotBeKeptAreRefused() {
        assertRefused("states: 0 (expected: ", () -> Budget.DEFAULT.withStates(0));
        assertRefused("(expected: longer than 0)", () -> Budget.DEFAULT.withTime(Duration.ZERO));
        assertRefused("bytes: 1 (expected: ", () -> Budget.DEFAULT.withBytes(1));
        assertRefused("threads: 0 (expected: ", () -> Checker.of(MemoryModel.SC).withThreads(0));
    }

    @Test
    void modelWithoutTasksOrQuestionIsRefused() {
        assertRefused("no tasks (expected: ", () -> model(_ -> {}));
        assertRefused("nothing to check (expected: ", () -> model(m -> m.task("T", 0, _ -> {})));
        assertRefused("nothing to do (expected: ", () -> model(m -> m.task("T", 0)));
        assertRefused("cpu 0: runs no task", () -> model(m -> m.task("T", 1, _ -> {})));
        assertRefused("window: 64 (expected: ", () -> model(m -> m.window(64)));
    }

    @Test
    void elementThatIsNotThereIsNamed() {
        assertRefused(
                "a[2]: no such element (expected: 0 to 1)",
                () ->
                        model(m -> {
                            Variable a = m.shareds("a", 2, 0);
                            m.task("T", 0, c -> c.store(a, Expr.of(2), Expr.of(1)));
                        }));
        assertRefused(
                "a[2]: no such element (expected: 0 to 1)",
                () ->
                        check(m -> {
                            Variable a = m.shareds("a", 2, 0);
                            m.task(
                                    "T",
                                    0,
                                    c -> {
                                        Expr index = c.let("i", Expr.of(2));
                                        c.store(a, index, Expr.of(1));
                                    });
                            m.observe(a.get());
                        }));
    }

    @Test
    void taskThatRunsElsewhereCannotBeSwitchedTo() {
        assertRefused(
                "(expected: one that does not run on cpu 1)",
                () ->
                        check(m -> {
                            Variable x = m.shared("x", 0);
                            m.task("T", 0, c -> c.switchTo(Expr.of(1)));
                            m.task("U", 1, c -> c.store(x, 1));
                            m.observe(x.get());
                        }));
    }

    @Test
    void loopThatAccessesNothingIsRefused() {
        assertRefused(
                "loops without accessing anything (expected: ",
                () ->
                        check(m -> {
                            Variable x = m.shared("x", 0);
                            m.task(
                                    "T",
                                    0,
                                    c -> {
                                        c.store(x, 1);
                                        c.forever(() -> {});
                                    });
                            m.observe(x.get());
                        }));
    }

    @Test
    void operandOfTooManyRegistersIsRefused() {
        assertRefused(
                "registers (expected: 3 at most; compute some beforehand)",
                () ->
                        check(m -> {
                            Variable x = m.shared("x", 0);
                            m.task(
                                    "T",
                                    0,
                                    c -> {
                                        Expr sum = Expr.of(0);
                                        for (int i = 0; i < 4; i++) {
                                            sum = sum.plus(c.load(x));
                                        }
                                        c.store(x, sum);
                                    });
                            m.observe(x.get());
                        }));
    }

    @Test
    void windowThatIsTooSmallIsTold() {
        for (int size : new int[] {1, 3}) {
            Verdict verdict =
                    Checker.of(MemoryModel.TSO)
                            .check(
                                    model(m -> {
                                        m.window(size);
                                        Variable x = m.shared("x", 0);
                                        m.task(
                                                "T",
                                                0,
                                                c -> {
                                                    c.store(x, 1);
                                                    c.store(x, 2);
                                                });
                                        m.observe(x.get());
                                    }));

            assertEquals(size == 1, verdict.windowHit());
        }
    }
}
