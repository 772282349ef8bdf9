// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rseq;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.kernel.Section;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.rseq.NotifyResume.ReadAndClear;

/** A thread that updates data of its CPU again and again, and is preempted any time. */
final class Progress {

    /*
     * One CPU. The timer can tick once in every attempt of a section: a second tick before the
     * thread has done anything would say nothing about sections. What comes after a failed attempt
     * depends on what the kernel offers: the library looks at cpu_id, which is not negative if
     * there is rseq, whatever else there is. cpu_opv() commits on behalf of the thread with
     * preemption disabled, so it succeeds at once.
     */

    /** What the kernel has. */
    enum Kernel {
        /** rseq and cpu_opv. */
        RSEQ_AND_OPV,
        /** rseq: the slow path gets ENOSYS, and the section is tried again. */
        RSEQ_ONLY,
        /** Neither: cpu_id is negative, and an atomic instruction is used. */
        NEITHER,
        /** rseq, and preemption that stops to come some time. */
        RSEQ_AT_REST
    }

    /** A step that a model may say is never taken. */
    static final String SLOW_PATH = "the slow path is taken";

    private static final long PREEMPTIONS = 2;

    private final Kernel kernel;
    private final Never never;
    private final NotifyResume rseq;
    private final Section section;
    private final Variable commits;
    private final Variable preemptions;
    private final Variable tick;

    Progress(Model.Builder m, Kernel kernel, Never never) {
        this.kernel = kernel;
        this.never = never;
        rseq = new NotifyResume(m, ReadAndClear.IRQS_OFF, Never.NOTHING);
        section = rseq.section();
        commits = m.ghost("committed", 0);
        preemptions = m.ghost("preemptions left", PREEMPTIONS);
        m.background("thread", 0).runs(this::thread);
        tick = m.ghost("the timer may tick", 0);
        m.handler("timer", _ -> tick.get().and(rests()), this::timer);
        m.againAndAgain("the thread commits again and again", commits.get());
    }

    private Expr rests() {
        return kernel == Kernel.RSEQ_AT_REST ? preemptions.get().ne(0) : Expr.of(1);
    }

    private void thread(Code c) {
        c.forever(() -> {
            c.as("the next update").set(commits.get(), 0);
            Expr known = kernel == Kernel.NEITHER ? Expr.of(-1) : rseq.cpuId();
            var cpuId = c.as("rseq->cpu_id").let("cpu_id", known);
            c.as("if (it is negative)");
            c.when(cpuId.lt(0), () -> c.as("atomic_add()").set(commits.get(), 1), () -> update(c));
        });
    }

    private void update(Code c) {
        var done = c.label("done");
        var attempt = c.label("attempt");
        c.place(attempt);
        rseq.storeRseqCs(c, section);
        c.place(section.start());
        c.as("prepare").set(tick.get(), 1);
        c.as("commit").set(commits.get(), 1);
        c.place(section.end());
        c.as("too late for the timer").set(tick.get(), 0);
        c.jump(done);
        c.place(section.abort());
        never.here(c, SLOW_PATH);
        if (kernel == Kernel.RSEQ_AND_OPV) {
            c.as("cpu_opv() commits").set(commits.get(), 1);
        } else {
            c.as("cpu_opv() → ENOSYS: try again").jump(attempt);
        }
        c.place(done);
    }

    private void timer(Code c) {
        c.as("the next tick is for the next attempt").set(tick.get(), 0);
        if (kernel == Kernel.RSEQ_AT_REST) {
            c.as("one less").set(preemptions.get(), preemptions.get().minus(1));
        }
        c.call("__schedule", () -> rseq.scheduledOut(c));
        rseq.exitToUserMode(c);
    }
}
