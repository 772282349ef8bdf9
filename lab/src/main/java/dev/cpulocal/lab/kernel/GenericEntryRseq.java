// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.kernel;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;

/**
 * As in {@code include/linux/rseq_entry.h} from Linux 6.19, where the architecture's entry is
 * generic.
 */
final class GenericEntryRseq extends Rseq {

    /*
     * Interrupt entry notes that it came from user mode. Who schedules a thread in looks whether its
     * CPU has changed, and raises sched_switch if it has, or if user mode was interrupted. Only then
     * does the way to user mode do anything: it writes the ids if they have changed, and looks at
     * rseq_cs if user mode was interrupted. A system call that schedules restarts nothing, because
     * sections make none.
     *
     * Linux has both forms since 7.0.10; this is the one for threads that register more than 32
     * bytes.
     */

    private final Variable userIrq;
    private final Variable idsChanged;
    private final Variable schedSwitch;

    GenericEntryRseq(Model.Builder m, Kernel.Config config) {
        super(m, config);
        userIrq = m.hardwares("event.user_irq", config.tasks(), 0);
        idsChanged = m.hardwares("event.ids_changed", config.tasks(), 0);
        schedSwitch = m.hardwares("event.sched_switch", config.tasks(), 0);
    }

    @Override
    void interruptFromUser(Code c) {
        if (!has(Flaw.USER_INTERRUPT_UNNOTED)) {
            c.as("event.user_irq = true").set(userIrq.get(c.task().id()), 1);
        }
    }

    @Override
    void scheduleOut(Code c) {}

    @Override
    void scheduleIn(Code c, Expr next) {
        c.as("rseq_sched_set_task_cpu(next, cpu)")
                .set(idsChanged.get(next), idsChanged.get(next).or(moved(next)));
        boolean interrupts = !has(Flaw.PREEMPTION_IGNORED);
        schedSwitchEvent(c, next, interrupts ? userIrq.get(next) : Expr.of(0));
    }

    @Override
    void fence(Code c) {
        if (!has(Flaw.FENCE_IGNORED)) {
            schedSwitchEvent(c, c.task().id(), userIrq.get(c.task().id()));
        }
    }

    private void schedSwitchEvent(Code c, Expr thread, Expr interrupted) {
        Expr raise = interrupted.or(idsChanged.get(thread)).and(hasRseq(thread));
        c.as("event.sched_switch |= (user_irq | ids_changed) & has_rseq")
                .set(schedSwitch.get(thread), schedSwitch.get(thread).or(raise));
    }

    @Override
    void deliverSignal(Code c) {
        if (!has(Flaw.SIGNAL_IGNORED)) {
            c.call("rseq_signal_deliver", () -> lookAtUserCs(c));
        }
    }

    private void lookAtUserCs(Code c) {
        Expr look = userIrq.get(c.task().id()).and(rseqCs(c).ne(0)).and(restarts(c));
        c.as("if (event.user_irq && rseq_cs)").when(look, () -> updateUserCs(c));
    }

    @Override
    void exitToUser(Code c) {
        exit(c, () -> lookAtUserCs(c));
    }

    @Override
    void exitFromSyscall(Code c) {
        exit(c, () -> {});
    }

    private void exit(Code c, Runnable fixUp) {
        Expr thread = c.task().id();
        c.call(
                "rseq_exit_to_user_mode_restart",
                () -> {
                    c.as("if (event.sched_switch)")
                            .when(
                                    schedSwitch.get(thread),
                                    () -> {
                                        fixUp.run();
                                        c.as("if (event.ids_changed)")
                                                .when(idsChanged.get(thread), () -> writeIds(c));
                                    });
                    c.as("event.sched_switch = false").set(schedSwitch.get(thread), 0);
                    c.as("event.ids_changed = false").set(idsChanged.get(thread), 0);
                    c.as("event.user_irq = false").set(userIrq.get(thread), 0);
                });
    }
}
