// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rseq;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.kernel.Section;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.rseq.NotifyResume.ReadAndClear;
import java.util.List;

/** A thread that gets a signal in a section, or anywhere else, and is preempted any time. */
final class SignalledThread {

    /*
     * One CPU. The other tasks, which run while the thread is preempted, are left out: the event is
     * set and the thread goes on. The signal comes once. Its handler has no section, and returns to
     * where the thread was, if the thread was not sent to its abort_ip before.
     */

    /** Which events restart no section. */
    enum Inhibited {
        /** All do. */
        NONE(0),
        /** Signals do not. */
        SIGNAL(NotifyResume.SIGNAL),
        /** Preemption does not, and migration does not. */
        PREEMPT(NotifyResume.PREEMPT + NotifyResume.MIGRATE);

        private final long events;

        Inhibited(long events) {
            this.events = events;
        }
    }

    /** A step that a model may say is never taken. */
    static final String NESTED = "the signal handler is preempted over a section";

    private final Never never;
    private final NotifyResume rseq;
    private final Section section;
    private final Variable signal;
    private final Variable over;
    private final Variable preempted;
    private final Model.Handler timer;

    SignalledThread(Model.Builder m, Inhibited inhibited, Never never) {
        this.never = never;
        rseq = new NotifyResume(m, ReadAndClear.IRQS_OFF, never);
        rseq.inhibit(inhibited.events);
        section = rseq.section();
        signal = m.ghost("signal", 1);
        over = m.ghost("signal handler over a section", 0);
        preempted = m.ghost("the section was preempted", 0);
        m.task("thread", 0, this::thread);
        m.handler("signal", _ -> signal.get(), this::signal);
        timer = m.handler("timer", _ -> Expr.of(1), this::timer);
    }

    private void thread(Code c) {
        c.place(section.abort());
        c.as("a new attempt").set(preempted.get(), 0);
        rseq.storeRseqCs(c, section);
        c.place(section.start());
        c.as("prepare").await(Expr.of(1));
        c.check("R2: a section that was preempted is not committed", preempted.get().not());
        c.place(section.end());
    }

    private void signal(Code c) {
        c.as("a signal is sent").set(signal.get(), 0);
        rseq.signalDeliver(c);
        c.as("the frame has the ip").set(over.get(), UserRegs.INTERRUPTED.isIn(c, section));
        c.call(
                "signal handler",
                () -> c.withInterrupts(List.of(timer), () -> c.as("handle it").await(Expr.of(1))));
        c.as("sigreturn").set(over.get(), 0);
    }

    private void timer(Code c) {
        var in = UserRegs.INTERRUPTED.isIn(c, section).or(over.get());
        c.as("a section is preempted, or a handler over one");
        c.set(preempted.get(), preempted.get().or(in));
        if (never.step().equals(NESTED)) {
            c.check("never: " + NESTED, over.get().not());
        }
        c.call("__schedule", () -> rseq.scheduledOut(c));
        rseq.exitToUserMode(c);
    }
}
