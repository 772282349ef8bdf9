// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rseq;

import static dev.cpulocal.lab.MemoryModel.ARMV8;
import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.museum.Traces.assertInOrder;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.lab.Verdict.Step;
import dev.cpulocal.lab.Verdict.Trace;
import dev.cpulocal.lab.museum.Traces;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The traces tell what the stories tell. */
class RseqWingTest {

    private static List<Step> steps(Trace trace, String text) {
        return trace.steps().stream().filter(step -> step.text().startsWith(text)).toList();
    }

    @Test
    void theEventComesBetweenReadingAndClearingTheMask() {
        Trace trace = Traces.of("RS-03", "interrupts enabled", SC);

        assertInOrder(
                trace,
                "mask = t->rseq_event_mask → 0",
                "|= RSEQ_EVENT_PREEMPT",
                "t->rseq_event_mask = 0",
                "if (mask) → no",
                "free(old)",
                "*p → 0");
    }

    @Test
    void kvmTakesTheFlagOfAThreadThatWasMoved() {
        Trace trace = Traces.of("RS-01", "flag consumed", SC);

        assertInOrder(
                trace,
                "set_task_cpu(next, cpu)",
                "clear_thread_flag(TIF_NOTIFY_RESUME)",
                "vmenter; the guest; vmexit",
                "cpu = rseq->cpu_id_start → 0");
        assertTrue(steps(trace, "rseq->cpu_id = ").isEmpty());
        assertEquals(1, trace.steps().getLast().cpu());
    }

    @Test
    void theSketchOfTheOtherFixBringsTheBugBack() {
        assertEquals(
                Traces.of("RS-01", "flag consumed", SC).broken(),
                Traces.of("RS-02", "the sketch", SC).broken());
    }

    @Test
    void theFirstTestIsFooledByTwoMigrations() {
        Trace trace = Traces.of("RS-06", "asks twice", SC);

        assertInOrder(
                trace,
                "cpu = sched_getcpu() → 0",
                "rseq_cpu = __rseq.cpu_id → 1",
                "again = sched_getcpu() → 0");
        assertEquals(2, steps(trace, "sched_setaffinity(CPU").size());
    }

    @Test
    void theCountIsStillHeldBackWhenTheThreadHasBeenMoved() {
        Trace trace = Traces.of("RS-07", "unordered count", ARMV8);

        Step moved = steps(trace, "rseq.cpu_id = cpu").getFirst();
        long counted =
                trace.steps().stream()
                        .limit(trace.steps().indexOf(moved))
                        .filter(step -> step.changes().containsKey("seq_cnt"))
                        .count();
        assertEquals(0, counted);
    }

    @Test
    void theReaderTriesAgainForEver() {
        Trace trace = Traces.of("RS-07", "no pause", SC);

        assertTrue(trace.loop() >= 0);
        assertTrue(
                trace.steps().stream()
                        .skip(trace.loop())
                        .noneMatch(step -> step.text().startsWith("compare them")));
    }

    @Test
    void theLoadBalancerMovesTheThreadAndCountsNothing() {
        Trace trace = Traces.of("RS-08", "wrong thread", SC);

        assertTrue(trace.steps().stream().anyMatch(step -> step.task().equals("load balancer")));
        assertEquals(
                List.of(),
                trace.steps().stream()
                        .filter(step -> step.changes().containsKey("seq_cnt"))
                        .toList());
    }

    @Test
    void eachObligationSince619HasItsInvariant() {
        assertTrue(Traces.of("RS-13", "cleared early", SC).broken().startsWith("R1"));
        assertTrue(Traces.of("RS-13", "interrupt not noted", SC).broken().startsWith("R2"));
        assertTrue(Traces.of("RS-13", "fault dropped", SC).broken().startsWith("R1"));
        assertTrue(Traces.of("RS-13", "not raised again", SC).broken().startsWith("R1"));
    }

    @Test
    void nothingIsCommittedInTheLoopWithoutASlowPath() {
        Trace trace = Traces.of("RS-15", "rseq only", SC);

        assertTrue(trace.loop() >= 0);
        assertTrue(
                trace.steps().stream()
                        .skip(trace.loop())
                        .noneMatch(step -> step.text().equals("commit")));
    }
}
