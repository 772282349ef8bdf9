// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rseq;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.kernel.Section;
import dev.cpulocal.lab.museum.Never;

/**
 * What kernels from 6.19 on do for restartable sequences, where the architecture's entry is
 * generic. One thread.
 */
final class GenericEntry implements SwitchHooks {

    /*
     * There is no mask of events. An interrupt from user mode sets user_irq, and a move
     * ids_changed. When the thread is scheduled in and either is set, sched_switch is set, and
     * TIF_NOTIFY_RESUME with it. On the way to user mode the flag has the kernel look, with
     * interrupts disabled and without resolving page faults: if ids_changed, the ids are written;
     * if user_irq, the thread goes to its abort_ip if it is in the section of rseq_cs. If that
     * faults, the flag is set again, and with slowpath set it is done with faults resolved. Last,
     * all events are cleared.
     *
     *   R1  in user mode, cpu_id is the number of the CPU
     *   R2  a section in which the thread was preempted is not committed
     *   R5  the ids that the kernel remembers are those in the area
     *   R6  sched_switch is cleared only when the area is up to date
     *
     * All is hardware state, for the reason that NotifyResume gives. Whether the area is there is
     * any of two, each time that it is accessed in the fast path; the slow path finds it. That the
     * slow path can be preempted is left out, and so are signals and the signature.
     */

    /** What is changed. */
    enum Change {
        /** Nothing. */
        NONE,
        /** sched_switch is cleared before the area is accessed. */
        CLEARED_EARLY,
        /** The interrupt entry does not set user_irq. */
        USER_IRQ_UNNOTED,
        /** A fault in the fast path is the end of it. */
        FAULT_DROPPED,
        /** The ids are written before the guest is entered, as up to 6.18. */
        WRITTEN_BEFORE_GUEST,
        /** The hypervisor does not raise the flag again when the guest has been left. */
        NOT_RAISED_AGAIN
    }

    /** A step that a model may say is never taken. */
    static final String RESTARTED = "the section is restarted";

    /** Another such step. */
    static final String SLOW = "the slow path finds something to do";

    private final Change change;
    private final Never never;
    private final Variable flag;
    private final Variable schedSwitch;
    private final Variable idsChanged;
    private final Variable userIrq;
    private final Variable slowpath;
    private final Variable remembered;
    private final Variable cpuId;
    private final Variable rseqCs;

    GenericEntry(Model.Builder m, Change change, Never never) {
        this.change = change;
        this.never = never;
        flag = m.hardware("TIF_NOTIFY_RESUME", 0);
        schedSwitch = m.hardware("event.sched_switch", 0);
        idsChanged = m.hardware("event.ids_changed", 0);
        userIrq = m.hardware("event.user_irq", 0);
        slowpath = m.hardware("event.slowpath", 0);
        remembered = m.hardware("ids.cpu_id", 0);
        cpuId = m.hardware("rseq->cpu_id", 0);
        rseqCs = m.hardware("rseq->rseq_cs", 0);
    }

    /* ------------------------- User mode ------------------------- */

    Expr cpuId() {
        return cpuId.get();
    }

    void storeRseqCs(Code c, Section section) {
        c.as("rseq->rseq_cs = &cs").set(rseqCs.get(), section.number());
    }

    void checkIds(Code c) {
        c.check(
                "R5: the ids that the kernel remembers are those in the area",
                remembered.get().eq(cpuId.get()));
    }

    /* ------------------------- Events ------------------------- */

    void interruptFromUser(Code c) {
        if (change != Change.USER_IRQ_UNNOTED) {
            c.as("event.user_irq = true").set(userIrq.get(), 1);
        }
    }

    @Override
    public void scheduledOut(Code c) {}

    @Override
    public void moved(Code c) {
        c.as("event.ids_changed = true").set(idsChanged.get(), 1);
    }

    @Override
    public void scheduledIn(Code c) {
        c.call(
                "rseq_sched_switch_event",
                () -> {
                    var raise =
                            c.as("user_irq | ids_changed")
                                    .let("raise", userIrq.get().or(idsChanged.get()));
                    c.as("if (raise)");
                    c.when(
                            raise,
                            () -> {
                                c.as("event.sched_switch = true").set(schedSwitch.get(), 1);
                                raise(c);
                            });
                });
    }

    private void raise(Code c) {
        c.as("rseq_raise_notify_resume(t)").set(flag.get(), 1);
    }

    /* ------------------------- The way to user mode ------------------------- */

    /** The last thing that an interrupt or a system call does. */
    void exitToUserMode(Code c, UserRegs regs, Section section) {
        var work = c.as("ti_work & _TIF_NOTIFY_RESUME").let("work", flag.get());
        c.as("if (it is set)");
        c.when(work, () -> c.call("exit_to_user_mode_loop", () -> loop(c, regs, section)));
        c.atomically(() -> {
            c.as("event.events = 0").set(schedSwitch.get(), 0);
            c.set(idsChanged.get(), 0);
            c.set(userIrq.get(), 0);
        });
    }

    private void loop(Code c, UserRegs regs, Section section) {
        c.until(() -> {
            var again = c.as("again = false").let("again", Expr.of(0));
            c.as("clear_thread_flag(TIF_NOTIFY_RESUME)").set(flag.get(), 0);
            var slow = c.as("event.slowpath").let("slow", slowpath.get());
            c.as("if (it is set)");
            c.when(slow, () -> c.call("rseq_slowpath_update_usr", () -> slow(c, regs, section)));
            c.call("rseq_exit_to_user_mode_restart", () -> fast(c, regs, section, again));
            return again.not();
        });
    }

    private void fast(Code c, UserRegs regs, Section section, Local again) {
        var todo = c.as("event.sched_switch").let("todo", schedSwitch.get());
        c.as("if (it is set)");
        c.when(
                todo,
                () -> {
                    if (change == Change.CLEARED_EARLY) {
                        clear(c);
                    }
                    var faults = c.as("the area is not there").choose("faults", 2);
                    c.as("if (it is not)");
                    c.when(faults, () -> fault(c, again), () -> update(c, regs, section));
                });
    }

    private void fault(Code c, Local again) {
        if (change != Change.FAULT_DROPPED) {
            c.as("event.slowpath = true").set(slowpath.get(), 1);
            c.as("set_tsk_thread_flag(t, TIF_NOTIFY_RESUME)").set(flag.get(), 1);
            c.as("again = true").set(again, 1);
        }
    }

    private void slow(Code c, UserRegs regs, Section section) {
        c.as("event.slowpath = false").set(slowpath.get(), 0);
        var todo = c.as("event.sched_switch").let("todo", schedSwitch.get());
        c.as("if (it is set)");
        c.when(
                todo,
                () -> {
                    never.here(c, SLOW);
                    update(c, regs, section);
                });
    }

    private void update(Code c, UserRegs regs, Section section) {
        c.check(
                "a switch without new ids has interrupted user mode",
                idsChanged.get().or(userIrq.get()));
        c.as("if (event.ids_changed)").when(idsChanged.get(), () -> writeIds(c));
        c.as("if (event.user_irq)").when(userIrq.get(), () -> updateCs(c, regs, section));
        clear(c);
    }

    private void updateCs(Code c, UserRegs regs, Section section) {
        var in = rseqCs.get().eq(section.number()).and(regs.isIn(c, section));
        c.as("if (ip - start_ip < post_commit_offset)");
        c.when(
                in,
                () -> {
                    never.here(c, RESTARTED);
                    c.as("ip = abort_ip");
                    regs.goToAbort(c, section);
                });
        c.as("rseq->rseq_cs = NULL").set(rseqCs.get(), 0);
    }

    private void writeIds(Code c) {
        c.as("rseq->cpu_id = cpu").set(cpuId.get(), new Expr.Cpu());
        c.as("ids.cpu_id = cpu").set(remembered.get(), new Expr.Cpu());
    }

    private void clear(Code c) {
        c.as("event.sched_switch = false").set(schedSwitch.get(), 0);
    }

    /* ------------------------- Guests ------------------------- */

    /** {@code ioctl(KVM_RUN)}, but for its way back to user mode. */
    void kvmRun(Code c) {
        c.call("xfer_to_guest_mode_handle_work", () -> transfer(c));
        c.as("vmenter; the guest; vmexit").await(Expr.of(1));
        if (change != Change.WRITTEN_BEFORE_GUEST && change != Change.NOT_RAISED_AGAIN) {
            c.call(
                    "rseq_virt_userspace_exit",
                    () -> {
                        c.as("if (event.sched_switch)");
                        c.when(schedSwitch.get(), () -> raise(c));
                    });
        }
    }

    private void transfer(Code c) {
        c.until(() -> {
            var work = c.as("ti_work & _TIF_NOTIFY_RESUME").let("work", flag.get());
            c.as("if (it is set)");
            c.when(
                    work,
                    () -> {
                        c.as("clear_thread_flag(TIF_NOTIFY_RESUME)").set(flag.get(), 0);
                        if (change == Change.WRITTEN_BEFORE_GUEST) {
                            c.withoutInterrupts(() -> writeIds(c));
                        }
                    });
            return work.not();
        });
    }
}
