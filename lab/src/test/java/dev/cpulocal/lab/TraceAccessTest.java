// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.lab.Verdict.Access;
import dev.cpulocal.lab.Verdict.Step;
import dev.cpulocal.lab.Verdict.StepKind;
import dev.cpulocal.lab.Verdict.Trace;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What steps of traces access, and what makes them possible. */
class TraceAccessTest {

    private static Trace trace(MemoryModel memoryModel, Consumer<Model.Builder> description) {
        Checker checker = new Checker(memoryModel, Budget.DEFAULT, 1, true, _ -> {});
        Verdict verdict = checker.check(Model.build("model", description));
        return Objects.requireNonNull(verdict.trace());
    }

    private static int last(Trace trace, StepKind kind, String text) {
        return IntStream.range(0, trace.steps().size())
                .filter(i -> trace.steps().get(i).kind() == kind)
                .filter(i -> trace.steps().get(i).text().startsWith(text))
                .reduce((_, next) -> next)
                .orElseThrow();
    }

    private static Access access(Trace trace, int step) {
        return Objects.requireNonNull(trace.steps().get(step).access());
    }

    @ParameterizedTest
    @EnumSource
    void aLoadReadsFromTheStoreThatWasExecuted(MemoryModel memoryModel) {
        Trace trace =
                trace(
                        memoryModel,
                        m -> {
                            var x = m.shared("x", 7);
                            var seen = m.ghost("seen", 0);
                            m.task("P0", 0, c -> c.store(x, 1));
                            m.task("P1", 1, c -> c.set(seen.get(), c.as("r = x").load(x)));
                            m.always("nobody sees 1", seen.get().ne(1));
                        });

        Access read =
                trace.steps().stream()
                        .map(Step::access)
                        .filter(access -> access != null && access.read() != null)
                        .findFirst()
                        .orElseThrow();
        assertEquals(1, read.read());
        assertEquals("x", read.place());
        assertEquals("x = 1", trace.steps().get(read.from()).text());
        assertNull(read.written());
    }

    @ParameterizedTest
    @EnumSource(
            value = MemoryModel.class,
            names = {"TSO", "PSO", "ARMV8", "RISCV"})
    void aStoreThatIsHeldBackIsThereTwice(MemoryModel memoryModel) {
        Trace trace =
                trace(
                        memoryModel,
                        m -> {
                            var x = m.shared("x", 0);
                            var y = m.shared("y", 0);
                            var seen = m.ghosts("seen", 2, 1);
                            m.task(
                                    "P0",
                                    0,
                                    c -> {
                                        c.store(x, 1);
                                        c.set(seen.get(0), c.load(y));
                                    });
                            m.task(
                                    "P1",
                                    1,
                                    c -> {
                                        c.store(y, 1);
                                        c.set(seen.get(1), c.load(x));
                                    });
                            m.atEnd("one sees", Expr.any(seen.get(0), seen.get(1)));
                        });

        int issued = last(trace, StepKind.ISSUE, "x = 1");
        int performed = last(trace, StepKind.PERFORM, "x = 1");
        assertTrue(issued < performed);
        assertEquals(new Access("x", null, 1L, issued, -1), access(trace, issued));
        assertEquals(new Access("x", null, 1L, issued, -1), access(trace, performed));
        assertEquals(false, trace.steps().getLast().holds());
        assertEquals("(seen[0] != 0) | (seen[1] != 0)", trace.condition());
    }

    @ParameterizedTest
    @EnumSource(
            value = MemoryModel.class,
            names = {"TSO", "PSO", "ARMV8", "RISCV"})
    void aCpuReadsItsOwnStoreBeforeOthersDo(MemoryModel memoryModel) {
        Trace trace =
                trace(
                        memoryModel,
                        m -> {
                            var x = m.shared("x", 0);
                            var seen = m.ghost("seen", 0);
                            m.task(
                                    "P0",
                                    0,
                                    c -> {
                                        c.store(x, 1);
                                        c.set(seen.get(), c.as("r = x").load(x));
                                    });
                            m.always("it is not seen early", seen.get().not().or(x.get()));
                        });

        Access read =
                trace.steps().stream()
                        .map(Step::access)
                        .filter(access -> access != null && access.read() != null)
                        .findFirst()
                        .orElseThrow();
        assertEquals(last(trace, StepKind.ISSUE, "x = 1"), read.from());
        assertEquals(1, read.read());
    }

    @ParameterizedTest
    @EnumSource
    void anUpdateReadsAndWrites(MemoryModel memoryModel) {
        Trace trace =
                trace(
                        memoryModel,
                        m -> {
                            var x = m.shared("x", 3);
                            m.task("P0", 0, c -> c.fetchAdd(x, 1));
                            m.always("x is 3", x.get().eq(3));
                        });

        List<Access> accesses =
                trace.steps().stream().map(Step::access).filter(Objects::nonNull).toList();
        assertEquals(
                List.of(3L), accesses.stream().map(Access::read).filter(Objects::nonNull).toList());
        assertEquals(
                List.of(4L),
                accesses.stream().map(Access::written).filter(Objects::nonNull).toList());
        assertEquals(1, accesses.stream().mapToInt(Access::executed).distinct().count());
    }

    @Test
    void whatLetsAHandlerBeginAndALineGoOnIsKnown() {
        Trace trace =
                trace(
                        MemoryModel.SC,
                        m -> {
                            var pending = m.hardware("pending", 0);
                            m.task(
                                    "sender",
                                    0,
                                    c -> {
                                        c.as("send").set(pending.get(), 1);
                                        c.as("wait").await(pending.get().not());
                                        c.check("never", Expr.of(0));
                                    });
                            m.background("other", 1).runs(c -> c.forever(() -> c.choose("n", 1)));
                            m.interrupt(
                                    "ipi",
                                    task -> task.number() == 1 ? pending.get() : null,
                                    c -> c.as("done").set(pending.get(), 0));
                        });

        int begin = last(trace, StepKind.INTERRUPT, "ipi");
        int waited = last(trace, StepKind.EXECUTE, "wait");
        assertEquals("send", trace.steps().get(trace.steps().get(begin).cause()).text());
        assertEquals("done", trace.steps().get(trace.steps().get(waited).cause()).text());
        assertEquals(-1, trace.steps().get(0).cause());
    }
}
