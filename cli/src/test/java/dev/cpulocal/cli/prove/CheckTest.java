// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.prove;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Scenario;
import dev.cpulocal.lab.Scenario.Variant;
import java.util.List;
import org.junit.jupiter.api.Test;

class CheckTest {

    private static final Scenario OPEN = LibraryTest.scenario("open");
    private static final Scenario EXPECTING =
            new Scenario(
                    "expecting",
                    "",
                    "",
                    List.of(
                            variant("right").holds(MemoryModel.TSO, MemoryModel.SC),
                            variant("wrong").violated(MemoryModel.TSO, MemoryModel.ARMV8)));

    private static Variant variant(String name) {
        return Variant.of(name, "", OPEN.variants().getFirst().model());
    }

    private static List<String> checks(
            Scenario scenario, boolean evenUnexpected, MemoryModel... models) {
        return Check.of(scenario, List.of(models), evenUnexpected).stream()
                .map(c -> c.variant().name() + " " + c.memoryModel() + " " + c.expected())
                .toList();
    }

    @Test
    void asksWhatIsExpectedFromTheStrongestMemoryModelOn() {
        List<String> expected =
                List.of(
                        "right SC HOLDS",
                        "right TSO HOLDS",
                        "wrong TSO VIOLATED",
                        "wrong ARMV8 VIOLATED");

        assertEquals(expected, checks(EXPECTING, false));
        assertEquals(expected, checks(EXPECTING, true));
    }

    @Test
    void asksUnderEveryMemoryModelWhereNothingIsExpected() {
        assertEquals(
                List.of(
                        "only SC null",
                        "only TSO null",
                        "only PSO null",
                        "only ARMV8 null",
                        "only RISCV null"),
                checks(OPEN, false));
    }

    @Test
    void memoryModelsCanBeChosen() {
        assertEquals(List.of("only PSO null"), checks(OPEN, false, MemoryModel.PSO));
        assertEquals(List.of("wrong ARMV8 VIOLATED"), checks(EXPECTING, false, MemoryModel.ARMV8));
        assertEquals(
                List.of("right ARMV8 null", "wrong ARMV8 VIOLATED"),
                checks(EXPECTING, true, MemoryModel.ARMV8));
        assertEquals(List.of(), checks(EXPECTING, false, MemoryModel.RISCV));
    }
}
