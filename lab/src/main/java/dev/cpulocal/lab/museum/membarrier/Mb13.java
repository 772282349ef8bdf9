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

/** MB-13: threads with one mm that are not in one thread group. */
final class Mb13 {

    private static final String ID = "MB-13";

    private Mb13() {}

    static Exhibit exhibit() {
        return Exhibit.of(ID, "CLONE_VM without CLONE_THREAD", Area.MEMBARRIER)
                .kernels("none: found in review, in patches of 2017")
                .bounds("one registration, one call of membarrier(), one switch; 3 CPUs")
                .story(
                        """
                        Two thread groups can share an mm. Versions 1 to 5 of the patches marked \
                        each thread of the caller's group, so that switch_mm() gave a thread of \
                        the other group no barrier; and they did not wait for others if the group \
                        had one thread. What belongs to the mm has to be kept in the mm, and its \
                        users counted there.\
                        """)
                .said(
                        "Mathieu Desnoyers",
                        "29 January 2018",
                        Mb12.PATCH,
                        "It also turns out that we cannot use for_each_thread() to set thread"
                                + " flags in all threads using a VM, as it only iterates on the"
                                + " thread group.")
                .settled(
                        Outcome.CONFIRMED,
                        "flags in threads",
                        "The reader is in the other group and passes switch_mm() without a"
                                + " barrier.")
                .said(
                        "Mathieu Desnoyers",
                        "29 January 2018",
                        Mb12.PATCH,
                        "It turns out that we cannot rely on get_nr_threads(p) to count the number"
                                + " of threads using a VM.")
                .settled(
                        Outcome.CONFIRMED,
                        "threads counted",
                        "With one thread in the caller's group nobody is waited for; it ends as in"
                                + " MB-12.")
                .reference(
                        Registration.variant(
                                        ID,
                                        "fixed",
                                        "Today's code: the flag is in the mm.",
                                        Change.NOTHING)
                                .holds(MemoryModel.values()))
                .variant(
                        faulty(
                                "flags in threads",
                                "switch_mm() looks at a flag of the thread.",
                                Change.THREAD_FLAGS))
                .variant(
                        faulty(
                                "threads counted",
                                "synchronize_rcu() only if the thread group has two threads.",
                                Change.COUNTS_THREADS))
                .variant(Registration.reached(ID, Registration.SKIPPED))
                .build();
    }

    private static Variant faulty(String name, String text, Change change) {
        return Registration.variant(ID, name, text, change)
                .holds(SC)
                .violated(TSO, PSO, ARMV8, RISCV);
    }
}
