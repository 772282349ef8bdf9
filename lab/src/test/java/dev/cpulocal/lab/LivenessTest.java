// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Verdict.Kind;
import dev.cpulocal.lab.Verdict.Trace;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What happens again and again if everybody gets on, and what does not. */
class LivenessTest {

    private static Verdict check(MemoryModel memoryModel, Consumer<Model.Builder> description) {
        return Checker.of(memoryModel).check(Model.build("live", description));
    }

    @ParameterizedTest
    @EnumSource(names = {"SC", "TSO", "PSO"})
    void flagThatIsWaitedForComes(MemoryModel memoryModel) {
        Verdict verdict =
                check(
                        memoryModel,
                        m -> {
                            Variable flag = m.shared("flag", 0);
                            Variable done = m.ghost("done", 0);
                            m.task("setter", 0, c -> c.store(flag, 1));
                            m.task(
                                    "waiter",
                                    1,
                                    c -> {
                                        c.until(() -> c.load(flag).eq(1));
                                        c.set(done.get(), 1);
                                    });
                            m.againAndAgain("done", done.get());
                        });

        assertTrue(verdict.holds(), verdict::toString);
    }

    @ParameterizedTest
    @EnumSource(names = {"SC", "TSO", "PSO"})
    void flagThatNobodySetsIsSpunOnForEver(MemoryModel memoryModel) {
        Verdict verdict =
                check(
                        memoryModel,
                        m -> {
                            Variable flag = m.shared("flag", 0);
                            Variable done = m.ghost("done", 0);
                            m.task(
                                    "waiter",
                                    0,
                                    c -> {
                                        c.until(() -> c.load(flag).eq(1));
                                        c.set(done.get(), 1);
                                    });
                            m.againAndAgain("done", done.get());
                        });

        assertEquals(Kind.VIOLATED, verdict.kind());
        assertTrue(Objects.requireNonNull(verdict.trace()).loop() >= 0);
    }

    @ParameterizedTest
    @EnumSource(names = {"SC", "TSO", "PSO"})
    void tasksThatUndoEachOtherNeedNotMeet(MemoryModel memoryModel) {
        Verdict verdict =
                check(
                        memoryModel,
                        m -> {
                            Variable turn = m.shared("turn", 0);
                            Variable met = m.ghost("met", 0);
                            for (int me = 0; me < 2; me++) {
                                int mine = me;
                                m.task(
                                        "T" + me,
                                        me,
                                        c -> {
                                            c.until(() -> {
                                                c.store(turn, mine);
                                                return c.load(turn).ne(mine);
                                            });
                                            c.set(met.get(), 1);
                                        });
                            }
                            m.againAndAgain("met", met.get());
                        });

        assertEquals(Kind.VIOLATED, verdict.kind());
        assertLoopReturns(Objects.requireNonNull(verdict.trace()));
    }

    /** What places hold where the loop begins, they hold again at its end. */
    private static void assertLoopReturns(Trace trace) {
        Map<String, Long> values = new HashMap<>(trace.initial());
        Map<String, Long> atLoop = Map.of();
        for (int i = 0; i < trace.steps().size(); i++) {
            if (i == trace.loop()) {
                atLoop = Map.copyOf(values);
            }
            values.putAll(trace.steps().get(i).changes());
        }
        assertEquals(atLoop, values);
    }

    @ParameterizedTest
    @EnumSource(names = {"TSO", "PSO"})
    void storeIsPerformedSomeTimeWhateverComesAfterIt(MemoryModel memoryModel) {
        Verdict verdict =
                check(
                        memoryModel,
                        m -> {
                            m.window(3);
                            Variable x = m.shared("x", 0);
                            Variable y = m.shared("y", 0);
                            m.task(
                                    "T",
                                    0,
                                    c -> {
                                        c.store(x, 1);
                                        c.forever(() -> {
                                            c.store(y, 1);
                                            c.store(y, 2);
                                        });
                                    });
                            m.againAndAgain("x", x.get());
                        });

        assertTrue(verdict.holds(), verdict::toString);
    }

    @ParameterizedTest
    @EnumSource(names = {"SC", "TSO", "PSO"})
    void interruptComesSomeTimeAndASignalNeedNot(MemoryModel memoryModel) {
        for (boolean certain : new boolean[] {true, false}) {
            Verdict verdict =
                    check(
                            memoryModel,
                            m -> {
                                Variable set = m.hardware("set", 0);
                                m.task("T", 0, c -> c.await(set.get()));
                                if (certain) {
                                    m.interrupt(
                                            "irq", _ -> set.get().not(), c -> c.set(set.get(), 1));
                                } else {
                                    m.handler(
                                            "signal",
                                            _ -> set.get().not(),
                                            c -> c.set(set.get(), 1));
                                }
                                m.againAndAgain("set", set.get());
                            });

            assertEquals(certain, verdict.holds(), verdict::toString);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SC", "TSO", "PSO"})
    void interruptComesThoughItIsMaskedNowAndThen(MemoryModel memoryModel) {
        Verdict verdict =
                check(
                        memoryModel,
                        m -> {
                            Variable x = m.shared("x", 0);
                            Variable set = m.hardware("set", 0);
                            m.task(
                                    "T",
                                    0,
                                    c ->
                                            c.forever(() -> {
                                                c.load(x);
                                                c.withoutInterrupts(() -> c.load(x));
                                            }));
                            m.interrupt("irq", _ -> set.get().not(), c -> c.set(set.get(), 1));
                            m.againAndAgain("set", set.get());
                        });

        assertTrue(verdict.holds(), verdict::toString);
    }

    @ParameterizedTest
    @EnumSource(names = {"SC", "TSO", "PSO"})
    void endWithoutProgressIsNone(MemoryModel memoryModel) {
        Verdict verdict =
                check(
                        memoryModel,
                        m -> {
                            Variable x = m.shared("x", 0);
                            m.task("T", 0, c -> c.store(x, 1));
                            m.againAndAgain("x is 2", x.get().eq(2));
                        });

        assertEquals(Kind.VIOLATED, verdict.kind());
        assertEquals(-1, Objects.requireNonNull(verdict.trace()).loop());
    }

    @ParameterizedTest
    @EnumSource(names = {"ARMV8", "RISCV"})
    void modelsThatHoldLoadsBackAreRefused(MemoryModel memoryModel) {
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () ->
                                        check(
                                                memoryModel,
                                                m -> {
                                                    Variable x = m.shared("x", 0);
                                                    m.task("T", 0, c -> c.store(x, 1));
                                                    m.againAndAgain("x", x.get());
                                                }))
                        .getMessage();

        assertTrue(String.valueOf(message).endsWith("(expected: SC, TSO or PSO)"), message);
    }
}
