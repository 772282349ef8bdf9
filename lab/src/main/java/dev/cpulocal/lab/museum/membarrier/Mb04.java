// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.membarrier;

import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.membarrier.GlobalExpedited.Change;

/** MB-04: a look into the mm of another process. */
final class Mb04 {

    private static final String ID = "MB-04";

    private Mb04() {}

    static Exhibit exhibit() {
        return Exhibit.of(
                        ID,
                        "membarrier() reads the state of an mm that may be freed",
                        Area.MEMBARRIER)
                .kernels("4.16 to 5.3")
                .bounds("one registration, one exit, one call of membarrier()")
                .story(
                        """
                        To find out which CPUs run a process that has registered, \
                        membarrier(GLOBAL_EXPEDITED) read p->mm->membarrier_state of the task that \
                        each CPU runs. The task_struct is protected by RCU, the mm is not: the \
                        process can exit between the two loads, and its mm is freed. Today each \
                        run queue has a copy of the state, and nobody follows the pointer.\
                        """)
                .history(
                        "Mathieu Desnoyers",
                        "2019",
                        "sched/membarrier: Fix p->mm->membarrier_state racy load; 227a4aadc75b,"
                                + " Linux 5.4",
                        "The fix, with the copy in struct rq, and the interrupts that refresh it."
                                + " It came up in Eric Biederman's work on RCU for tasks.")
                .unchecked("The bug came with the command, in c5f58bd58f43, Linux 4.16.")
                .derived(
                        "What is left of the mm may also be another one by then, and decide"
                                + " wrongly; here any look is a fault.")
                .reference(
                        GlobalExpedited.variant(ID, "fixed", "Today's code: a copy in struct rq.")
                                .holds(MemoryModel.values()))
                .variant(
                        GlobalExpedited.variant(
                                        ID,
                                        "reads the mm",
                                        "p->mm->membarrier_state, as it was.",
                                        Change.READS_MM)
                                .violated(MemoryModel.values()))
                .variant(GlobalExpedited.reached(ID, GlobalExpedited.SENT))
                .variant(GlobalExpedited.reached(ID, GlobalExpedited.SKIPPED))
                .build();
    }
}
