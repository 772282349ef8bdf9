// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.membarrier;

import static dev.cpulocal.lab.MemoryModel.ARMV8;
import static dev.cpulocal.lab.MemoryModel.PSO;
import static dev.cpulocal.lab.MemoryModel.RISCV;
import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Order;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Ipi;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.Variants;

/** MB-16: as many interrupts as there are callers. */
final class Mb16 {

    /*
     * Two threads call membarrier(), on CPUs 0 and 1; each call interrupts CPU 2, where a third
     * thread runs. How many rounds of interrupts are under way is a ghost. The lock is an acquire
     * and a release, and no more, as a mutex is.
     */

    private static final String ID = "MB-16";
    private static final String WAITS = "a caller waits for the other";

    /** What there is before the interrupt is sent. */
    private enum Before {
        BARRIER_AND_MUTEX(true, true),
        BARRIER(true, false),
        MUTEX(false, true);

        private final boolean barrier;
        private final boolean mutex;

        Before(boolean barrier, boolean mutex) {
            this.barrier = barrier;
            this.mutex = mutex;
        }
    }

    private final Before before;
    private final Never never;
    private final Accesses accesses;
    private final Variable mutex;
    private final Variable rounds;
    private final Ipi ipi;

    private static final Variants<Before> VARIANTS =
            new Variants<>(
                    ID,
                    (m, before, never) -> {
                        new Mb16(m, before, never);
                        m.window(12);
                    });

    private Mb16(Model.Builder m, Before before, Never never) {
        this.before = before;
        this.never = never;
        m.task("caller 0", 0, this::caller);
        m.task("caller 1", 1, this::membarrier);
        m.task("thread", 2, this::thread);
        mutex = m.shared("membarrier_ipi_mutex", 0);
        rounds = m.ghost("rounds of interrupts", 0);
        accesses = new Accesses(m);
        ipi = new Ipi(m, "ipi_mb", 3, Code::mb);
        accesses.expect(m, Pattern.FLAGS, Expr.of(1));
        m.always("one round of interrupts at a time", rounds.get().le(1));
    }

    private void caller(Code c) {
        accesses.before(c, Pattern.FLAGS);
        membarrier(c);
        accesses.after(c, Pattern.FLAGS);
    }

    private void thread(Code c) {
        accesses.reader(c, Pattern.FLAGS);
    }

    private void membarrier(Code c) {
        c.call(
                "membarrier_private_expedited",
                () -> {
                    if (before.barrier) {
                        c.as("smp_mb() /* system call entry is not a mb */").mb();
                    }
                    if (before.mutex) {
                        lock(c);
                    }
                    c.as("begin to interrupt").set(rounds.get(), rounds.get().plus(1));
                    ipi.callAndWait(c, 2);
                    c.as("all have answered").set(rounds.get(), rounds.get().minus(1));
                    c.as("smp_mb() /* exit from system call is not a mb */").mb();
                    if (before.mutex) {
                        c.as("mutex_unlock(&membarrier_ipi_mutex)").storeRelease(mutex, 0);
                    }
                });
    }

    private void lock(Code c) {
        c.call(
                "mutex_lock",
                () ->
                        c.until(() -> {
                            var old =
                                    c.as("cmpxchg_acquire(&membarrier_ipi_mutex, 0, 1)")
                                            .compareAndExchange(
                                                    mutex,
                                                    Expr.of(0),
                                                    Expr.of(0),
                                                    Expr.of(1),
                                                    Order.ACQUIRE);
                            if (!never.equals(Never.NOTHING)) {
                                c.when(old, () -> never.here(c, WAITS));
                            }
                            return old.eq(0);
                        }));
    }

    /* ------------------------- The entry ------------------------- */

    static Exhibit exhibit() {
        return Exhibit.of(ID, "membarrier() as a hammer", Area.MEMBARRIER)
                .kernels("4.14 to 6.7, CVE-2024-26602")
                .bounds("two calls of membarrier() by two threads, which interrupt a third; 3 CPUs")
                .story(
                        """
                        Anybody may call membarrier(), from as many threads as he likes, and each \
                        call interrupts every CPU that runs a thread of the process. Nothing \
                        limited how many interrupts a CPU had to answer at a time. A mutex makes \
                        it one round at a time. It does not replace the barrier at the start: a \
                        lock is an acquire, which lets earlier stores wait, except on x86.\
                        """)
                .history(
                        "Linus Torvalds",
                        "February 2024",
                        "sched/membarrier: reduce the ability to hammer on sys_membarrier;"
                                + " 944d5fe50f3f, Linux 6.8",
                        "The fix, also in all stable trees of the time.")
                .derived(
                        "That the mutex comes with the barrier and not instead of it is our"
                                + " remark; the variant \"mutex for barrier\" shows why.")
                .reference(
                        VARIANTS.of("fixed", "Today's code.", Before.BARRIER_AND_MUTEX)
                                .holds(MemoryModel.values()))
                .variant(
                        VARIANTS.of("no mutex", "As it was.", Before.BARRIER)
                                .violated(MemoryModel.values()))
                .variant(
                        VARIANTS.of(
                                        "mutex for barrier",
                                        "The mutex instead of the barrier at the start.",
                                        Before.MUTEX)
                                .holds(SC, TSO)
                                .violated(PSO, ARMV8, RISCV))
                .variant(reached())
                .build();
    }

    private static Variant reached() {
        return VARIANTS.reached(WAITS, Before.BARRIER_AND_MUTEX).violated(MemoryModel.values());
    }
}
