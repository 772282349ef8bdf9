// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rseq;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.kernel.Section;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.rseq.NotifyResume.ReadAndClear;

/** A thread whose compiler puts new code where a section was. */
final class ReclaimedCode {

    /*
     * The lines between start_ip and post_commit_ip stand for whatever is at those addresses: first
     * the section, then code that is none. The timer can preempt the thread any time; one CPU.
     */

    /** What is done before memory is used for something else. */
    enum Reclaim {
        /** rseq_cs is cleared. */
        CLEARED,
        /** Nothing: the descriptor is still there. */
        KEPT
    }

    /** A step that a model may say is never taken. */
    static final String PREEMPTED = "the new code is preempted";

    private final Reclaim reclaim;
    private final Never never;
    private final NotifyResume rseq;
    private final Section section;
    private final Variable reclaimed;

    ReclaimedCode(Model.Builder m, Reclaim reclaim, Never never) {
        this.reclaim = reclaim;
        this.never = never;
        rseq = new NotifyResume(m, ReadAndClear.IRQS_OFF, never);
        section = rseq.section();
        reclaimed = m.ghost("the code is new", 0);
        m.task("thread", 0, this::thread);
        m.handler("timer", _ -> Expr.of(1), this::timer);
    }

    private void thread(Code c) {
        var end = c.label("end");
        rseq.storeRseqCs(c, section);
        c.place(section.start());
        c.as("what is at start_ip").await(Expr.of(1));
        c.as("what is behind it").await(Expr.of(1));
        c.place(section.end());
        c.as("if (it was the new code) return").jumpIf(reclaimed.get(), end);
        if (reclaim == Reclaim.CLEARED) {
            rseq.clearRseqCs(c);
        }
        c.as("new code is put at start_ip").set(reclaimed.get(), 1);
        c.as("call it").jump(section.start());
        c.place(section.abort());
        c.check("R4: only code of the section is aborted", reclaimed.get().not());
        c.place(end);
    }

    private void timer(Code c) {
        if (never.step().equals(PREEMPTED)) {
            var isNew = reclaimed.get().and(UserRegs.INTERRUPTED.isIn(c, section));
            c.check("never: " + PREEMPTED, isNew.not());
        }
        c.call("__schedule", () -> rseq.scheduledOut(c));
        rseq.exitToUserMode(c);
    }
}
