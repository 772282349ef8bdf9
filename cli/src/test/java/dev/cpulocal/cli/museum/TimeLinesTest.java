// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.museum;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.cli.museum.TimeLine.Arrow;
import dev.cpulocal.cli.museum.TimeLine.Bar;
import dev.cpulocal.cli.museum.TimeLine.Kind;
import dev.cpulocal.cli.museum.TimeLine.Read;
import dev.cpulocal.cli.museum.TimeLine.Row;
import dev.cpulocal.cli.prove.CheckResult;
import dev.cpulocal.cli.prove.Entry;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.Verdict.Trace;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TimeLinesTest {

    private static TimeLine buffering(MemoryModel memoryModel) {
        Scenario scenario = Sample.bufferings();
        Variant bare = scenario.variants().getLast();
        return TimeLines.of(
                "id",
                Sample.trace(bare.model(), memoryModel),
                Comparison.of(scenario, "fenced", bare));
    }

    private static TimeLine alone(Model model, MemoryModel memoryModel) {
        Variant variant = Variant.of("only", "", model);
        return TimeLines.of("id", Sample.trace(model, memoryModel), Comparison.alone(variant));
    }

    private static Row row(TimeLine line, int row) {
        return line.rows().get(row);
    }

    private static int find(TimeLine line, String text) {
        return line.rows().stream().map(Row::text).toList().indexOf(text);
    }

    @Test
    void aStoreIsHeldBackFromItsExecutionToItsPerformance() {
        TimeLine line = buffering(MemoryModel.TSO);

        Bar bar = line.bars().stream().filter(one -> one.cpu() == 0).findFirst().orElseThrow();
        assertTrue(bar.store());
        assertEquals(Kind.HELD, row(line, bar.from()).kind());
        assertEquals("x = 1", row(line, bar.from()).text());
        assertEquals(Kind.PERFORMED, row(line, bar.to()).kind());
        assertEquals(Map.of("x", 1L), row(line, bar.to()).changes());
        assertTrue(bar.from() < find(line, "r = y → 0") && find(line, "r = y → 0") < bar.to());
    }

    @Test
    void aLoadIsStaleIfAnotherCpuHasExecutedTheStore() {
        TimeLine line = buffering(MemoryModel.TSO);

        Read stale =
                line.reads().stream()
                        .filter(read -> row(line, read.row()).text().equals("r = x → 0"))
                        .findFirst()
                        .orElseThrow();
        assertEquals(-1, stale.from(), "what was there at first");
        assertEquals("x = 1", row(line, stale.unseen()).text());
        assertTrue(stale.text().contains("STALE: CPU 0 has executed `x = 1`"), stale.text());
    }

    @Test
    void whatTheOtherProgramHasIsShownWhereItIsMissing() {
        TimeLine line = buffering(MemoryModel.TSO);

        int missing = find(line, "smp_mb()");
        assertEquals(Kind.MISSING, row(line, missing).kind());
        assertEquals(0, row(line, missing).cpu());
        assertTrue(find(line, "x = 1") < missing && missing < find(line, "r = y → 0"));
        List<Row> barriers = line.rows().stream().filter(Row::barrier).toList();
        assertEquals(List.of(1), barriers.stream().map(Row::cpu).toList());
    }

    @Test
    void theCycleHasThePairThatIsNotKeptInOrder() {
        for (MemoryModel memoryModel :
                List.of(MemoryModel.TSO, MemoryModel.PSO, MemoryModel.ARMV8, MemoryModel.RISCV)) {
            TimeLine line = buffering(memoryModel);

            assertEquals(
                    List.of("PROGRAM", "READS_BEFORE", "PROGRAM", "READS_BEFORE"),
                    line.cycle().stream().map(Arrow::kind).toList(),
                    memoryModel::title);
            assertEquals(
                    List.of(true, false, false, false),
                    line.cycle().stream().map(Arrow::turned).toList());
            assertEquals(
                    "On CPU 0, `x = 1` comes before `r = y → 0` in the program, but is performed"
                            + " after it: nothing keeps them in order. The other program has"
                            + " `smp_mb()` in between.",
                    line.cycle().getFirst().text());
            assertTrue(line.cycle().get(2).text().contains("`smp_mb()` keeps them so"));
            for (int i = 0; i < line.cycle().size(); i++) {
                int next = (i + 1) % line.cycle().size();
                assertEquals(line.cycle().get(i).to(), line.cycle().get(next).from());
            }
            assertTrue(line.order().contains("it does not keep a store and a later load in order"));
        }
    }

    @Test
    void withoutReorderingThereIsNoCycle() {
        Model racing =
                Model.build(
                        "racing",
                        m -> {
                            var x = m.shared("x", 0);
                            m.task("P0", 0, c -> c.store(x, 1));
                            m.always("x is 0", x.get().not());
                        });

        for (MemoryModel memoryModel : MemoryModel.values()) {
            TimeLine line = alone(racing, memoryModel);
            assertEquals(List.of(), line.cycle());
            assertTrue(line.order().startsWith("Nothing "), line.order());
            assertEquals("always", line.when());
            assertEquals(false, line.rows().getLast().holds());
        }
    }

    @Test
    void anInterruptComesFromWhoSentIt() {
        Model model =
                Model.build(
                        "interrupt",
                        m -> {
                            var pending = m.hardware("pending", 0);
                            var handled = m.hardware("handled", 0);
                            m.task("sender", 0, c -> c.as("send").set(pending.get(), 1));
                            m.task("other", 1, c -> c.await(handled.get()));
                            m.interrupt(
                                    "ipi",
                                    task -> task.number() == 1 ? pending.get() : null,
                                    c -> {
                                        c.set(pending.get(), 0);
                                        c.set(handled.get(), 1);
                                    });
                            m.always("never handled", handled.get().not());
                        });

        TimeLine line = alone(model, MemoryModel.SC);

        assertEquals(1, line.signals().size());
        assertEquals("send", row(line, line.signals().getFirst().from()).text());
        Row begin = row(line, line.signals().getFirst().to());
        assertEquals(Kind.INTERRUPT, begin.kind());
        assertEquals(List.of("ipi"), begin.handlers());
        assertEquals(List.of("ipi"), row(line, find(line, "pending = 0")).handlers());
    }

    @Test
    void whatRepeatsForEverIsKnown() {
        Model model =
                Model.build(
                        "spinning",
                        m -> {
                            var x = m.shared("x", 0);
                            var done = m.ghost("done", 0);
                            m.task(
                                    "P0",
                                    0,
                                    c -> {
                                        c.until(() -> c.load(x));
                                        c.set(done.get(), 1);
                                    });
                            m.againAndAgain("it ends", done.get());
                        });

        TimeLine line = alone(model, MemoryModel.SC);

        assertTrue(line.loop() >= 0 && line.loop() < line.rows().size());
        assertEquals("again and again", line.when());
    }

    /** Every row of the table, and nothing else, in the same order with the same numbers. */
    @Test
    void theRowsAreThoseOfTheTable() throws InterruptedException {
        for (String id : List.of("MB-01", "TLB-07", "FPU-08")) {
            Entry entry = Sample.entry(id);
            for (CheckResult check : Sample.prove(List.of(entry)).checks()) {
                if (check.trace() != null) {
                    assertSameAsTable(entry, check, check.trace());
                }
            }
        }
    }

    private static void assertSameAsTable(Entry entry, CheckResult check, Trace trace) {
        Variant variant =
                entry.scenario().variants().stream()
                        .filter(one -> one.name().equals(check.variant()))
                        .findFirst()
                        .orElseThrow();
        TimeLine line =
                TimeLines.of("id", trace, Comparison.of(entry.scenario(), "fixed", variant));
        String table = check.traceText();
        List<Row> steps = line.rows().stream().filter(row -> row.number() > 0).toList();

        assertTrue(table.contains("\"  " + steps.size() + " step"), table);
        for (int i = 0; i < steps.size(); i++) {
            assertEquals(i + 1, steps.get(i).number());
            String start = "\n" + (i + 1) + " ";
            String row = table.substring(table.indexOf(start) + 1);
            String word = steps.get(i).text().split(" ", -1)[0];
            assertTrue(row.substring(0, row.indexOf('\n')).contains(word), row);
        }
        assertEquals(state(trace), state(line));
    }

    private static Map<String, Long> state(Trace trace) {
        Map<String, Long> state = new HashMap<>(trace.initial());
        trace.steps().forEach(step -> state.putAll(step.changes()));
        return state;
    }

    private static Map<String, Long> state(TimeLine line) {
        Map<String, Long> state = new HashMap<>(line.initial());
        line.rows().forEach(row -> state.putAll(row.changes()));
        assertFalse(state.isEmpty());
        return state;
    }
}
