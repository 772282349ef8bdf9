// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.membarrier;

import static dev.cpulocal.lab.MemoryModel.ARMV8;
import static dev.cpulocal.lab.MemoryModel.PSO;
import static dev.cpulocal.lab.MemoryModel.RISCV;
import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Label;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Never;

/** MB-07: an interrupt that restarts a sequence and is no barrier. */
final class Mb07 {

    /*
     * The thread on CPU 1 runs a restartable sequence: it reads x, and commits by storing y. The
     * caller on CPU 0 changes x and calls membarrier(RSEQ). Either the sequence is restarted, and
     * reads the new x; or it had committed before, and then the caller has to see that.
     */

    private static final String ID = "MB-07";
    private static final String RESTARTED = "the sequence is restarted";
    private static final String COMMITTED = "the sequence had committed";
    private static final long NOT_YET = 2;

    private final boolean hasBarrier;
    private final boolean restarts;
    private final Never never;
    private final Label start = new Label("start_ip");
    private final Label commit = new Label("post_commit_ip");
    private final Model.Task thread;
    private final Variable x;
    private final Variable y;
    private final Variable r1;
    private final Variable r2;
    private final Variable ipi;

    private Mb07(Model.Builder m, boolean hasBarrier, boolean restarts, Never never) {
        this.hasBarrier = hasBarrier;
        this.restarts = restarts;
        this.never = never;
        m.task("caller", 0, this::caller);
        thread = m.task("thread", 1, this::sequence);
        x = m.shared("x", 0);
        y = m.shared("y", 0);
        r1 = m.ghost("r1", NOT_YET);
        r2 = m.ghost("r2", NOT_YET);
        ipi = m.hardwares("ipi", 2, 0);
        m.interrupt("ipi_rseq", task -> task == thread ? ipi.get(1) : null, this::interrupt);
        m.atEnd(
                "a sequence that used the old x has committed for the caller to see",
                r1.get().or(r2.get()).isTrue());
    }

    private void sequence(Code c) {
        c.place(start);
        var value = c.as("r1 = x").load(x);
        c.as("y = 1 /* commit */").store(y, 1);
        c.place(commit);
        c.as("so r1 is").set(r1.get(), value);
    }

    private void interrupt(Code c) {
        if (hasBarrier) {
            c.mb();
        }
        if (restarts) {
            c.as("if (ip in the sequence)")
                    .when(
                            c.interruptedIn(start, commit),
                            () -> {
                                never.here(c, RESTARTED);
                                c.as("rseq_preempt(current): ip = abort_ip").returnTo(start);
                            },
                            () -> never.here(c, COMMITTED));
        }
        c.as("done").set(ipi.get(1), 0);
    }

    private void caller(Code c) {
        c.store(x, 1);
        c.call(
                "membarrier_private_expedited",
                () -> {
                    c.as("smp_mb() /* system call entry is not a mb */").mb();
                    c.as("send IPI to CPU 1").set(ipi.get(1), 1);
                    c.as("wait for it").await(ipi.get(1).not());
                    c.as("smp_mb() /* exit from system call is not a mb */").mb();
                });
        Expr seen = c.as("r2 = y").load(y);
        c.as("so r2 is").set(r2.get(), seen);
    }

    /* ------------------------- The entry ------------------------- */

    static Exhibit exhibit() {
        return Exhibit.of(
                        ID, "The interrupt that restarts sequences was no barrier", Area.MEMBARRIER)
                .kernels("5.10-rc only: it came and went within 5.10")
                .bounds("one call of membarrier(), one sequence, restarted at most once")
                .story(
                        """
                        membarrier(RSEQ) is to restart the sequences that run, and to be a barrier \
                        as the plain command is. The function that its interrupt called only \
                        marked the thread for a restart. A sequence that has just committed is not \
                        restarted, and its store can still be in the CPU's buffer when \
                        membarrier() returns: the caller takes it that nobody uses the old value, \
                        and somebody did.\
                        """)
                .said(
                        "Andy Lutomirski",
                        "3 December 2020",
                        "[PATCH v3 2/4] membarrier: Add an actual barrier before rseq_preempt();"
                                + " 2ecedd756908, Linux 5.10",
                        "It seems to me that most RSEQ membarrier users will expect any stores"
                                + " done before the membarrier() syscall to be visible to the"
                                + " target task(s).  While this is extremely likely to be true in"
                                + " practice, nothing actually guarantees it by a strict reading"
                                + " of the x86 manuals.")
                .settled(
                        Outcome.DEPENDS,
                        "no barrier",
                        "The sequence that is restarted sees those stores, barrier or not, if an"
                                + " interrupt is taken between two instructions. It is the other"
                                + " direction that fails: what a sequence stored before the"
                                + " interrupt.")
                .unchecked("The command came in 2a36ab717e8f, Linux 5.10.")
                .reference(
                        variant("fixed", "Today's code.", true, true).holds(MemoryModel.values()))
                .variant(
                        variant("no barrier", "The interrupt restarts, and no more.", false, true)
                                .holds(SC)
                                .violated(TSO, PSO, ARMV8, RISCV))
                .variant(
                        variant(
                                        "no restart",
                                        "The interrupt of the plain command, for comparison.",
                                        true,
                                        false)
                                .violated(MemoryModel.values()))
                .variant(reached(RESTARTED))
                .variant(reached(COMMITTED))
                .build();
    }

    private static Variant variant(String name, String text, boolean barrier, boolean restarts) {
        return Variant.of(name, text, model(name, barrier, restarts, Never.NOTHING));
    }

    private static Variant reached(String step) {
        String name = Exhibit.REACHED + step;
        return Variant.of(
                        name,
                        "Today's code, said never to do this.",
                        model(name, true, true, new Never(step)))
                .violated(MemoryModel.values());
    }

    private static Model model(String name, boolean barrier, boolean restarts, Never never) {
        return Model.build(ID + " " + name, m -> new Mb07(m, barrier, restarts, never));
    }
}
