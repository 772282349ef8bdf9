// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.membarrier;

import static dev.cpulocal.lab.MemoryModel.SC;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.Variants;

/** MB-05: a read-side critical section without an end. */
final class Mb05 {

    /* One task scans CPUs, any number up to 3; how deep it is in read-side sections is a number. */

    private static final String ID = "MB-05";
    private static final String SCANNED = "a CPU is looked at";
    private static final int MOST_CPUS = 3;

    private final boolean inLoop;
    private final Never never;
    private final Variable depth;

    private static final Variants<Boolean> VARIANTS = new Variants<>(ID, Mb05::new);

    private Mb05(Model.Builder m, boolean inLoop, Never never) {
        this.inLoop = inLoop;
        this.never = never;
        depth = m.hardware("rcu_read_lock_nesting", 0);
        m.task("caller", 0, this::caller);
        m.atEnd("no read-side critical section is left open", depth.get().not());
    }

    private void caller(Code c) {
        c.call(
                "sync_runqueues_membarrier_state",
                () -> {
                    readLock(c);
                    Expr cpus = c.as("CPUs that are online, but one").choose("cpus", MOST_CPUS);
                    for (int cpu = 0; cpu < MOST_CPUS; cpu++) {
                        c.as("if (there is CPU " + cpu + ")")
                                .when(Expr.of(cpu).le(cpus), () -> look(c));
                    }
                    c.as("rcu_read_unlock()").set(depth.get(), depth.get().minus(1));
                });
    }

    private void look(Code c) {
        never.here(c, SCANNED);
        if (inLoop) {
            readLock(c);
        }
        c.as("p = rcu_dereference(cpu_rq(cpu)->curr)").choose("p", 1);
    }

    private void readLock(Code c) {
        c.as("rcu_read_lock()").set(depth.get(), depth.get().plus(1));
    }

    /* ------------------------- The entry ------------------------- */

    static Exhibit exhibit() {
        return Exhibit.of(ID, "A merge that left rcu_read_lock() in a loop", Area.MEMBARRIER)
                .kernels("5.4-rc only")
                .bounds("one registration, 1 to 3 CPUs")
                .story(
                        """
                        A fix moved rcu_read_lock() out of the loop over all CPUs. In the merge it \
                        came to stand before the loop and stayed in it, so that each CPU made the \
                        read-side critical section one deeper, and one rcu_read_unlock() ended it. \
                        From then on no grace period ended, and the machine hung at boot.\
                        """)
                .history(
                        "Peter Zijlstra",
                        "October 2019",
                        "membarrier: Fix RCU locking bug caused by faulty merge; 73956fc07dd7,"
                                + " Linux 5.4",
                        "The fix deletes a line. Found by John Stultz and Alistair Delva, on"
                                + " Android, and by Ingo Molnar.")
                .reference(VARIANTS.of("fixed", "Today's code.", false).holds(SC))
                .variant(
                        VARIANTS.of("merged", "Locked before the loop and in it.", true)
                                .violated(SC))
                .variant(reached())
                .build();
    }

    private static Variant reached() {
        return VARIANTS.reached(SCANNED, false).violated(SC);
    }
}
