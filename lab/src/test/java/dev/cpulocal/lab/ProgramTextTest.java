// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.lab.ProgramText.Kind;
import dev.cpulocal.lab.ProgramText.Line;
import dev.cpulocal.lab.ProgramText.Part;
import dev.cpulocal.lab.ProgramText.When;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

class ProgramTextTest {

    private static ProgramText of(BiConsumer<Code, Expr.Variable> body) {
        return ProgramText.of(
                Model.build(
                        "model",
                        m -> {
                            var x = m.shared("x", 0);
                            m.task("P0", 0, c -> body.accept(c, x));
                            m.always("anything", Expr.of(1));
                        }));
    }

    private static List<String> lines(Part part) {
        return part.lines().stream().map(line -> "  ".repeat(line.depth()) + line.text()).toList();
    }

    private static List<String> lines(BiConsumer<Code, Expr.Variable> body) {
        return lines(of(body).parts().getFirst());
    }

    @Test
    void functionsAreEntered() {
        assertEquals(
                List.of("outer:", "  x = 1", "  inner:", "    smp_mb()", "  x = 2", "x = 3"),
                lines((c, x) -> {
                    c.call(
                            "outer",
                            () -> {
                                c.store(x, 1);
                                c.call("inner", c::mb);
                                c.store(x, 2);
                            });
                    c.store(x, 3);
                }));
    }

    @Test
    void blocksAreIndentedAndTheirJumpsAreNotShown() {
        assertEquals(
                List.of("r0 = x", "if (r0)", "  x = 1", "else", "  x = 2", "x = 3"),
                lines((c, x) -> {
                    c.when(c.load(x), () -> c.store(x, 1), () -> c.store(x, 2));
                    c.store(x, 3);
                }));
        assertEquals(
                List.of("r0 = x", "if (r0)", "  r1 = x", "  if (r1)", "    x = 1", "x = 2"),
                lines((c, x) -> {
                    c.when(c.load(x), () -> c.when(c.load(x), () -> c.store(x, 1)));
                    c.store(x, 2);
                }));
    }

    @Test
    void otherJumpsAreShown() {
        assertEquals(
                List.of("r0 = x", "until (r0)", "x = 1", "goto again"),
                lines((c, x) -> {
                    c.until(() -> c.load(x));
                    c.forever(() -> c.store(x, 1));
                }));
    }

    @Test
    void linesHaveTheNumbersOfTraces() {
        List<Line> lines =
                of(
                                (c, x) -> {
                                    c.when(c.load(x), () -> c.store(x, 1), () -> c.store(x, 2));
                                    c.mb();
                                })
                        .parts()
                        .getFirst()
                        .lines();

        assertEquals(
                List.of(0, 1, 2, -1, 4, 5), lines.stream().map(Line::number).toList(), "3 jumps");
        assertEquals(Kind.ACCESS, lines.getFirst().kind());
        assertEquals(Kind.BARRIER, lines.getLast().kind());
    }

    @Test
    void aHandlerIsThereOnceForAllTasksInWhichItIsTheSame() {
        ProgramText program =
                ProgramText.of(
                        Model.build(
                                "handled",
                                m -> {
                                    var x = m.shared("x", 0);
                                    m.task("P0", 0, c -> c.store(x, 1));
                                    m.task(
                                            "P1",
                                            1,
                                            c -> {
                                                c.store(x, 1);
                                                c.withoutInterrupts(() -> c.store(x, 2));
                                            });
                                    m.interrupt(
                                            "ipi", _ -> Expr.of(1), c -> c.as("x = 3").store(x, 3));
                                    m.atEnd("anything", Expr.of(1));
                                    m.againAndAgain("something", Expr.of(1));
                                }));

        Part handler = program.parts().getLast();
        assertEquals(List.of("P0", "P1", "ipi"), program.parts().stream().map(Part::name).toList());
        assertTrue(handler.handler());
        assertEquals(Map.of("P0", 2, "P1", 3), handler.tasks());
        assertEquals(List.of("ipi:", "  x = 3"), lines(handler));
        assertEquals(handler, program.part("P1", 3));
        assertEquals(1, handler.index("P1", 3));
        assertEquals(2, handler.index("P1", 4), "the return");
        assertEquals("P1", program.part("P1", 1).name());
        assertFalse(program.parts().get(1).lines().get(0).masked());
        assertTrue(program.parts().get(1).lines().get(1).masked());
        assertEquals(
                List.of(When.AT_END, When.AGAIN_AND_AGAIN),
                program.properties().stream().map(ProgramText.Property::when).toList());
        assertEquals(2, program.cpus());
    }
}
