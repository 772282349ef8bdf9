// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rseq;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.kernel.Section;
import dev.cpulocal.lab.museum.Never;
import java.util.ArrayList;
import java.util.List;

/**
 * What kernels up to 6.18 do for restartable sequences when a thread returns to user mode: {@code
 * rseq_handle_notify_resume()}. One thread.
 */
final class NotifyResume implements SwitchHooks {

    /*
     * Whoever preempts, migrates, signals or fences the thread sets a bit of rseq_event_mask and
     * TIF_NOTIFY_RESUME. On the way to user mode the kernel clears the flag, and then looks, with
     * interrupts enabled: if the thread is in the section that rseq_cs tells of, the mask is read
     * and cleared, and if it was not 0, the thread goes to the section's abort_ip. If the thread is
     * not in the section, rseq_cs is cleared and the mask is not. In either case cpu_id is written.
     * It does so until the flag stays clear.
     *
     *   R1  in user mode, cpu_id is the number of the CPU
     *   R2  a section in which the thread was preempted, migrated, signalled or fenced is not
     *       committed
     *   R3  a section that was committed is not aborted
     *   R4  a thread goes to an abort_ip only of a section that it is in
     *
     * rseq_event_mask is in memory, and read and cleared line by line. struct rseq, the flag and
     * the ids are hardware state: only the thread and the kernel on its behalf access them, on the
     * thread's CPU. Page faults, the signature and who is killed are left out.
     */

    static final long PREEMPT = 1;
    static final long SIGNAL = 2;
    static final long MIGRATE = 4;

    /** A step that a model may say is never taken. */
    static final String RESTARTED = "the section is restarted";

    private final ReadAndClear readAndClear;
    private final Never never;
    private final Variable eventMask;
    private final Variable flag;
    private final Variable rseqCs;
    private final Variable cpuId;
    private long inhibited;
    private long unmapped;
    private final List<Section> sections = new ArrayList<>();
    private final List<Model.Handler> interrupts = new ArrayList<>();

    /** Adds the thread's state to a model: registered, on CPU 0. */
    NotifyResume(Model.Builder m, ReadAndClear readAndClear, Never never) {
        this.readAndClear = readAndClear;
        this.never = never;
        eventMask = m.shared("rseq_event_mask", 0);
        flag = m.hardware("TIF_NOTIFY_RESUME", 0);
        rseqCs = m.hardware("rseq->rseq_cs", 0);
        cpuId = m.hardware("rseq->cpu_id", 0);
    }

    /** Says that some events restart no section: RSEQ_CS_FLAG_NO_RESTART_ON_*. */
    void inhibit(long events) {
        inhibited = events;
    }

    /** Says that reading the descriptor at an address faults. */
    void faultsAt(long address) {
        unmapped = address;
    }

    /** Says that an interrupt can come where the kernel has them enabled. */
    void isInterruptedBy(Model.Handler handler) {
        interrupts.add(handler);
    }

    /* ------------------------- User mode ------------------------- */

    /** {@return a section of the thread, whose labels are to be placed} */
    Section section() {
        var section =
                new Section(
                        sections.size() + 1,
                        new Expr.Label("start_ip"),
                        new Expr.Label("post_commit_ip"),
                        new Expr.Label("abort_ip"));
        sections.add(section);
        return section;
    }

    void storeRseqCs(Code c, Section section) {
        c.as("rseq->rseq_cs = &cs").set(rseqCs.get(), section.number());
    }

    Expr cpuId() {
        return cpuId.get();
    }

    Expr rseqCs() {
        return rseqCs.get();
    }

    /* ------------------------- Events ------------------------- */

    @Override
    public void scheduledOut(Code c) {
        setEvent(c, "rseq_preempt(prev)", PREEMPT);
    }

    @Override
    public void moved(Code c) {
        setEvent(c, "rseq_migrate(next)", MIGRATE);
    }

    @Override
    public void scheduledIn(Code c) {}

    /**
     * {@code rseq_preempt()}, {@code rseq_migrate()}, and what {@code rseq_signal_deliver()} sets.
     */
    void setEvent(Code c, String text, long event) {
        var mask = c.as("mask = t->rseq_event_mask").load(eventMask);
        c.as(text).store(eventMask, mask.or(event));
        setFlag(c);
    }

    /** Anything that has the way to user mode taken at its full length. */
    void setFlag(Code c) {
        c.as("set_tsk_thread_flag(t, TIF_NOTIFY_RESUME)").set(flag.get(), 1);
    }

    /* ------------------------- The way to user mode ------------------------- */

    /** In a handler that interrupted user mode: the last thing it does. */
    void exitToUserMode(Code c) {
        exitToUserMode(c, UserRegs.INTERRUPTED);
    }

    /** The last thing that an interrupt or a system call does. */
    void exitToUserMode(Code c, UserRegs regs) {
        c.call(
                "exit_to_user_mode_loop",
                () ->
                        c.until(() -> {
                            var work = c.as("ti_work & _TIF_NOTIFY_RESUME").let("work", flag.get());
                            c.as("if (it is set)");
                            c.when(work, () -> irqsOn(c, () -> notifyResume(c, regs)));
                            return work.not();
                        }));
    }

    /** Before the frame of a signal is built. */
    void signalDeliver(Code c) {
        c.call(
                "rseq_signal_deliver",
                () -> {
                    var mask = c.as("mask = t->rseq_event_mask").load(eventMask);
                    c.as("rseq_set_event(SIGNAL)").store(eventMask, mask.or(SIGNAL));
                    handleNotifyResume(c, UserRegs.INTERRUPTED);
                });
    }

    Expr flag() {
        return flag.get();
    }

    void clearFlag(Code c) {
        c.as("clear_thread_flag(TIF_NOTIFY_RESUME)").set(flag.get(), 0);
    }

    private void irqsOn(Code c, Runnable body) {
        c.withInterrupts(interrupts, body);
    }

    private void notifyResume(Code c, UserRegs regs) {
        clearFlag(c);
        handleNotifyResume(c, regs);
    }

    private void handleNotifyResume(Code c, UserRegs regs) {
        c.call(
                "rseq_handle_notify_resume",
                () -> {
                    c.call("rseq_ip_fixup", () -> ipFixup(c, regs));
                    updateCpuId(c);
                });
    }

    private void ipFixup(Code c, UserRegs regs) {
        if (unmapped != 0) {
            c.check("nobody is killed who did nothing wrong", rseqCs.get().ne(unmapped));
        }
        var fixed = c.label("fixed");
        for (Section section : sections) {
            var inside = c.as("in_rseq_cs(ip, &rseq_cs)").let("in", isIn(c, regs, section));
            c.as("if (it is)");
            c.when(
                    inside,
                    () -> {
                        needRestart(c, regs, section);
                        c.jump(fixed);
                    });
        }
        clearRseqCs(c);
        c.place(fixed);
    }

    /** {@return whether the thread is in the section that rseq_cs tells of} */
    Expr isIn(Code c, UserRegs regs, Section section) {
        return rseqCs.get().eq(section.number()).and(regs.isIn(c, section));
    }

    private void needRestart(Code c, UserRegs regs, Section section) {
        var mask = c.local("mask");
        c.call("rseq_need_restart", () -> readAndClear.write(c, mask, eventMask));
        c.as(inhibited == 0 ? "if (mask)" : "if (mask & ~flags)");
        c.when(
                mask.and(~inhibited),
                () -> {
                    clearRseqCs(c);
                    c.as("instruction_pointer_set(regs, abort_ip)");
                    regs.goToAbort(c, section);
                    never.here(c, RESTARTED);
                });
    }

    void clearRseqCs(Code c) {
        c.as("rseq->rseq_cs = NULL").set(rseqCs.get(), 0);
    }

    void updateCpuId(Code c) {
        c.as("rseq->cpu_id = raw_smp_processor_id()").set(cpuId.get(), new Expr.Cpu());
    }

    /** How the mask is read and cleared. */
    enum ReadAndClear {
        /** Nothing of the CPU comes between. */
        IRQS_OFF {
            @Override
            void write(Code c, Expr.Local mask, Variable eventMask) {
                c.withoutInterrupts(() -> PREEMPT_OFF.write(c, mask, eventMask));
            }
        },
        /** No other task comes between. */
        PREEMPT_OFF {
            @Override
            void write(Code c, Expr.Local mask, Variable eventMask) {
                c.as("mask = t->rseq_event_mask").loadTo(mask, eventMask);
                c.as("t->rseq_event_mask = 0").store(eventMask, 0);
            }
        },
        /** Only the bits that were read are cleared, and not atomically. */
        AND_NOT {
            @Override
            void write(Code c, Expr.Local mask, Variable eventMask) {
                c.as("mask = t->rseq_event_mask").loadTo(mask, eventMask);
                var now = c.as("now = t->rseq_event_mask").load(eventMask);
                var others = now.minus(now.and(mask));
                c.as("t->rseq_event_mask = now & ~mask").store(eventMask, others);
            }
        },
        /** An atomic instruction. */
        EXCHANGE {
            @Override
            void write(Code c, Expr.Local mask, Variable eventMask) {
                c.as("xchg(&t->rseq_event_mask, 0)");
                c.set(mask, c.exchange(eventMask, 0));
            }
        };

        abstract void write(Code c, Expr.Local mask, Variable eventMask);
    }
}
