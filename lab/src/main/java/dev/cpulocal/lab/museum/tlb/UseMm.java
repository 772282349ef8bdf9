// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.tlb;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Ipi;
import dev.cpulocal.lab.museum.Never;

/**
 * {@code kthread_use_mm()} on CPU 1 against {@code flush_tlb_mm()} on CPU 0, where the handler of
 * the interrupt looks at {@code current->active_mm} to know what is loaded.
 */
final class UseMm {

    /*
     * Such an architecture gives each mm a hardware context per CPU, whose number is kept in
     * mm->context; translations are cached with the number of their context and stay when another
     * context is loaded. The handler flushes the context that is loaded if it is that of the mm;
     * else it takes the number away from the mm, so that the next switch_mm() draws a new one. The
     * kernel thread has used the mm before: an old translation is cached in its context.
     *
     * That smp_call_function() orders what is before it and what is in the handler is written down
     * as smp_mb() on both sides.
     */

    /** How the kernel thread changes active_mm and the context. */
    enum Order {
        /** Both with interrupts disabled. */
        FIXED,
        /** active_mm, then the context, with interrupts enabled. */
        ACTIVE_MM_FIRST,
        /** The other way round. */
        CONTEXT_FIRST
    }

    /** Steps that a model may say are never taken. */
    static final String FLUSHED = "the context is flushed";

    static final String DROPPED = "the context is taken away";

    private static final long OLD_MM = 1;
    private static final long MM = 2;

    /** As many events as a CPU here can ever hold back. */
    private static final int WINDOW = 24;

    private static final long NONE = 0;
    private static final long OLD = 1;
    private static final long NEW = 2;

    private final Order order;
    private final Never never;
    private final Variable pte;
    private final Variable activeMm;
    private final Variable taskMm;
    private final Variable hasContext;
    private final Variable loaded;
    private final Variable tlb;
    private final Variable flushed;
    private final Ipi ipi;

    private UseMm(Model.Builder m, Order order, Never never) {
        this.order = order;
        this.never = never;
        m.window(WINDOW);
        pte = m.shared("pte", OLD);
        activeMm = m.shared("active_mm", OLD_MM);
        taskMm = m.shared("tsk->mm", 0);
        hasContext = m.shared("mm->context", 1);
        loaded = m.hardware("loaded", OLD_MM);
        tlb = m.hardware("tlb", OLD);
        flushed = m.ghost("flushed", 0);
        ipi = new Ipi(m, "ipi_flush_tlb_mm", 2, this::ipiFlushTlbMm);
    }

    /**
     * {@return the model}
     *
     * @param name what messages call it
     */
    static Model model(String name, Order order, Never never) {
        return Model.build(
                name,
                m -> {
                    UseMm kernel = new UseMm(m, order, never);
                    m.task("process", 0, kernel::unmap);
                    m.task("kthread", 1, kernel::use);
                });
    }

    private void unmap(Code c) {
        c.as("set_pte(new page)").store(pte, NEW);
        c.call(
                "flush_tlb_mm",
                () -> {
                    c.mb();
                    ipi.callAndWait(c, 1);
                });
        c.as("return").set(flushed.get(), 1);
    }

    private void ipiFlushTlbMm(Code c) {
        c.mb();
        var active = c.as("current->active_mm").load(activeMm);
        c.as("if (current->active_mm == mm)");
        c.when(active.eq(MM), () -> flushLoaded(c), () -> dropContext(c));
        c.mb();
    }

    private void flushLoaded(Code c) {
        var context = c.as("flush the loaded context:").let("loaded", loaded.get());
        c.as("if (it is that of the mm)");
        c.when(
                context.eq(MM),
                () -> {
                    never.here(c, FLUSHED);
                    c.as("forget translations").set(tlb.get(), NONE);
                });
    }

    private void dropContext(Code c) {
        never.here(c, DROPPED);
        c.as("mm->context[cpu] = 0").store(hasContext, 0);
    }

    private void use(Code c) {
        c.as("works").await(Expr.of(1));
        c.call("kthread_use_mm", () -> useMm(c));
        c.withoutInterrupts(() -> {
            var cached = c.as("look up the TLB").let("cached", tlb.get());
            c.as("if (it misses)");
            c.when(cached.eq(NONE), () -> walk(c, cached));
            c.check(
                    "T2: behind flush_tlb_mm() nobody uses the old page",
                    flushed.get().not().or(cached.ne(OLD)));
        });
    }

    private void walk(Code c, Expr.Local cached) {
        c.as("walk the page table").loadTo(cached, pte);
        c.as("fill the TLB").set(tlb.get(), cached);
    }

    private void useMm(Code c) {
        switch (order) {
            case FIXED ->
                    c.withoutInterrupts(() -> {
                        setActiveMm(c);
                        switchMm(c);
                    });
            case ACTIVE_MM_FIRST -> {
                setActiveMm(c);
                c.withoutInterrupts(() -> switchMm(c));
            }
            case CONTEXT_FIRST -> {
                c.withoutInterrupts(() -> switchMm(c));
                setActiveMm(c);
            }
        }
    }

    private void setActiveMm(Code c) {
        c.as("tsk->active_mm = mm").store(activeMm, MM);
        c.as("tsk->mm = mm").store(taskMm, MM);
    }

    private void switchMm(Code c) {
        c.call(
                "switch_mm",
                () -> {
                    var context = c.as("mm->context[cpu]").load(hasContext);
                    c.as("if (!mm->context[cpu])");
                    c.when(
                            context.not(),
                            () -> {
                                c.as("mm->context[cpu] = new").store(hasContext, 1);
                                c.as("nothing is cached in it").set(tlb.get(), NONE);
                            });
                    c.as("load the context").set(loaded.get(), MM);
                });
    }
}
