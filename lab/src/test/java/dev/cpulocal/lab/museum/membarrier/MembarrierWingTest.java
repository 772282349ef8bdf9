// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.membarrier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.lab.Checker;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.TraceTable;
import dev.cpulocal.lab.Verdict;
import dev.cpulocal.lab.museum.Exhibit;
import org.junit.jupiter.api.Test;

/** The traces tell what was said. */
class MembarrierWingTest {

    private static Verdict check(Exhibit entry, String variant, MemoryModel memoryModel) {
        return entry.scenario().variants().stream()
                .filter(one -> one.name().equals(variant))
                .findFirst()
                .map(one -> Checker.of(memoryModel).check(one.model()))
                .orElseThrow();
    }

    private static void assertInOrder(String trace, String... steps) {
        int from = 0;
        for (String step : steps) {
            int at = trace.indexOf(step, from);
            assertTrue(at >= 0, () -> step + " (expected after the others) in\n" + trace);
            from = at + step.length();
        }
    }

    @Test
    void loadBehindMembarrierOvertakesTheWaitForTheAnswer() {
        String trace =
                TraceTable.of(
                        check(
                                Mb02.exhibit(),
                                "none at the end, IPI answered by a plain store",
                                MemoryModel.ARMV8));

        assertInOrder(
                trace,
                "r4 = csd->flags  (held back)",
                "… r1 = x → 0 performed",
                "── interrupt: ipi_mb ──",
                "… r4 = csd->flags → 0 performed");
    }

    @Test
    void interruptEndsInAThreadThatReturnsBySysret() {
        String trace = TraceTable.of(check(Mb08.exhibit(), "smp_mb() only", MemoryModel.SC));

        assertInOrder(
                trace,
                "── interrupt: ipi_sync_core ──",
                "membarrier() has returned",
                "── switch to thread 2 ──",
                "SYSRET",
                "run the code");
        assertFalse(trace.contains("IRET"), trace);
    }

    @Test
    void callerMakesWayOnExitFromMembarrier() {
        String trace = TraceTable.of(check(Mb09.exhibit(), "caller skipped", MemoryModel.SC));

        assertInOrder(
                trace, "membarrier() has returned", "── switch to thread 3 ──", "run the code");
    }

    @Test
    void mmIsFreedBetweenTwoLoads() {
        String trace = TraceTable.of(check(Mb04.exhibit(), "reads the mm", MemoryModel.SC));

        assertInOrder(
                trace, "p->mm → 1", "kmem_cache_free(mm_cachep, mm)", "dereference p->mm", "I3");
    }

    @Test
    void registeringBreaksTheInvariantAtOnce() {
        Verdict verdict = check(Mb06.exhibit(), "own CPU skipped", MemoryModel.SC);

        assertTrue(verdict.broken().startsWith("I1"), verdict.broken());
    }

    @Test
    void storeToRqCurrWaitsWhileTheProcessBecomesReady() {
        String trace = TraceTable.of(check(Mb12.exhibit(), "ready at once", MemoryModel.TSO));

        assertInOrder(
                trace,
                "rq->curr = reader  (held",
                "r1 = x → 0",
                "if (it is ready) → yes",
                "if (p->mm == mm) → no");
    }

    @Test
    void oldAndNewTestAgreeInAllStates() {
        Verdict verdict = check(Mb19.exhibit(), "old and new", MemoryModel.SC);

        assertTrue(verdict.holds());
        assertEquals(1793, verdict.statistics().states());
    }

    @Test
    void allScenariosInOneModelHaveSoManyStates() {
        Verdict verdict = check(BarrierTable.exhibit(), "nothing removed", MemoryModel.SC);

        assertEquals(1548, verdict.statistics().states());
    }
}
