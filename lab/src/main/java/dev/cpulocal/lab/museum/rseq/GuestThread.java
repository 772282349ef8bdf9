// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rseq;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Label;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.kernel.Section;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.rseq.GenericEntry.Change;
import dev.cpulocal.lab.museum.rseq.UserRegs.OfSyscall;

/** A thread that runs a guest and then has a section, of a kernel from 6.19 on. */
final class GuestThread {

    private final GenericEntry rseq;
    private final MovedThread sched;
    private final Variable preempted;
    private final Section section =
            new Section(
                    1, new Label("start_ip"), new Label("post_commit_ip"), new Label("abort_ip"));
    private final Label user = new Label("user");
    private final Label end = new Label("end");

    GuestThread(Model.Builder m, Change change, Never never) {
        rseq = new GenericEntry(m, change, never);
        preempted = m.ghost("preempted", 0);
        sched = new MovedThread(m, rseq);
        sched.thread().runs(this::thread);
        m.handler("timer", it -> it == sched.thread() ? Expr.of(1) : null, this::timer);
    }

    private void thread(Code c) {
        c.call("ioctl(KVM_RUN)", () -> kvmRun(c));
        c.place(user);
        rseq.checkIds(c);
        c.place(section.abort());
        var cpu = c.as("cpu = rseq->cpu_id_start").let("cpu", rseq.cpuId());
        rseq.storeRseqCs(c, section);
        c.place(section.start());
        c.atomically(() -> {
            c.as("the section begins").set(preempted.get(), 0);
            var same = c.as("cpu == rseq->cpu_id").let("same", cpu.eq(rseq.cpuId()));
            c.as("if (it is not) goto abort_ip").jumpIf(same.not(), section.abort());
        });
        c.check("R1: cpu_id is the number of the CPU", cpu.eq(new Expr.Cpu()).or(preempted.get()));
        c.check(
                "R2: a section in which the thread was preempted is not committed",
                preempted.get().not());
        c.place(section.end());
        c.place(end);
    }

    private void kvmRun(Code c) {
        rseq.kvmRun(c);
        c.withoutInterrupts(() -> rseq.exitToUserMode(c, new OfSyscall(c, null), section));
    }

    private void timer(Code c) {
        var inUser = c.as("user_mode(regs)").let("user", c.interruptedIn(user, end));
        c.as("if (user_mode(regs))").when(inUser, () -> rseq.interruptFromUser(c));
        c.as("preempted").set(preempted.get(), 1);
        sched.schedule(c);
        c.as("if (user_mode(regs))");
        c.when(inUser, () -> rseq.exitToUserMode(c, UserRegs.INTERRUPTED, section));
    }
}
