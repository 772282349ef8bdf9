// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.opv;

import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.museum.Traces.assertInOrder;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.lab.Verdict.Trace;
import dev.cpulocal.lab.museum.Traces;
import org.junit.jupiter.api.Test;

/** The traces tell what the stories tell. */
class OpvWingTest {

    private static final String STUCK = "some task can go on";

    @Test
    void callersThatHoldPartOfTheBudgetWaitForEachOther() {
        Trace trace = Traces.of("OPV-01", "budget, page by page", SC);

        assertEquals(STUCK, trace.broken());
        assertEquals(
                3,
                trace.steps().stream()
                        .filter(step -> step.text().startsWith("vm_map_ram"))
                        .count());
    }

    @Test
    void pagesAreFaultedInWithHotplugBlocked() {
        Trace trace = Traces.of("OPV-02", "faults under the lock", SC);

        assertEquals(STUCK, trace.broken());
        assertInOrder(trace, "cpus_read_lock()", "cpus_write_lock()");
    }

    @Test
    void theCpuComesBackBetweenTestAndLock() {
        assertInOrder(
                Traces.of("OPV-02", "online tested before", SC),
                "if (it cannot) goto check_online → yes",
                "set_cpu_online(k, true)",
                "cpus_read_lock()");
    }

    @Test
    void theSectionGoesOnWithWhatItHadRead() {
        Trace trace = Traces.of("OPV-03", "not restarted", SC);

        assertInOrder(trace, "r = counter → 0", "counter = r + 1", "counter = r + 1 /* commit */");
        assertTrue(trace.broken().startsWith("both increments"), trace.broken());
    }

    @Test
    void theStoreGoesToThePageThatTheChildKeeps() {
        assertInOrder(
                Traces.of("OPV-04", "pinned", SC),
                "get_user_pages(FOLL_WRITE) → 0",
                "share the page, read-only",
                "set_pte_at()");
    }

    @Test
    void eachAttemptFindsThePageGone() {
        Trace trace = Traces.of("OPV-06", "memory pressure", SC);

        assertTrue(trace.loop() >= 0);
        assertTrue(
                trace.steps().stream()
                        .skip(trace.loop())
                        .anyMatch(step -> step.text().startsWith("swap the page out")));
    }
}
