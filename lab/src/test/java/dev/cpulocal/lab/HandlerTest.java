// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.lab.Expr.Label;
import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Verdict.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where handlers begin, go on and nest: final states that were found by hand. */
class HandlerTest {

    @ParameterizedTest
    @EnumSource
    void returnsToALabel(MemoryModel memoryModel) {
        Verdict verdict =
                check(
                        memoryModel,
                        m -> {
                            Variable at = m.hardware("at", 0);
                            Variable came = m.hardware("came", 0);
                            List<Label> end = new ArrayList<>();
                            m.task(
                                    "T",
                                    0,
                                    c -> {
                                        end.add(c.label("end"));
                                        steps(c, at);
                                        c.place(end.getFirst());
                                    });
                            m.handler(
                                    "signal",
                                    _ -> came.get().not(),
                                    c -> {
                                        c.set(came.get(), 1);
                                        c.returnTo(end.getFirst());
                                    });
                            m.observe(came.get());
                            m.observe(at.get());
                        });

        // It does not come, or before one of three lines, or at the end.
        assertEquals(
                List.of(
                        List.of(0L, 3L),
                        List.of(1L, 0L),
                        List.of(1L, 1L),
                        List.of(1L, 2L),
                        List.of(1L, 3L)),
                verdict.finals());
    }

    @ParameterizedTest
    @EnumSource
    void knowsWhatItInterrupted(MemoryModel memoryModel) {
        Verdict verdict =
                check(
                        memoryModel,
                        m -> {
                            Variable at = m.hardware("at", 0);
                            Variable came = m.hardware("came at", -1);
                            Variable inside = m.hardware("inside", -1);
                            List<Label> labels = new ArrayList<>();
                            m.task(
                                    "T",
                                    0,
                                    c -> {
                                        labels.add(c.label("second"));
                                        labels.add(c.label("third"));
                                        c.set(at.get(), 1);
                                        c.place(labels.getFirst());
                                        c.set(at.get(), 2);
                                        c.place(labels.getLast());
                                        c.set(at.get(), 3);
                                    });
                            m.handler(
                                    "signal",
                                    _ -> came.get().eq(-1),
                                    c -> {
                                        c.set(came.get(), at.get());
                                        c.set(
                                                inside.get(),
                                                c.interruptedIn(
                                                        labels.getFirst(), labels.getLast()));
                                    });
                            m.observe(came.get());
                            m.observe(inside.get());
                        });

        assertEquals(
                List.of(
                        List.of(-1L, -1L),
                        List.of(0L, 0L),
                        List.of(1L, 1L),
                        List.of(2L, 0L),
                        List.of(3L, 0L)),
                verdict.finals());
    }

    private static void steps(Code c, Variable at) {
        for (int step = 1; step <= 3; step++) {
            c.set(at.get(), step);
        }
    }

    /* ------------------------- Nesting ------------------------- */

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nestsOnlyWhereItSaysSo(boolean nests) {
        Verdict verdict =
                check(
                        MemoryModel.SC,
                        m -> {
                            Variable outer = m.hardware("outer", 0);
                            Variable inner = m.hardware("inner", -1);
                            Variable line = m.ghost("line", 0);
                            m.task("T", 0, c -> c.set(line.get(), 1));
                            Model.Handler irq =
                                    m.handler(
                                            "irq",
                                            _ -> inner.get().eq(-1),
                                            c -> c.set(inner.get(), outer.get()));
                            m.handler(
                                    "softirq",
                                    _ -> outer.get().eq(0),
                                    c -> {
                                        c.set(outer.get(), 1);
                                        c.withInterrupts(
                                                nests ? List.of(irq) : List.of(),
                                                () -> c.set(outer.get(), 2));
                                        c.set(outer.get(), 3);
                                    });
                            m.observe(outer.get());
                            m.observe(inner.get());
                        });

        List<List<Long>> finals =
                new ArrayList<>(
                        List.of(
                                List.of(0L, -1L),
                                List.of(0L, 0L),
                                List.of(3L, -1L),
                                List.of(3L, 0L),
                                List.of(3L, 3L)));
        if (nests) {
            finals.add(4, List.of(3L, 1L));
        }
        assertEquals(finals, verdict.finals());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void neverInterruptsItself(int handlers) {
        Verdict verdict =
                check(
                        MemoryModel.SC,
                        m -> {
                            Variable depth = m.hardware("depth", 0);
                            Variable entries = m.hardware("entries", 0);
                            List<Model.Handler> all = new ArrayList<>();
                            m.task("T", 0, c -> c.await(entries.get().eq(2)));
                            for (int number = 0; number < handlers; number++) {
                                all.add(
                                        m.handler(
                                                "irq " + number,
                                                _ -> entries.get().lt(2),
                                                c -> nested(c, depth, entries, all)));
                            }
                        });

        assertEquals(handlers == 1 ? Kind.HOLDS : Kind.VIOLATED, verdict.kind());
    }

    private static void nested(
            Code c, Variable depth, Variable entries, List<Model.Handler> handlers) {
        c.atomically(() -> {
            c.set(entries.get(), entries.get().plus(1));
            c.set(depth.get(), depth.get().plus(1));
            c.check("one at a time", depth.get().eq(1));
        });
        c.withInterrupts(handlers, () -> c.set(depth.get(), depth.get().minus(1)));
    }

    /* ------------------------- Barriers ------------------------- */

    /** A barrier of its own does not keep it from beginning, but keeps what comes after waiting. */
    @ParameterizedTest
    @EnumSource
    void beginsWithABarrierAndAStep(MemoryModel memoryModel) {
        Verdict verdict =
                check(
                        memoryModel,
                        m -> {
                            Variable x = m.shared("x", 0);
                            Variable open = m.hardware("open", 0);
                            Variable came = m.hardware("came", 0);
                            Variable seen = m.hardware("seen", 0);
                            m.task(
                                    "T",
                                    0,
                                    c -> {
                                        c.store(x, 1);
                                        c.set(open.get(), 1);
                                    });
                            m.task(
                                    "other",
                                    1,
                                    c -> {
                                        c.await(open.get());
                                        c.set(open.get(), 0);
                                        Local value = c.load(x);
                                        c.set(seen.get(), value);
                                    });
                            m.handler(
                                    "irq",
                                    task -> task.number() == 0 ? open.get() : null,
                                    c -> {
                                        c.mb();
                                        c.atomically(() -> c.set(came.get(), 1));
                                    });
                            m.observe(came.get());
                            m.observe(seen.get());
                        });

        // It begins before the other sees the store, where that can wait, and goes on after it.
        List<List<Long>> all =
                List.of(List.of(0L, 0L), List.of(0L, 1L), List.of(1L, 0L), List.of(1L, 1L));
        assertEquals(
                memoryModel == MemoryModel.SC ? List.of(all.get(1), all.get(3)) : all,
                verdict.finals());
    }

    private static Verdict check(MemoryModel memoryModel, Consumer<Model.Builder> description) {
        Model model = Model.build("handlers", description);
        Verdict all = Checker.of(memoryModel).withThreads(1).unreduced().check(model);
        Verdict reduced = Checker.of(memoryModel).withThreads(1).check(model);
        assertEquals(all.kind(), reduced.kind());
        assertEquals(all.finals(), reduced.finals());
        assertTrue(reduced.statistics().states() <= all.statistics().states());
        return reduced;
    }
}
