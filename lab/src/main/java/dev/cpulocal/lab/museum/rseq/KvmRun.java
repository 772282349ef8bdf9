// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rseq;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Label;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.kernel.Section;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.rseq.NotifyResume.ReadAndClear;
import dev.cpulocal.lab.museum.rseq.UserRegs.OfSyscall;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A thread that runs a guest: {@code ioctl(KVM_RUN)}, in Linux 5.9 to 6.18. */
final class KvmRun {

    /*
     * Before it enters the guest, the kernel does much of what it does before it returns to user
     * mode, and clears TIF_NOTIFY_RESUME. It is not there, though: what user mode needs must be
     * done then, or not be forgotten. The timer can preempt the thread in the kernel, in the guest
     * and in user mode.
     *
     * The thread makes the system call between two sections, or, wrongly, in a section. A kernel
     * with CONFIG_DEBUG_RSEQ kills who returns from a system call into a section. Properties beside
     * R1:
     *
     *   P1  on a debug kernel, nobody returns from a system call into a section
     *   P2  a section in which the thread was preempted in the system call is not committed
     *   P3  a section in which the thread was preempted after the system call is not committed
     *   P4  a thread that is in no section is not killed
     *   P5  who is found in a section before the guest is entered is killed after it anyway
     */

    /** What is done for restartable sequences before the guest is entered. */
    enum Transfer {
        /** cpu_id is written. */
        CPU_ID,
        /** Nothing. */
        NOTHING,
        /** rseq_cs is cleared, and cpu_id is written. */
        CLEAR_RSEQ_CS,
        /** It is noted who is in a section, and cpu_id is written. */
        NOTE_SECTION,
        /** Who has an rseq_cs is killed, and of others cpu_id is written. */
        KILL_WITH_RSEQ_CS,
        /** Who has an rseq_cs that is not valid is killed, and nothing is written. */
        RETURN_EARLY
    }

    /** Where the system call is made, and which properties are checked. */
    enum Question {
        /** Between sections: R1 and P4. */
        BETWEEN_SECTIONS,
        /** In a section, of a debug kernel: P1 and P5. */
        DEBUG,
        /** In a section, of another kernel: P2. */
        PREEMPTED_IN_SYSCALL,
        /** In a section, of another kernel: P3. */
        PREEMPTED_AFTER_SYSCALL
    }

    /** A kernel and a question. */
    record Setting(Transfer transfer, Question question) {}

    /** A step that a model may say is never taken. */
    static final String MOVED = "the thread is moved before it enters the guest";

    /** Another such step. */
    static final String KILLED = "the thread is killed";

    /** Another such step. */
    static final String PREEMPTED = "the section was preempted";

    /** Another such step. */
    static final String FOUND = "the section is found before the guest is entered";

    private final Setting setting;
    private final Never never;
    private final NotifyResume rseq;
    private final MovedThread sched;
    private final Variable preempted;
    private final Variable noted;
    private final Label user = new Label("user");
    private final Label ioctl = new Label("ioctl");
    private final Label back = new Label("back");
    private final Label end = new Label("end");

    KvmRun(Model.Builder m, Setting setting, Never never) {
        this.setting = setting;
        this.never = never;
        rseq = new NotifyResume(m, ReadAndClear.IRQS_OFF, Never.NOTHING);
        preempted = m.ghost("preempted", 0);
        noted = m.ghost("noted", 0);
        sched = new MovedThread(m, rseq);
        sched.thread().runs(inSection() ? this::callInside : this::callBetween);
        m.handler("timer", it -> it == sched.thread() ? Expr.of(1) : null, this::timer);
    }

    private boolean inSection() {
        return setting.question != Question.BETWEEN_SECTIONS;
    }

    /* ------------------------- User mode ------------------------- */

    private void callBetween(Code c) {
        c.place(user);
        section(c, rseq.section(), _ -> {});
        kvmRun(c, null);
        section(c, rseq.section(), _ -> {});
        c.place(end);
    }

    private void callInside(Code c) {
        c.place(user);
        section(c, rseq.section(), section -> kvmRun(c, section));
        c.place(end);
    }

    private void section(Code c, Section section, Consumer<Section> body) {
        c.place(section.abort());
        if (inSection()) {
            c.as("a new attempt").set(preempted.get(), 0);
        }
        var cpu = c.as("cpu = rseq->cpu_id_start").let("cpu", rseq.cpuId());
        rseq.storeRseqCs(c, section);
        c.place(section.start());
        c.as("if (cpu != rseq->cpu_id) goto abort");
        c.jumpIf(cpu.ne(rseq.cpuId()), section.abort());
        body.accept(section);
        if (inSection()) {
            c.check(preemptedProperty(), preempted.get().not());
        } else {
            String r1 = "R1: what is committed is committed on the CPU that cpu_id tells";
            c.check(r1, cpu.eq(new Expr.Cpu()));
        }
        c.place(section.end());
    }

    private String preemptedProperty() {
        return setting.question == Question.PREEMPTED_IN_SYSCALL
                ? "P2: a section that was preempted in the system call is not committed"
                : "P3: a section that was preempted after the system call is not committed";
    }

    /* ------------------------- The kernel ------------------------- */

    private void kvmRun(Code c, @Nullable Section around) {
        c.place(ioctl);
        var regs = new OfSyscall(c, around);
        c.call("xfer_to_guest_mode_handle_work", () -> transfer(c, regs, around));
        c.as("vmenter; the guest; vmexit").await(Expr.of(1));
        c.withoutInterrupts(() -> {
            if (setting.question == Question.DEBUG) {
                c.call("rseq_syscall", () -> killIfIn(c, regs, Objects.requireNonNull(around)));
            }
            rseq.exitToUserMode(c, regs);
            regs.sysret(c);
        });
        c.place(back);
        if (setting.question == Question.DEBUG) {
            c.check("P1: nobody returns from a system call into a section", Expr.of(0));
        }
    }

    private void killIfIn(Code c, OfSyscall regs, Section around) {
        var in = c.as("in_rseq_cs(ip, &rseq_cs)").let("in", rseq.isIn(c, regs, around));
        c.check("P5: who was found in a section is killed", noted.get().le(in));
        c.as("if (it is)");
        c.when(in, () -> kill(c));
    }

    private void kill(Code c) {
        if (!inSection()) {
            c.check("P4: a thread that is in no section is not killed", Expr.of(0));
        }
        never.here(c, KILLED);
        c.as("force_sig(SIGSEGV)").jump(end);
    }

    private void transfer(Code c, OfSyscall regs, @Nullable Section around) {
        c.until(() -> {
            var work = c.as("ti_work & _TIF_NOTIFY_RESUME").let("work", rseq.flag());
            c.as("if (it is set)");
            c.when(
                    work,
                    () -> {
                        rseq.clearFlag(c);
                        transferRseq(c, regs, around);
                    });
            return work.not();
        });
    }

    private void transferRseq(Code c, OfSyscall regs, @Nullable Section around) {
        if (never.step().equals(MOVED)) {
            c.check("never: " + MOVED, rseq.cpuId().eq(new Expr.Cpu()));
        }
        switch (setting.transfer) {
            case CPU_ID -> writeCpuId(c);
            case CLEAR_RSEQ_CS -> {
                rseq.clearRseqCs(c);
                writeCpuId(c);
            }
            case NOTE_SECTION -> {
                var in = around == null ? Expr.of(0) : rseq.isIn(c, regs, around);
                c.as("noted |= in_rseq_cs(ip, &rseq_cs)").set(noted.get(), noted.get().or(in));
                never.here(c, FOUND);
                writeCpuId(c);
            }
            case KILL_WITH_RSEQ_CS -> {
                c.as("if (rseq_cs)").when(rseq.rseqCs(), () -> kill(c));
                writeCpuId(c);
            }
            case NOTHING, RETURN_EARLY -> {}
        }
    }

    private void writeCpuId(Code c) {
        c.call("rseq_handle_notify_resume(NULL, NULL)", () -> rseq.updateCpuId(c));
    }

    private void timer(Code c) {
        var fromUser = c.interruptedIn(user, ioctl).or(c.interruptedIn(back, end));
        var inUser = c.as("user_mode(regs)").let("user", fromUser);
        if (inSection()) {
            notePreemption(c);
        }
        sched.schedule(c);
        c.as("if (user_mode(regs))");
        c.when(inUser, () -> rseq.exitToUserMode(c));
    }

    private void notePreemption(Code c) {
        boolean inside = setting.question == Question.PREEMPTED_IN_SYSCALL;
        var at = inside ? c.interruptedIn(ioctl, back) : c.interruptedIn(back, end);
        c.as(inside ? "preempted |= in the system call" : "preempted |= after the system call");
        c.set(preempted.get(), preempted.get().or(at));
        if (never.step().equals(PREEMPTED)) {
            c.check("never: " + PREEMPTED, preempted.get().not());
        }
    }
}
