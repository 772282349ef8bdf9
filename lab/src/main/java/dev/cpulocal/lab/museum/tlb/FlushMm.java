// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.tlb;

import static dev.cpulocal.lab.museum.tlb.TlbState.A;
import static dev.cpulocal.lab.museum.tlb.TlbState.CPU_1;
import static dev.cpulocal.lab.museum.tlb.TlbState.INIT_MM;
import static dev.cpulocal.lab.museum.tlb.TlbState.SWITCHING;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Label;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Ipi;

/** {@code flush_tlb_mm_range()} on CPU 0, and {@code flush_tlb_func()} on CPU 1. */
final class FlushMm {

    /** Steps that a model may say are never taken. */
    static final String SKIPPED = "the IPI is skipped";

    static final String SENT = "the IPI is sent";

    static final String LEFT_LAZY = "a lazy CPU leaves the mm";

    private final TlbState s;
    private final Ipi ipi;

    /** Adds the interrupt to a model. */
    FlushMm(Model.Builder m, TlbState state) {
        s = state;
        ipi = new Ipi(m, "flush_tlb_func", 2, this::flushTlbFunc);
    }

    /* ------------------------- CPU 0 ------------------------- */

    /**
     * Makes all CPUs forget translations.
     *
     * @param freedTables whether page tables are freed afterwards
     */
    void flushTlbMmRange(Code c, boolean freedTables) {
        c.call("flush_tlb_mm_range", () -> flush(c, freedTables));
    }

    private void flush(Code c, boolean freedTables) {
        c.as("new_tlb_gen = inc_mm_tlb_gen(mm)").fetchAdd(s.tlbGen, 1);
        var mask = c.as("cpumask_any_but(mm_cpumask(mm), cpu)").load(s.cpumask);
        c.as("if (any)");
        c.when(mask.and(CPU_1), () -> flushTlbMulti(c, freedTables));
    }

    private void flushTlbMulti(Code c, boolean freedTables) {
        var send = c.label("send");
        var skip = c.label("skip");
        var done = c.label("done");
        if (!freedTables || s.has(Change.LAZY_SKIPPED_WHEN_FREED)) {
            c.call("should_flush_tlb", () -> shouldFlushTlb(c, send, skip));
            c.place(skip);
            s.never.here(c, SKIPPED);
            c.jump(done);
        }
        c.place(send);
        s.never.here(c, SENT);
        ipi.callAndWait(c, 1);
        c.place(done);
    }

    private void shouldFlushTlb(Code c, Label yes, Label no) {
        var lazyFirst = s.has(Change.LAZY_READ_FIRST);
        var early = lazyFirst ? isLazy(c) : null;
        var loaded = c.as("loaded_mm = per_cpu(cpu_tlbstate.loaded_mm, 1)").load(s.loadedMm);
        if (early == null) {
            c.rmb();
        }
        if (!s.has(Change.LAZY_NEVER_SKIPPED)) {
            var lazy = early == null ? isLazy(c) : early;
            c.as("if (is_lazy) return false").jumpIf(lazy, no);
        }
        if (!s.has(Change.SWITCHING_UNKNOWN)) {
            c.as("if (loaded_mm == SWITCHING) return true").jumpIf(loaded.eq(SWITCHING), yes);
        }
        c.as("if (loaded_mm == info->mm) return true").jumpIf(loaded.eq(A), yes);
    }

    private Expr isLazy(Code c) {
        return c.as("per_cpu(cpu_tlbstate_shared.is_lazy, 1)").load(s.isLazy);
    }

    /* ------------------------- CPU 1 ------------------------- */

    private void flushTlbFunc(Code c) {
        var done = c.label("done");
        var loaded = c.as("loaded_mm = cpu_tlbstate.loaded_mm").load(s.loadedMm);
        c.as("if (f->mm != loaded_mm)");
        c.when(loaded.ne(A), () -> leaveMask(c, done));
        var lazy = c.as("cpu_tlbstate_shared.is_lazy").load(s.isLazy);
        c.as("if (is_lazy)");
        c.when(lazy, () -> leaveLazy(c, done));
        var own = c.as("local_tlb_gen = ctxs[asid].tlb_gen").load(s.ctxTlbGen);
        var current = c.as("mm_tlb_gen = read(&loaded_mm->context.tlb_gen)").load(s.tlbGen);
        c.as("if (local_tlb_gen == mm_tlb_gen) return").jumpIf(own.eq(current), done);
        c.call("flush_tlb_local", () -> c.atomically(() -> s.forget(c)));
        c.as("ctxs[asid].tlb_gen = mm_tlb_gen").store(s.ctxTlbGen, current);
        c.place(done);
    }

    private void leaveMask(Code c, Label done) {
        c.as("cpumask_clear_cpu(cpu, mm_cpumask(f->mm))")
                .fetch(Expr.Operator.AND, s.cpumask, Expr.of(0), Expr.of(~CPU_1));
        c.jump(done);
    }

    private void leaveLazy(Code c, Label done) {
        s.never.here(c, LEFT_LAZY);
        c.call("switch_mm_irqs_off", () -> toInitMm(c));
        c.jump(done);
    }

    private void toInitMm(Code c) {
        c.as("is_lazy = false").store(s.isLazy, 0);
        c.as("loaded_mm = SWITCHING").store(s.loadedMm, SWITCHING);
        c.as("write_cr3(init_mm)").mb();
        c.as("CR3 = init_mm").set(s.cr3.get(), INIT_MM);
        c.as("loaded_mm = &init_mm").store(s.loadedMm, INIT_MM);
    }
}
