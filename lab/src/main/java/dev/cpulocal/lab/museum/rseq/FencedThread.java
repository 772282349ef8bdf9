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

/**
 * A thread with a section that uses an object, and another one that replaces the object and frees
 * it behind {@code membarrier(PRIVATE_EXPEDITED_RSEQ)}.
 */
final class FencedThread {

    /*
     * The thread is on CPU 0 and the caller on CPU 1, for good. The caller's interrupt comes to
     * user mode, or where the kernel has interrupts enabled on its way there. The other interrupt
     * stands for anything that sets TIF_NOTIFY_RESUME without an event, such as task work; it comes
     * once.
     */

    /** A step that a model may say is never taken. */
    static final String IN_KERNEL = "the interrupt comes on the way to user mode";

    private static final int WINDOW = 16;

    private static final long USED = 1;
    private static final long FREED = 0;

    private final Never never;
    private final NotifyResume rseq;
    private final Section section;
    private final Variable object;
    private final Variable memory;
    private final Variable ipi;
    private final Variable work;
    private final Variable joinable;
    private final Expr.Label user = new Expr.Label("user");
    private final Expr.Label end = new Expr.Label("end");

    FencedThread(Model.Builder m, ReadAndClear readAndClear, Never never) {
        this.never = never;
        rseq = new NotifyResume(m, readAndClear, never);
        section = rseq.section();
        object = m.shared("object", 0);
        memory = m.shareds("memory", List.of(USED, USED));
        ipi = m.hardware("ipi", 0);
        work = m.ghost("task work", 1);
        joinable = m.ghost("caller has ended", 0);
        m.window(WINDOW);
        var thread = m.task("thread", 0, this::thread);
        m.task("caller", 1, this::caller);
        m.handler(
                "task work",
                it -> it == thread ? work.get() : null,
                c -> {
                    c.as("task_work_add()").set(work.get(), 0);
                    rseq.setFlag(c);
                    rseq.exitToUserMode(c);
                });
        rseq.isInterruptedBy(
                m.interrupt("ipi_rseq", it -> it == thread ? ipi.get() : null, this::ipiRseq));
    }

    private void thread(Code c) {
        c.place(user);
        c.place(section.abort());
        rseq.storeRseqCs(c, section);
        c.place(section.start());
        var found = c.as("p = object").load(object);
        var is = c.as("*p").load(memory, found);
        c.check("R2: what a fenced section uses is not freed", is.eq(USED));
        c.place(section.end());
        c.as("pthread_join(caller)").await(joinable.get());
        c.place(end);
    }

    private void caller(Code c) {
        c.as("object = new").store(object, 1);
        c.call("membarrier(PRIVATE_EXPEDITED_RSEQ)", () -> membarrier(c));
        c.as("free(old)").store(memory, Expr.of(0), Expr.of(FREED));
        c.as("pthread_exit()").set(joinable.get(), 1);
    }

    private void membarrier(Code c) {
        c.as("smp_mb()").mb();
        c.as("smp_call_function_many()").set(ipi.get(), 1);
        c.as("wait for it").await(ipi.get().not());
        c.as("smp_mb()").mb();
    }

    private void ipiRseq(Code c) {
        var inUser = c.as("user_mode(regs)").let("user", c.interruptedIn(user, end));
        c.as("smp_mb()").mb();
        c.call(
                "rseq_preempt",
                () -> rseq.setEvent(c, "|= RSEQ_EVENT_PREEMPT", NotifyResume.PREEMPT));
        c.as("csd_unlock()").set(ipi.get(), 0);
        c.as("if (user_mode(regs))");
        c.when(inUser, () -> rseq.exitToUserMode(c), () -> never.here(c, IN_KERNEL));
    }
}
