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
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Never;
import java.util.List;

/** MB-20: a process with one user needs no barrier. */
final class Mb20 {

    /*
     * The caller on CPU 0 is the only thread of its process, and membarrier() returns at once if
     * mm_users is 1, before its first barrier. On CPU 1, somebody else comes to use the mm: a
     * thread that the caller itself creates, before or after; or a kernel thread by itself, which
     * takes a reference as a user (mmget) or only one that keeps the mm from being freed (mmgrab).
     */

    private static final String ID = "MB-20";
    private static final String SHORTCUT = "membarrier() returns at once";
    private static final String FULL = "membarrier() does not";
    private static final int WINDOW = 20;

    /** Who comes to use the mm. */
    private enum Other {
        CLONED,
        GETS,
        GRABS
    }

    private final Other other;
    private final boolean barrierFirst;
    private final Never never;
    private final Model.Task second;
    private final Accesses accesses;
    private final Sched sched;
    private final Expedited membarrier;
    private final Variable users;
    private final Variable created;

    private Mb20(Model.Builder m, Other other, boolean barrierFirst, Never never) {
        this.other = other;
        this.barrierFirst = barrierFirst;
        this.never = never;
        m.task("caller", 0, this::caller);
        second = m.task(other == Other.CLONED ? "thread" : "kthread", 1, this::second);
        long mm = other == Other.CLONED ? Sched.MM : Sched.NULL;
        sched = new Sched(m, Kernel.TODAY, second, List.of(Sched.MM, mm));
        users = m.shared("mm_users", 1);
        created = m.hardware("thread created", 0);
        accesses = new Accesses(m);
        membarrier = new Expedited(m, Kernel.TODAY, Never.NOTHING);
        m.window(WINDOW);
        accesses.expect(m, Pattern.FLAGS, Expr.of(1));
    }

    private void caller(Code c) {
        Expr first =
                other == Other.CLONED
                        ? c.as("clone() before or after").choose("before", 2)
                        : Expr.of(0);
        createIf(c, first);
        accesses.before(c, Pattern.FLAGS);
        c.call("membarrier", () -> membarrier(c));
        accesses.after(c, Pattern.FLAGS);
        createIf(c, first.not());
    }

    private void createIf(Code c, Expr here) {
        if (other == Other.CLONED) {
            c.as("if (here)")
                    .when(
                            here,
                            () ->
                                    c.call(
                                            "clone",
                                            () -> {
                                                c.as("mmget(mm)").fetchAdd(users, 1);
                                                c.as("wake_up_new_task(): smp_mb()").mb();
                                                c.as("it can run").set(created.get(), 1);
                                            }));
        }
    }

    private void membarrier(Code c) {
        if (barrierFirst) {
            c.as("smp_mb() /* before the test */").mb();
        }
        var now = c.as("atomic_read(&mm->mm_users)").load(users);
        c.as("if (mm_users == 1) return 0")
                .when(
                        now.eq(1),
                        () -> never.here(c, SHORTCUT),
                        () -> {
                            never.here(c, FULL);
                            membarrier.call(
                                    c,
                                    (then, otherwise) -> sched.ifRunsProcess(c, then, otherwise));
                        });
    }

    private void second(Code c) {
        switch (other) {
            case CLONED -> c.as("wait to be created").await(created.get());
            case GETS -> {
                c.as("mmget_not_zero(mm)").fetchAdd(users, 1);
                sched.kthreadUseMm(c);
            }
            case GRABS -> sched.kthreadUseMm(c);
        }
        accesses.reader(c, Pattern.FLAGS);
    }

    /* ------------------------- The entry ------------------------- */

    static Exhibit exhibit() {
        return Exhibit.of(ID, "No interrupts if the mm has one user", Area.MEMBARRIER)
                .kernels("5.4 and later, today's too")
                .bounds("one call of membarrier(), one other user of the mm")
                .story(
                        """
                        membarrier() returns at once, before any barrier, if mm_users is 1: there \
                        is nobody to be ordered with. That is right for threads, since only the \
                        caller can create one, which orders everything. It is not for a kernel \
                        thread that comes to use the mm at the same time: the caller's store can \
                        still be in its buffer when it reads mm_users. And it is not for one that \
                        does not count as a user.\
                        """)
                .history(
                        "Mathieu Desnoyers",
                        "September 2019",
                        "sched/membarrier: Skip IPIs when mm->mm_users == 1, Linux 5.4",
                        "The shortcut; the pull request for 5.4 lists it.")
                .derived(
                        "That kernel threads are not covered is our conclusion from the order of"
                                + " the code; we know of no report. For those that take a"
                                + " reference as users, a barrier before the test would do for"
                                + " this direction: \"mmget, barrier first\". For those that do"
                                + " not, nothing in the caller can.")
                .reference(
                        variant(
                                        "threads",
                                        "Today's code, and a thread that is created.",
                                        Other.CLONED)
                                .holds(MemoryModel.values()))
                .variant(
                        faulty(
                                "mmget",
                                "Today's code, and a kernel thread that counts as a user.",
                                Other.GETS))
                .variant(
                        faulty(
                                "mmgrab",
                                "Today's code, and a kernel thread that does not.",
                                Other.GRABS))
                .variant(
                        Variant.of(
                                        "mmget, barrier first",
                                        "With a barrier before the test.",
                                        model(
                                                "mmget, barrier first",
                                                Other.GETS,
                                                true,
                                                Never.NOTHING))
                                .holds(MemoryModel.values()))
                .variant(
                        Variant.of(
                                        "mmgrab, barrier first",
                                        "The same, and a kernel thread that does not count.",
                                        model(
                                                "mmgrab, barrier first",
                                                Other.GRABS,
                                                true,
                                                Never.NOTHING))
                                .holds(SC)
                                .violated(TSO, PSO, ARMV8, RISCV))
                .variant(reached(SHORTCUT))
                .variant(reached(FULL))
                .build();
    }

    private static Variant variant(String name, String text, Other other) {
        return Variant.of(name, text, model(name, other, false, Never.NOTHING));
    }

    private static Variant faulty(String name, String text, Other other) {
        return variant(name, text, other).holds(SC).violated(TSO, PSO, ARMV8, RISCV);
    }

    private static Variant reached(String step) {
        String name = Exhibit.REACHED + step;
        Model model = model(name, Other.CLONED, false, new Never(step));
        return Variant.of(name, "Today's code, said never to do this.", model)
                .violated(MemoryModel.values());
    }

    private static Model model(String name, Other other, boolean barrierFirst, Never never) {
        return Model.build(ID + " " + name, m -> new Mb20(m, other, barrierFirst, never));
    }
}
