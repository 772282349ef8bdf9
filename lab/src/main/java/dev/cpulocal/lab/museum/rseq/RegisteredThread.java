// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rseq;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Label;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.kernel.Section;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.rseq.NotifyResume.ReadAndClear;
import dev.cpulocal.lab.museum.rseq.UserRegs.OfSyscall;

/** A thread that registers an area whose last owner has left an rseq_cs in it. */
final class RegisteredThread {

    /*
     * One CPU, where the timer can preempt the thread in user mode any time. The area is of a
     * thread that has ended. What it left in rseq_cs is the address of a descriptor: one that is
     * still there and tells of a section that this thread has as well, or one whose memory is no
     * longer mapped. Reading that one faults, and the thread is killed.
     */

    /** What rseq_cs holds before registration, and whether registration clears it. */
    enum Left {
        /** An address that is not mapped any more; cleared. */
        UNMAPPED_CLEARED(true, true),
        /** An address that is not mapped any more; kept. */
        UNMAPPED_KEPT(true, false),
        /** The descriptor of a section; kept. */
        DESCRIPTOR_KEPT(false, false);

        private final boolean unmapped;
        private final boolean cleared;

        Left(boolean unmapped, boolean cleared) {
            this.unmapped = unmapped;
            this.cleared = cleared;
        }
    }

    private static final long UNMAPPED = 99;

    private final Left left;
    private final NotifyResume rseq;
    private final Section section;
    private final Label end = new Label("end");
    private final Expr.Variable entered;

    RegisteredThread(Model.Builder m, Left left, Never never) {
        this.left = left;
        rseq = new NotifyResume(m, ReadAndClear.IRQS_OFF, never);
        rseq.faultsAt(UNMAPPED);
        section = rseq.section();
        entered = m.ghost("the section was entered", 0);
        m.task("thread", 0, this::thread);
        m.handler("timer", _ -> Expr.of(1), this::timer);
    }

    private void thread(Code c) {
        c.withoutInterrupts(() -> {
            c.as("what the last owner left");
            c.set(rseq.rseqCs(), left.unmapped ? UNMAPPED : section.number());
            c.call("rseq", () -> register(c));
        });
        c.as("code outside of sections").await(Expr.of(1));
        c.as("the section is entered").set(entered.get(), 1);
        rseq.storeRseqCs(c, section);
        c.place(section.start());
        c.as("commit").await(Expr.of(1));
        c.place(section.end());
        c.jump(end);
        c.place(section.abort());
        c.check("R4: a section is aborted only if the thread has entered it", entered.get());
        c.place(end);
    }

    private void register(Code c) {
        if (left.cleared) {
            rseq.clearRseqCs(c);
        }
        rseq.setFlag(c);
        rseq.exitToUserMode(c, new OfSyscall(c, null));
    }

    private void timer(Code c) {
        c.call("__schedule", () -> rseq.scheduledOut(c));
        rseq.exitToUserMode(c);
    }
}
