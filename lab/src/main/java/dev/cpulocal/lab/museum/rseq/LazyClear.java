// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rseq;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.kernel.Section;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.rseq.NotifyResume.ReadAndClear;

/** A thread with two sections, one after the other, that is preempted and moved any time. */
final class LazyClear {

    /*
     * What a section does in the order of the protocol:
     *
     *       cpu = rseq->cpu_id_start
     *   [1] rseq->rseq_cs = &cs
     *       start_ip
     *   [2] if (cpu != rseq->cpu_id) goto abort_ip
     *   [3] prepare, commit
     *       post_commit_ip
     *   [4] rseq->rseq_cs = NULL
     *
     * [4] is left out: the kernel does it when it has a reason to look. Committing is one line. A
     * section counts as begun where it compares the CPUs: nothing that it knows is older.
     */

    /** How the lines are arranged. */
    enum Lines {
        /** [1] start_ip [2]. */
        STORE_START_COMPARE,
        /** The same, with [4]. */
        CLEARED,
        /** start_ip [1] [2]. */
        START_STORE_COMPARE,
        /** [2] [1] start_ip. */
        COMPARE_STORE_START,
        /** post_commit_ip is one line behind. */
        LATE_END
    }

    /** A step that a model may say is never taken. */
    static final String OLD = "the thread is preempted with the rseq_cs of a section that it left";

    private final Lines lines;
    private final Never never;
    private final NotifyResume rseq;
    private final MovedThread sched;
    private final Variable preempted;
    private final Variable committed;

    LazyClear(Model.Builder m, Lines lines, Never never) {
        this.lines = lines;
        this.never = never;
        rseq = new NotifyResume(m, ReadAndClear.IRQS_OFF, never);
        preempted = m.ghost("preempted", 0);
        committed = m.ghost("committed", 0);
        sched = new MovedThread(m, rseq);
        sched.thread()
                .runs(c -> {
                    section(c, rseq.section());
                    section(c, rseq.section());
                });
        m.handler("timer", it -> it == sched.thread() ? Expr.of(1) : null, this::timer);
    }

    private void section(Code c, Section section) {
        c.place(section.abort());
        c.check("R3: no section is aborted behind its commit", isCommitted(section).not());
        var cpu = c.as("cpu = rseq->cpu_id_start").let("cpu", rseq.cpuId());
        switch (lines) {
            case START_STORE_COMPARE -> {
                c.place(section.start());
                rseq.storeRseqCs(c, section);
                compare(c, section, cpu);
            }
            case COMPARE_STORE_START -> {
                compare(c, section, cpu);
                rseq.storeRseqCs(c, section);
                c.place(section.start());
            }
            case STORE_START_COMPARE, CLEARED, LATE_END -> {
                rseq.storeRseqCs(c, section);
                c.place(section.start());
                compare(c, section, cpu);
            }
        }
        c.as("prepare").await(Expr.of(1));
        commit(c, section, cpu);
    }

    private void compare(Code c, Section section, Local cpu) {
        c.atomically(() -> {
            c.as("the section begins").set(preempted.get(), 0);
            var same = c.as("cpu == rseq->cpu_id").let("same", cpu.eq(rseq.cpuId()));
            c.as("if (it is not) goto abort_ip").jumpIf(same.not(), section.abort());
        });
    }

    private void commit(Code c, Section section, Local cpu) {
        var undisturbed = preempted.get().not().and(cpu.eq(new Expr.Cpu()));
        c.atomically(() -> {
            c.check(
                    "R2: a section in which the thread was preempted is not committed",
                    undisturbed);
            c.as("commit").set(committed.get(), committed.get().or(section.number()));
        });
        if (lines == Lines.LATE_END) {
            c.as("the line behind the commit").await(Expr.of(1));
        }
        c.place(section.end());
        if (lines == Lines.CLEARED) {
            rseq.clearRseqCs(c);
        }
    }

    private Expr isCommitted(Section section) {
        return committed.get().and(section.number());
    }

    private void timer(Code c) {
        if (never.step().equals(OLD)) {
            var isOld = committed.get().eq(1).and(rseq.rseqCs().eq(1));
            c.check("never: " + OLD, isOld.not());
        }
        c.as("preempted").set(preempted.get(), 1);
        sched.schedule(c);
        rseq.exitToUserMode(c);
    }
}
