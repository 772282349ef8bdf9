// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.lab.Verdict.Step;
import dev.cpulocal.lab.Verdict.StepKind;
import dev.cpulocal.lab.Verdict.Trace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What tables of traces look like. */
class TraceTableTest {

    private final List<Step> steps = new ArrayList<>();
    private final Map<String, Long> initial = new LinkedHashMap<>();
    private int loop = -1;
    private int cpus = 2;

    private void add(
            StepKind kind,
            int cpu,
            String task,
            List<String> scope,
            String text,
            Map<String, Long> changes,
            List<String> held) {
        steps.add(new Step(cpu, task, scope, kind, text, -1, changes, held, null, -1, null));
    }

    private void step(StepKind kind, int cpu, String task, List<String> scope, String text) {
        add(kind, cpu, task, scope, text, Map.of(), List.of());
    }

    private void change(StepKind kind, int cpu, String task, String text, String name, long to) {
        add(kind, cpu, task, List.of(), text, Map.of(name, to), List.of());
    }

    private Verdict verdict(@Nullable Trace trace) {
        return new Verdict(
                "store buffering",
                MemoryModel.TSO,
                trace == null ? Verdict.Kind.HOLDS : Verdict.Kind.VIOLATED,
                trace == null ? "" : trace.broken(),
                trace,
                "",
                List.of(),
                false,
                false,
                new Verdict.Statistics(12_345, 23_456, 9, 1, 1, 0));
    }

    private String table(int width) {
        var trace =
                new Trace(
                        MemoryModel.TSO,
                        initial,
                        steps,
                        loop,
                        cpus,
                        "one sees the other",
                        "",
                        loop < 0);
        return TraceTable.of(verdict(trace), width);
    }

    private void assertTable(String expected) {
        assertEquals(expected, table(TraceTable.WIDTH));
    }

    @Test
    void heldBackAccessesAreSeenTwice() {
        initial.put("x", 0L);
        initial.put("y", 0L);
        step(StepKind.ISSUE, 0, "P0", List.of(), "x = 1");
        step(StepKind.EXECUTE, 0, "P0", List.of(), "r0 = y");
        change(StepKind.EXECUTE, 1, "P1", "y = 1", "y", 1);
        change(StepKind.PERFORM, 0, "P0", "x = 1", "x", 1);

        assertTable(
                """
                store buffering, x86-TSO
                at first: all 0

                #  CPU 0: P0           CPU 1: P1  changes
                1  x = 1  (held back)
                2  r0 = y
                3                      y = 1      y=1
                4  … x = 1 performed              x=1

                VIOLATED "one sees the other"  4 steps, shortest of 12 345 states
                """);
    }

    private void store(String text, List<String> heldAfterwards) {
        add(StepKind.ISSUE, 0, "P0", List.of(), text, Map.of(), heldAfterwards);
    }

    private void perform(String text, Map<String, Long> changes, List<String> heldAfterwards) {
        add(StepKind.PERFORM, 0, "P0", List.of(), text, changes, heldAfterwards);
    }

    @Test
    void whatIsPerformedAtOnceIsSeenOnce() {
        cpus = 1;
        store("x = 1", List.of("x = 1"));
        perform("x = 1", Map.of("x", 1L), List.of());
        store("y = 1", List.of("y = 1"));
        store("z = 1", List.of("y = 1", "z = 1"));
        perform("y = 1", Map.of("y", 1L), List.of("z = 1"));
        perform("z = 1", Map.of("z", 1L), List.of());
        store("r0 = x", List.of("r0 = x"));
        perform("r0 = x → 1", Map.of(), List.of());

        assertTable(
                """
                store buffering, x86-TSO

                #  CPU 0: P0           changes
                1  x = 1               x=1
                2  y = 1  (held back)
                3  z = 1  (held back)
                4  … y = 1 performed   y=1
                5  … z = 1 performed   z=1
                6  r0 = x → 1

                VIOLATED "one sees the other"  6 steps, shortest of 12 345 states
                """);
    }

    @Test
    void whatHappensInAnotherRoundOfALoopIsNotAtOnce() {
        cpus = 1;
        loop = 1;
        store("x = 1", List.of("x = 1"));
        perform("x = 1", Map.of("x", 1L), List.of());

        assertTrue(table(TraceTable.WIDTH).contains("(held back)"));
    }

    @Test
    void functionsAreNamedWhereTheyAreEntered() {
        cpus = 1;
        step(StepKind.EXECUTE, 0, "P0", List.of("read"), "x");
        step(StepKind.EXECUTE, 0, "P0", List.of("read", "lock"), "xchg(l, 1)");
        step(StepKind.EXECUTE, 0, "P0", List.of("read", "lock"), "smp_mb()");
        step(StepKind.EXECUTE, 0, "P0", List.of("read"), "y");
        step(StepKind.EXECUTE, 0, "P0", List.of("read", "unlock"), "l = 0");

        assertTable(
                """
                store buffering, x86-TSO

                #  CPU 0: P0       changes
                   read:
                1    x
                     lock:
                2      xchg(l, 1)
                3      smp_mb()
                4    y
                     unlock:
                5      l = 0

                VIOLATED "one sees the other"  5 steps, shortest of 12 345 states
                """);
    }

    @Test
    void interruptsAndSwitchesAreMarkedInTheColumnOfTheirCpu() {
        initial.put("curr", 1L);
        initial.put("x", 0L);
        step(StepKind.EXECUTE, 1, "user", List.of("sys"), "x = 1");
        step(StepKind.INTERRUPT, 1, "user", List.of("tick"), "tick");
        step(StepKind.EXECUTE, 1, "user", List.of("tick", "schedule"), "curr = 2");
        step(StepKind.SWITCH, 1, "user", List.of("tick", "schedule"), "switch_to(2)");
        step(StepKind.EXECUTE, 1, "idle", List.of(), "x = 2");
        step(StepKind.SWITCH, 1, "idle", List.of(), "switch_to(1)");
        step(StepKind.EXECUTE, 1, "user", List.of("tick", "schedule"), "finish");
        step(StepKind.EXECUTE, 1, "user", List.of("sys"), "x = 3");

        assertTable(
                """
                store buffering, x86-TSO
                at first: curr=1  all else 0

                #  CPU 0  CPU 1: user            changes
                          sys:
                1           x = 1
                2         ── interrupt: tick ──
                            schedule:
                3             curr = 2
                4         ── switch to idle ──
                5         x = 2
                6         ── switch to user ──
                            … schedule:
                7             finish
                          … sys:
                8           x = 3

                VIOLATED "one sees the other"  8 steps, shortest of 12 345 states
                """);
    }

    @Test
    void whatRepeatsForEverIsMarked() {
        cpus = 1;
        loop = 1;
        step(StepKind.EXECUTE, 0, "P0", List.of(), "r0 = l");
        step(StepKind.EXECUTE, 0, "P0", List.of(), "until (r0 == 0)");

        assertTable(
                """
                store buffering, x86-TSO

                #  CPU 0: P0        changes
                1  r0 = l
                ── from here it repeats for ever ──
                2  until (r0 == 0)
                ── and again from step 2 ──

                VIOLATED "one sees the other"  2 steps, among 12 345 states
                """);
    }

    @Test
    void longCellsAreBrokenAtSpaces() {
        step(StepKind.EXECUTE, 0, "P0", List.of("f"), "one two three four five six seven eight");
        step(StepKind.EXECUTE, 1, "P1", List.of(), "short");

        String table = table(40);

        assertTrue(
                table.contains(
                        """
                        1    one two three
                               four five six
                               seven eight
                        """),
                table);
        table.lines().forEach(line -> assertTrue(line.length() <= 40, line));
    }

    @Test
    void wordsThatAreTooLongAreBroken() {
        assertEquals(List.of("abcd", "efgh", "i"), TextColumns.wrap("abcdefghi", 4, "  "));
        assertEquals(List.of("a bc", "def"), TextColumns.wrap("a bc def", 4, "  "));
    }

    @Test
    void nothingIsLostByWrapping() {
        String text =
                "  if (!fpregs_state_valid(fpu, cpu)) restore_fpregs_from_fpstate(fpu->fpstate)";
        for (int width = 5; width < 90; width++) {
            String joined = String.join("", TextColumns.wrap(text, width, "    "));
            assertEquals(text.replace(" ", ""), joined.replace(" ", ""), "width " + width);
        }
    }

    @Test
    void verdictWithoutTraceIsRefused() {
        var thrown =
                assertThrows(IllegalArgumentException.class, () -> TraceTable.of(verdict(null)));

        assertEquals("verdict: HOLDS (expected: one with a trace)", thrown.getMessage());
    }
}
