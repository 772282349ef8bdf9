// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.Variable;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a CPU still holds back of a task that goes on at another one: final states that were found
 * by hand.
 */
class MigrationTest {

    private static final List<List<Long>> ALL =
            List.of(List.of(0L, 0L), List.of(0L, 1L), List.of(1L, 0L), List.of(1L, 1L));

    private static final List<List<Long>> IN_ORDER =
            List.of(List.of(0L, 0L), List.of(0L, 1L), List.of(1L, 1L));

    /** What the programs share, and a third CPU that looks. */
    private record Shared(Variable x, Variable y, Variable ready, Variable seen) {
        Shared(Model.Builder m) {
            this(
                    m.shared("x", 0),
                    m.shared("y", 0),
                    m.hardware("ready", 0),
                    m.ghosts("seen", 2, 0));
        }

        /** The task leaves CPU 0, and goes on at CPU 1. */
        void move(Code c) {
            c.atomically(() -> {
                c.set(ready.get(), 1);
                c.switchTo(Expr.of(WAITING));
            });
        }
    }

    private static final int WAITING = 2;

    @ParameterizedTest
    @EnumSource
    void storesMayBeLeftBehind(MemoryModel memoryModel) {
        List<List<Long>> finals =
                finals(
                        memoryModel,
                        (c, s) -> {
                            c.store(s.x, 1);
                            s.move(c);
                            Local own = c.load(s.x);
                            c.set(s.seen.get(0), own);
                        },
                        (c, s) -> {});

        assertEquals(
                memoryModel == MemoryModel.SC
                        ? List.of(List.of(1L, 0L))
                        : List.of(List.of(0L, 0L), List.of(1L, 0L)),
                finals);
    }

    @ParameterizedTest
    @EnumSource
    void schedulersBarrierKeepsThemInOrder(MemoryModel memoryModel) {
        List<List<Long>> finals =
                finals(
                        memoryModel,
                        (c, s) -> {
                            c.store(s.x, 1);
                            c.mb();
                            s.move(c);
                            c.store(s.y, 1);
                        },
                        MigrationTest::look);

        assertEquals(IN_ORDER, finals);
    }

    /** The barrier orders the stores of one CPU, and these are of two. */
    @ParameterizedTest
    @EnumSource
    void storeBarrierStaysBehind(MemoryModel memoryModel) {
        List<List<Long>> finals =
                finals(
                        memoryModel,
                        (c, s) -> {
                            c.store(s.x, 1);
                            c.wmb();
                            s.move(c);
                            c.store(s.y, 1);
                        },
                        MigrationTest::look);

        assertEquals(memoryModel == MemoryModel.SC ? IN_ORDER : ALL, finals);
    }

    /** A load that has its value keeps nobody, though its CPU remembers it for its store. */
    @ParameterizedTest
    @EnumSource
    void loadThatIsDoneStaysBehind(MemoryModel memoryModel) {
        List<List<Long>> finals =
                finals(
                        memoryModel,
                        (c, s) -> {
                            c.store(s.x, 1);
                            Local own = c.load(s.x);
                            c.check("a task sees its own stores", own.eq(1));
                            s.move(c);
                            c.store(s.y, own);
                        },
                        MigrationTest::look);

        assertEquals(memoryModel == MemoryModel.SC ? IN_ORDER : ALL, finals);
    }

    /** Whoever switches saves registers, so they have their values: no load buffering. */
    @ParameterizedTest
    @EnumSource
    void loadsAreDone(MemoryModel memoryModel) {
        assertEquals(
                List.of(List.of(0L, 0L), List.of(0L, 1L), List.of(1L, 0L)),
                loadBuffering(memoryModel, true));
    }

    @ParameterizedTest
    @EnumSource
    void loadsAreBufferedOnOneCpu(MemoryModel memoryModel) {
        assertEquals(
                memoryModel.defersLoads(),
                loadBuffering(memoryModel, false).contains(List.of(1L, 1L)));
    }

    private static List<List<Long>> loadBuffering(MemoryModel memoryModel, boolean moves) {
        return finals(
                memoryModel,
                (c, s) -> {
                    Local value = c.load(s.x);
                    if (moves) {
                        s.move(c);
                    }
                    c.store(s.y, 1);
                    c.set(s.seen.get(0), value);
                },
                (c, s) -> {
                    Local value = c.load(s.y);
                    c.mb();
                    c.store(s.x, 1);
                    c.set(s.seen.get(1), value);
                });
    }

    /** Looks at y, then at x. */
    private static void look(Code c, Shared s) {
        Local y = c.load(s.y);
        c.rmb();
        Local x = c.load(s.x);
        c.set(s.seen.get(0), y);
        c.set(s.seen.get(1), x);
    }

    private interface Lines {
        void add(Code c, Shared s);
    }

    private static List<List<Long>> finals(MemoryModel memoryModel, Lines moving, Lines looking) {
        Model model =
                Model.build(
                        "migration",
                        m -> {
                            Shared s = new Shared(m);
                            Model.Task task = m.task("T", 0);
                            Model.Task next = m.background("next", 1);
                            m.waitingBackground("waiting").runs(_ -> {});
                            m.task("looks", 2, c -> looking.add(c, s));
                            task.runs(c -> moving.add(c, s));
                            next.runs(c -> {
                                c.await(s.ready.get());
                                c.switchTo(task.id());
                            });
                            m.observe(s.seen.get(0));
                            m.observe(s.seen.get(1));
                        });
        return Checker.of(memoryModel).withThreads(1).check(model).finals();
    }
}
