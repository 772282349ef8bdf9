// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.tlb;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Order;
import dev.cpulocal.lab.museum.Ipi;
import dev.cpulocal.lab.museum.Never;
import java.util.List;

/**
 * {@code exec_mmap()} in a kernel thread that becomes a user process, against preemption on its CPU
 * and a flush of the mm that it has loaded lazily.
 */
final class ExecMmap {

    /*
     * The kernel thread runs on CPU 1 with the mm of process 0 loaded lazily, and holds a reference
     * to it (mm_count). It may be preempted once: process 1 runs then, the scheduler drops the
     * reference and takes one to the mm of process 1 when it goes back. On CPU 0, process 0 frees a
     * page table; the handler of the interrupt leaves alone an mm that is not active_mm.
     *
     * mm_count of each mm includes the reference of its process, which stays alive. What is loaded,
     * and that the CPU has cached where the page table is, is hardware state.
     */

    /** Where interrupts are disabled. */
    enum IrqsOff {
        /** From reading active_mm to the end of activate_mm(). */
        ALL,
        /** From reading active_mm to storing it: architectures that sleep in activate_mm(). */
        UPDATE,
        /** Nowhere. */
        NOWHERE
    }

    /** Steps that a model may say are never taken. */
    static final String PREEMPTED = "exec is preempted";

    static final String SKIPPED = "the interrupt finds another active_mm";

    /** As many events as a CPU here can ever hold back. */
    private static final int WINDOW = 24;

    private static final int MM_0 = 0;
    private static final int MM_1 = 1;
    private static final int NEW_MM = 2;
    private static final int NULL = 3;

    private final IrqsOff irqsOff;
    private final Never never;
    private final Variable taskMm;
    private final Variable activeMm;
    private final Variable mmCount;
    private final Variable pmd;
    private final Variable loaded;
    private final Variable tableCached;
    private final Variable freed;
    private final Variable preempted;
    private final Ipi ipi;
    private final Model.Task kthread;
    private final Model.Task process1;

    private ExecMmap(Model.Builder m, IrqsOff irqsOff, boolean flushes, Never never) {
        this.irqsOff = irqsOff;
        this.never = never;
        m.window(WINDOW);
        taskMm = m.shared("mm", NULL);
        activeMm = m.shared("active_mm", MM_0);
        mmCount = m.shareds("mm_count", List.of(2L, 1L, 1L));
        pmd = m.shared("pmd", 1);
        loaded = m.hardware("loaded", MM_0);
        tableCached = m.hardware("table cached", 1);
        freed = m.ghost("freed", 0);
        preempted = m.ghost("preempted", 0);
        m.task("process 0", 0, flushes ? this::munmap : c -> c.as("sleeps").await(Expr.of(1)));
        kthread = m.task("kthread", 1);
        process1 = m.waitingBackground("process 1");
        ipi = new Ipi(m, "flush_tlb_func", 2, this::flushTlbFunc);
        m.handler("preempt", task -> task == kthread ? preempted.get().not() : null, this::preempt);
        kthread.runs(c -> {
            c.as("works").await(Expr.of(1));
            c.call("exec_mmap", () -> execMmap(c));
        });
        process1.runs(this::runOnce);
    }

    /**
     * {@return the model}
     *
     * @param name what messages call it
     * @param flushes whether process 0 frees a page table
     */
    static Model model(String name, IrqsOff irqsOff, boolean flushes, Never never) {
        return Model.build(name, m -> new ExecMmap(m, irqsOff, flushes, never).properties(m));
    }

    private void properties(Model.Builder m) {
        m.always(
                "T3: a page table that is freed is in no CPU's reach",
                Expr.all(freed.get(), loaded.get().eq(MM_0), tableCached.get()).not());
        m.atEnd(
                "T5: all references are those of the processes",
                Expr.all(
                        mmCount.get(MM_0).eq(1),
                        mmCount.get(MM_1).eq(1),
                        mmCount.get(NEW_MM).eq(1)));
    }

    /* ------------------------- exec ------------------------- */

    private void execMmap(Code c) {
        var active = c.local("active_mm");
        switch (irqsOff) {
            case ALL ->
                    c.withoutInterrupts(() -> {
                        update(c, active);
                        activateMm(c);
                    });
            case UPDATE -> {
                c.withoutInterrupts(() -> update(c, active));
                activateMm(c);
            }
            case NOWHERE -> {
                updateOf59(c, active);
                activateMm(c);
            }
        }
        c.call("mmdrop", () -> mmdrop(c, active));
    }

    private void update(Code c, Local active) {
        c.as("active_mm = tsk->active_mm").loadTo(active, activeMm);
        c.as("tsk->active_mm = mm").store(activeMm, NEW_MM);
        c.as("tsk->mm = mm").store(taskMm, NEW_MM);
    }

    private void updateOf59(Code c, Local active) {
        c.as("active_mm = tsk->active_mm").loadTo(active, activeMm);
        c.as("tsk->mm = mm").store(taskMm, NEW_MM);
        c.as("tsk->active_mm = mm").store(activeMm, NEW_MM);
    }

    private void activateMm(Code c) {
        c.as("activate_mm(active_mm, mm)").set(loaded.get(), NEW_MM);
    }

    private void mmdrop(Code c, Expr mm) {
        var count =
                c.as("atomic_dec_and_test(&mm->mm_count)")
                        .fetchAdd(mmCount, mm, Expr.of(-1), Order.FULL);
        c.check("T5: a reference that is dropped is one's own", Expr.of(1).lt(count));
    }

    /* ------------------------- The scheduler ------------------------- */

    private void preempt(Code c) {
        never.here(c, PREEMPTED);
        c.as("preempted").set(preempted.get(), 1);
        c.call(
                "schedule",
                () -> {
                    var mm = c.as("prev->mm").load(taskMm);
                    c.as("switch_mm(process 1)").set(loaded.get(), MM_1);
                    c.as("if (!prev->mm)");
                    c.when(mm.eq(NULL), () -> leaveLazy(c));
                    c.switchTo(process1.id());
                });
    }

    private void leaveLazy(Code c) {
        var prev = c.as("rq->prev_mm = prev->active_mm").load(activeMm);
        c.as("prev->active_mm = NULL").store(activeMm, NULL);
        c.call("mmdrop", () -> mmdrop(c, prev));
    }

    private void runOnce(Code c) {
        c.call(
                "schedule",
                () ->
                        c.withoutInterrupts(() -> {
                            var mm = c.as("next->mm").load(taskMm);
                            c.as("if (!next->mm)");
                            c.when(mm.eq(NULL), () -> enterLazy(c), () -> switchMm(c));
                            c.switchTo(kthread.id());
                        }));
    }

    private void enterLazy(Code c) {
        c.as("next->active_mm = prev->active_mm").store(activeMm, MM_1);
        c.as("mmgrab(prev->active_mm)").add(mmCount, Expr.of(MM_1), Expr.of(1));
    }

    private void switchMm(Code c) {
        c.as("switch_mm(next->mm)").set(loaded.get(), NEW_MM);
    }

    /* ------------------------- The flush ------------------------- */

    private void munmap(Code c) {
        c.as("pmd_clear(pmd)").store(pmd, 0);
        c.mb();
        ipi.callAndWait(c, 1);
        c.as("free the page table").set(freed.get(), 1);
    }

    private void flushTlbFunc(Code c) {
        var active = c.as("current->active_mm").load(activeMm);
        c.as("if (current->active_mm == mm)");
        c.when(
                active.eq(MM_0),
                () -> c.as("flush the TLB").set(tableCached.get(), 0),
                () -> never.here(c, SKIPPED));
    }
}
