// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.internal.machine.Layout;
import dev.cpulocal.lab.models.StoreRing;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** States have what they need: no more, and no less. */
class StateSizeTest {

    private static int words(Model model, MemoryModel memoryModel) {
        return Layout.first(model.program(), memoryModel).words();
    }

    @Test
    void storeRingHasFourWords() {
        assertEquals(4, words(new StoreRing(5, 2, false).counted(), MemoryModel.TSO));
    }

    /** Twenty registers of 8 bits would take three words. */
    @Test
    void registersThatAreReadAtOnceTakeNoRoom() {
        Model model =
                Model.build(
                        "sum",
                        m -> {
                            Variable x = m.shared("x", 1);
                            Variable y = m.shared("y", 0);
                            m.task(
                                    "T",
                                    0,
                                    c -> {
                                        for (int i = 0; i < 20; i++) {
                                            c.store(y, c.load(x).plus(1));
                                        }
                                    });
                            m.observe(y.get());
                        });

        assertTrue(words(model, MemoryModel.SC) > 1, "registers are kept until they are stored");
        assertEquals(1, words(loaded(20), MemoryModel.SC));
        assertEquals(List.of(List.of(20L)), Checker.of(MemoryModel.SC).check(loaded(20)).finals());
    }

    private static Model loaded(int loads) {
        return Model.build(
                "count",
                m -> {
                    Variable x = m.shared("x", 1);
                    Variable y = m.shared("y", 0);
                    m.task(
                            "T",
                            0,
                            c -> {
                                Local sum = c.let("sum", Expr.of(0));
                                for (int i = 0; i < loads; i++) {
                                    c.set(sum, sum.plus(c.load(x)));
                                }
                                c.store(y, sum);
                            });
                    m.observe(y.get());
                });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 8})
    void cpusHoldBackAsMuchAsTheWindowAllows(int stores) {
        Verdict verdict =
                Checker.of(MemoryModel.TSO)
                        .unreduced()
                        .check(
                                Model.build(
                                        "stores",
                                        m -> {
                                            m.window(8);
                                            Variable x = m.shared("x", 0);
                                            m.task(
                                                    "T",
                                                    0,
                                                    c -> {
                                                        for (int i = 1; i <= stores; i++) {
                                                            c.store(x, i);
                                                        }
                                                    });
                                            m.observe(x.get());
                                        }));

        assertFalse(verdict.windowHit(), verdict::toString);
        assertEquals((stores + 1) * (stores + 2) / 2, verdict.statistics().states());
    }

    /** It is left at a line at which no task rests else, and only that line reads the register. */
    @ParameterizedTest
    @EnumSource
    void taskKeepsItsRegistersWhileAnotherOneRuns(MemoryModel memoryModel) {
        Verdict verdict =
                Checker.of(memoryModel)
                        .check(
                                Model.build(
                                        "switches",
                                        m -> {
                                            Variable x = m.shared("x", 5);
                                            Variable y = m.shared("y", 0);
                                            Model.Task other = m.waitingTask("other");
                                            Model.Task first =
                                                    m.task(
                                                            "first",
                                                            0,
                                                            c -> {
                                                                Local sum = c.local("sum");
                                                                Local read = c.local("read");
                                                                c.atomically(() -> {
                                                                    c.set(read, c.load(x));
                                                                    c.switchTo(other.id());
                                                                });
                                                                c.set(sum, read.plus(1));
                                                                c.store(y, sum);
                                                            });
                                            other.runs(c -> {
                                                c.store(x, c.load(x).plus(2));
                                                c.switchTo(first.id());
                                            });
                                            m.background("idle", 1).runs(c -> c.store(x, 5));
                                            m.observe(y.get());
                                        }));

        assertEquals(List.of(List.of(6L)), verdict.finals(), verdict::toString);
    }
}
