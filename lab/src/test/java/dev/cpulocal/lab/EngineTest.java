// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Verdict.Kind;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Small models whose answers are plain, with and without reduction. */
class EngineTest {

    private static Verdict check(
            MemoryModel memoryModel, boolean reduced, Consumer<Model.Builder> description) {
        Checker checker = Checker.of(memoryModel).withThreads(1);
        return (reduced ? checker : checker.unreduced()).check(Model.build("small", description));
    }

    /* ------------------------- Speculation ------------------------- */

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void loadIsPerformedBeforeABranchIsDecidedAndBehindAJump(boolean reduced) {
        Verdict verdict =
                check(
                        MemoryModel.ARMV8,
                        reduced,
                        m -> {
                            Variable data = m.shared("data", 0);
                            Variable flag = m.shared("flag", 0);
                            Variable seen = m.ghosts("seen", 2, -1);
                            m.task(
                                    "writer",
                                    0,
                                    c -> {
                                        c.store(data, 1);
                                        c.mb();
                                        c.store(flag, 1);
                                    });
                            m.task(
                                    "reader",
                                    1,
                                    c -> {
                                        Expr first = c.load(flag);
                                        c.when(first.eq(1), () -> {}, () -> {});
                                        Expr second = c.load(data);
                                        c.set(seen.get(0), first);
                                        c.set(seen.get(1), second);
                                    });
                            m.observe(seen.get(0));
                            m.observe(seen.get(1));
                        });

        assertEquals(
                List.of(List.of(0L, 0L), List.of(0L, 1L), List.of(1L, 0L), List.of(1L, 1L)),
                verdict.finals());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1})
    void checkIsNotForgottenWhereABranchIsGuessedInTheSameStep(long value) {
        for (boolean reduced : new boolean[] {true, false}) {
            Verdict verdict =
                    check(
                            MemoryModel.ARMV8,
                            reduced,
                            m -> {
                                Variable x = m.shared("x", value);
                                m.task(
                                        "T",
                                        0,
                                        c -> {
                                            Expr never = c.let("never", Expr.of(0));
                                            Expr read = c.load(x);
                                            c.check("never", never);
                                            c.when(read.eq(0), () -> c.load(x));
                                        });
                            });

            assertEquals(Kind.VIOLATED, verdict.kind());
        }
    }

    /* ------------------------- Choices and groups ------------------------- */

    @ParameterizedTest
    @EnumSource
    void checkIsOfTheChoiceThatItWasMadeWith(MemoryModel memoryModel) {
        Verdict verdict =
                check(
                        memoryModel,
                        true,
                        m -> {
                            Variable ready = m.hardware("ready", 1);
                            m.task(
                                    "T",
                                    0,
                                    c ->
                                            c.atomically(() -> {
                                                Expr n = c.choose("n", 2);
                                                c.check("n is not 0", n.ne(0));
                                                c.await(n.eq(ready.get()));
                                            }));
                        });

        assertTrue(verdict.holds(), verdict::toString);
    }

    @ParameterizedTest
    @EnumSource
    void taskThatSwitchesAwayAtItsEndHasEnded(MemoryModel memoryModel) {
        Verdict verdict =
                check(
                        memoryModel,
                        true,
                        m -> {
                            Variable open = m.hardware("open", 0);
                            Model.Task waiting = m.waitingTask("waiting");
                            waiting.runs(c -> {
                                c.await(open.get());
                                c.set(open.get(), 2);
                            });
                            m.task("first", 0, c -> c.atomically(() -> c.switchTo(waiting.id())));
                            m.task("other", 1, c -> c.set(open.get(), 1));
                            m.observe(open.get());
                        });

        assertTrue(verdict.holds(), verdict::toString);
        assertEquals(List.of(List.of(2L)), verdict.finals());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void stepMayLeadToMoreStatesThanTheSetHasRoomFor(boolean reduced) {
        Verdict verdict =
                check(
                        MemoryModel.SC,
                        reduced,
                        m -> {
                            Variable chosen = m.hardware("chosen", 0);
                            m.task(
                                    "T",
                                    0,
                                    c -> {
                                        c.set(chosen.get(), 1);
                                        c.set(chosen.get(), c.choose("n", 100_000));
                                    });
                            m.always("is small", chosen.get().lt(100_000));
                        });

        assertTrue(verdict.holds(), verdict::toString);
        assertEquals(200_002, verdict.statistics().states());
    }

    /* ------------------------- What properties see ------------------------- */

    @ParameterizedTest
    @EnumSource(names = {"TSO", "PSO", "ARMV8", "RISCV"})
    void propertyOfARegisterSeesItBeforeAStoreIsHeldBack(MemoryModel memoryModel) {
        for (boolean reduced : new boolean[] {true, false}) {
            Verdict verdict =
                    check(
                            memoryModel,
                            reduced,
                            m -> {
                                Variable x = m.shared("x", 1);
                                Variable y = m.shared("y", 0);
                                m.task(
                                        "T",
                                        0,
                                        c -> {
                                            Expr.Local read = c.load(x);
                                            c.store(y, 1);
                                            c.set(read, Expr.of(0));
                                            m.always("never 1", new Expr.LocalOf(0, read).eq(0));
                                        });
                            });

            assertEquals(Kind.VIOLATED, verdict.kind());
        }
    }

    @ParameterizedTest
    @EnumSource
    void lineThatAsksWhetherAnotherTaskHasEndedSeesBoth(MemoryModel memoryModel) {
        Verdict verdict =
                check(
                        memoryModel,
                        true,
                        m -> {
                            Variable x = m.shared("x", 0);
                            Variable seen = m.ghost("seen", -1);
                            Model.Task other =
                                    m.task(
                                            "other",
                                            1,
                                            c -> {
                                                c.store(x, 1);
                                                c.store(x, 2);
                                            });
                            m.task("T", 0, c -> c.set(seen.get(), other.ended()));
                            m.observe(seen.get());
                        });

        assertEquals(List.of(List.of(0L), List.of(1L)), verdict.finals());
    }

    @ParameterizedTest
    @EnumSource
    void backgroundTaskMayBeAnywhereInTheEnd(MemoryModel memoryModel) {
        Verdict verdict =
                check(
                        memoryModel,
                        true,
                        m -> {
                            Variable x = m.shared("x", 0);
                            Variable y = m.shared("y", 0);
                            m.background("background", 0)
                                    .runs(c -> {
                                        c.store(x, 1);
                                        c.store(x, 2);
                                    });
                            m.task(
                                    "T",
                                    1,
                                    c -> {
                                        c.store(y, 1);
                                        c.store(y, 2);
                                    });
                            m.observe(x.get());
                        });

        assertEquals(List.of(List.of(0L), List.of(1L), List.of(2L)), verdict.finals());
    }

    /* ------------------------- Values ------------------------- */

    @ParameterizedTest
    @EnumSource
    void valuesOfAllWidthsAreKept(MemoryModel memoryModel) {
        List<Long> values =
                List.of(
                        127L,
                        -128L,
                        128L,
                        -129L,
                        1L << 15,
                        1L << 31,
                        -(1L << 31) - 1,
                        Long.MAX_VALUE,
                        Long.MIN_VALUE);
        Verdict verdict =
                check(
                        memoryModel,
                        true,
                        m -> {
                            Variable from = m.shareds("from", values);
                            Variable to = m.shareds("to", values.size(), 0);
                            m.task(
                                    "T",
                                    0,
                                    c -> {
                                        for (int i = 0; i < values.size(); i++) {
                                            c.store(to, Expr.of(i), c.load(from, Expr.of(i)));
                                        }
                                    });
                            for (int i = 0; i < values.size(); i++) {
                                m.observe(to.get(i));
                            }
                        });

        assertEquals(List.of(values), verdict.finals());
    }
}
