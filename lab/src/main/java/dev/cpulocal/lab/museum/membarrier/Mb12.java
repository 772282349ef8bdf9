// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.membarrier;

import static dev.cpulocal.lab.MemoryModel.ARMV8;
import static dev.cpulocal.lab.MemoryModel.PSO;
import static dev.cpulocal.lab.MemoryModel.RISCV;
import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.membarrier.Registration.Change;

/** MB-12: a process that is ready too early. */
final class Mb12 {

    private static final String ID = "MB-12";
    static final String PATCH =
            "[PATCH for 4.16 v7 02/11] powerpc: membarrier: Skip memory barrier in switch_mm()";

    private Mb12() {}

    static Exhibit exhibit() {
        return Exhibit.of(ID, "Registering: flag, wait for everybody, ready", Area.MEMBARRIER)
                .kernels("none: found in review, in patches of 2017")
                .bounds("one registration, one call of membarrier(), one switch; 3 CPUs")
                .story(
                        """
                        Where switch_mm() has its barrier only for processes that have registered, \
                        a CPU can have passed it without one just before the flag was set, with \
                        its store to rq->curr still in the buffer. If membarrier() is allowed to \
                        succeed at once, it sees the old rq->curr and skips that CPU. So \
                        registering sets the flag, waits until every CPU has been through the \
                        scheduler, and only then says that the process is ready.\
                        """)
                .said(
                        "Mathieu Desnoyers",
                        "29 January 2018",
                        PATCH,
                        "This means membarrier_register_private_expedited() needs to set the"
                                + " MEMBARRIER_STATE_PRIVATE_EXPEDITED flag, issue"
                                + " synchronize_sched(), and only then set"
                                + " MEMBARRIER_STATE_PRIVATE_EXPEDITED_READY which allows private"
                                + " expedited membarrier commands to succeed.")
                .settled(
                        Outcome.CONFIRMED,
                        "ready at once",
                        "Without waiting between the two it fails, from TSO on.")
                .said(
                        "Mathieu Desnoyers",
                        "29 January 2018",
                        PATCH + ", changes since v3",
                        "Set membarrier_private_expedited to 1 only after arch registration code,"
                                + " thus eliminating a race where concurrent commands could"
                                + " succeed when they should fail if issued concurrently with"
                                + " process registration.")
                .settled(
                        Outcome.CONFIRMED,
                        "ready first",
                        "A call that comes while the process registers succeeds, and orders"
                                + " nothing.")
                .reference(
                        Registration.variant(
                                        ID,
                                        "fixed",
                                        "Today's code: flag, synchronize_rcu(), ready.",
                                        Change.NOTHING)
                                .holds(MemoryModel.values()))
                .variant(faulty("ready at once", "No synchronize_rcu().", Change.READY_AT_ONCE))
                .variant(
                        faulty(
                                "ready first",
                                "Ready, then the flag and synchronize_rcu().",
                                Change.READY_FIRST))
                .variant(Registration.reached(ID, Registration.SUCCEEDS))
                .variant(Registration.reached(ID, Registration.SKIPPED))
                .build();
    }

    private static Variant faulty(String name, String text, Change change) {
        return Registration.variant(ID, name, text, change)
                .holds(SC)
                .violated(TSO, PSO, ARMV8, RISCV);
    }
}
