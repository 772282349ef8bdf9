// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rcu;

import static dev.cpulocal.lab.MemoryModel.ARMV8;
import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;
import static dev.cpulocal.lab.museum.Traces.assertInOrder;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.lab.Verdict.Step;
import dev.cpulocal.lab.Verdict.StepKind;
import dev.cpulocal.lab.Verdict.Trace;
import dev.cpulocal.lab.museum.Traces;
import org.junit.jupiter.api.Test;

/** The traces tell what the stories tell. */
class RcuWingTest {

    private static Step first(Trace trace, String text) {
        return trace.steps().stream()
                .filter(step -> step.text().startsWith(text))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theNmiComesBetweenLoadAndStore() {
        Trace trace = Traces.of("SR-01", "plain", SC);

        assertEquals(StepKind.INTERRUPT, trace.steps().get(1).kind());
        assertInOrder(
                trace,
                "r = srcu_lock_count[0] → 0",
                "r = srcu_lock_count[0] → 0",
                "srcu_lock_count[0] = r + 1",
                "srcu_unlock_count[0] = r + 1",
                "srcu_lock_count[0] = r + 1",
                "kfree(old)");
    }

    @Test
    void anIncrementThatWasCommittedIsCountedAgain() {
        Trace trace = Traces.of("SR-01", "rseq, counted twice", SC);

        assertInOrder(
                trace,
                "rseq: srcu_unlock_count[0]++",
                "atomic_inc(&srcu_unlock_count[1])",
                "kfree(old)");
    }

    @Test
    void theReadersStoreIsHeldBackWhileItFollowsThePointer() {
        Trace trace = Traces.of("URCU-01", "writer only", TSO);

        Step load = first(trace, "p = rcu_dereference(pointer) → 0");
        assertTrue(load.held().stream().anyMatch(held -> held.contains("reader.ctr")));
    }

    @Test
    void theLoadOfTheFutexOvertakesTheStoreRelease() {
        Trace trace = Traces.of("URCU-02", "seq_cst on Arm", ARMV8);

        assertEquals(StepKind.ISSUE, first(trace, "store(&reader.ctr, 0, seq_cst)").kind());
        assertInOrder(trace, "futex → 0", "reader.ctr → 1", "reader.ctr = 0", "sleep");
    }

    @Test
    void theFutexIsCountedDownTwice() {
        Trace trace = Traces.of("URCU-03", "goes on", SC);

        assertEquals(-2, trace.steps().getLast().changes().get("futex"));
    }

    @Test
    void theBarriersCallbackIsLeftBehind() {
        Trace trace = Traces.of("URCU-04", "unlink only", SC);

        assertEquals("some task can go on", trace.broken());
        assertInOrder(trace, "__cds_wfcq_splice_blocking", "_call_rcu(crdp)", "cds_list_del");
    }
}
