// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.kernel;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;

/** As in {@code kernel/rseq.c} up to Linux 6.18. */
final class ClassicRseq extends Rseq {

    /*
     * Who preempts, migrates, signals or fences a thread sets a bit of rseq_event_mask, and
     * TIF_NOTIFY_RESUME with it. On the way to user mode __rseq_handle_notify_resume() reads and
     * clears the mask, looks at rseq_cs, and then writes the ids. Mask and flag are set and cleared
     * together, so the mask serves as both.
     */

    private static final int PREEMPT = 1;
    private static final int SIGNAL = 2;
    private static final int MIGRATE = 4;

    private final Variable eventMask;

    ClassicRseq(Model.Builder m, Kernel.Config config) {
        super(m, config);
        eventMask = m.hardwares("rseq_event_mask", config.tasks(), 0);
    }

    @Override
    void interruptFromUser(Code c) {}

    @Override
    void scheduleOut(Code c) {
        if (!has(Flaw.PREEMPTION_IGNORED)) {
            c.as("rseq_preempt(prev)");
            raise(c, c.task().id(), Expr.of(PREEMPT));
        }
    }

    @Override
    void scheduleIn(Code c, Expr next) {
        c.as("if (task_cpu(next) != cpu) rseq_migrate(next)");
        raise(c, next, moved(next).times(MIGRATE));
    }

    @Override
    void fence(Code c) {
        if (!has(Flaw.FENCE_IGNORED)) {
            c.as("rseq_preempt(current)");
            raise(c, c.task().id(), Expr.of(PREEMPT));
        }
    }

    @Override
    void deliverSignal(Code c) {
        if (!has(Flaw.SIGNAL_IGNORED)) {
            c.call(
                    "rseq_signal_deliver",
                    () -> {
                        c.as("rseq_set_event(SIGNAL)");
                        raise(c, c.task().id(), Expr.of(SIGNAL));
                        exitToUser(c);
                    });
        }
    }

    private void raise(Code c, Expr thread, Expr event) {
        c.set(eventMask.get(thread), eventMask.get(thread).or(event));
    }

    @Override
    void exitToUser(Code c) {
        handleNotifyResume(
                c,
                () ->
                        c.as("if (rseq_cs)")
                                .when(rseqCs(c).ne(0).and(restarts(c)), () -> updateUserCs(c)));
    }

    @Override
    void exitFromSyscall(Code c) {
        handleNotifyResume(c, () -> clearUserCs(c));
    }

    private void handleNotifyResume(Code c, Runnable fixUp) {
        Expr mask = eventMask.get(c.task().id());
        c.call(
                "rseq_handle_notify_resume",
                () -> {
                    c.as("if (rseq_event_mask)")
                            .when(
                                    mask.ne(0).and(hasRseq(c.task().id())),
                                    () -> {
                                        fixUp.run();
                                        writeIds(c);
                                    });
                    c.as("rseq_event_mask = 0").set(mask, 0);
                });
    }
}
