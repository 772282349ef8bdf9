// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.tlb;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Label;
import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Ipi;
import dev.cpulocal.lab.museum.Never;

/**
 * How x86 keeps the translations of a CPU fresh that switches to an mm, while another CPU changes
 * the page tables of that mm: {@code switch_mm_irqs_off()} on CPU 1 against {@code
 * flush_tlb_mm_range()} on CPU 0.
 */
final class SwitchMm {

    /*
     * One mm, A, with one page that is moved, OLD to NEW, as copy-on-write does. Of CPU 1 there is
     * cpu_tlbstate: the mm that is loaded, or SWITCHING (LOADED_MM_SWITCHING); whether a kernel thread
     * uses it lazily; and up to which generation its translations of A are fresh (ctxs[asid].tlb_gen).
     * All that is ordinary memory. The translation that it has cached is hardware state, 0 for none.
     * It walks the page table whenever it has none, and it has cached the old page from the time when
     * it ran A before.
     *
     * The promise: when flush_tlb_mm_range() returns, no CPU uses the old page. Either the CPU that
     * switches sees the new generation and flushes, or the one that flushes sees SWITCHING and
     * interrupts it. That is store buffering with SWITCHING and tlb_gen:
     *
     *     CPU 1, switch_mm_irqs_off()           CPU 0, flush_tlb_mm_range()
     *     loaded_mm = SWITCHING                 tlb_gen++ (fully ordered)
     *     set bit in mm_cpumask, or smp_mb()
     *     read tlb_gen                          read loaded_mm
     *
     * Left out: that CPU 0 flushes its own translation, and init_mm, to which a lazy CPU goes that
     * is interrupted: here no CPU becomes lazy, so none is when the interrupt comes.
     */

    /** The steps of {@code switch_mm_irqs_off()} that are at issue. */
    enum Order {
        /** 6.18: SWITCHING, the bit or else {@code smp_mb()}, read tlb_gen. */
        FIXED,
        /** 6.15 to 6.17: SWITCHING, the bit if it is not set, read tlb_gen. */
        MAINLINE,
        /** 6.1, 6.6 and 6.12 with the first fix: the bit, read tlb_gen, SWITCHING. */
        STABLE,
        /** The same with the patch proposed for them: SWITCHING, the bit, read tlb_gen. */
        STABLE_FIXED,
        /**
         * As fixed, but for the {@code smp_mb()} of a CPU that comes back to the mm it has loaded.
         */
        LAZY_UNORDERED
    }

    /** Steps that a model may say are never taken. */
    static final String SKIPPED = "the IPI is skipped";

    static final String SENT = "the IPI is sent";

    static final String FLUSHES = "the switch flushes";

    private static final long A = 1;
    private static final long SWITCHING = 3;

    private static final long NONE = 0;
    private static final long OLD = 1;
    private static final long NEW = 2;

    private static final long CPU_1 = 1 << 1;

    private final Order order;
    private final Never never;
    private final Variable pte;
    private final Variable tlbGen;
    private final Variable cpumask;
    private final Variable loadedMm;
    private final Variable isLazy;
    private final Variable ctxTlbGen;
    private final Variable tlb;
    private final Ipi ipi;

    /**
     * Adds the page table and CPU 1's state to a model.
     *
     * @param loaded the mm that CPU 1 has loaded
     * @param lazy whether a kernel thread runs there
     */
    SwitchMm(Model.Builder m, Order order, long loaded, boolean lazy, Never never) {
        this.order = order;
        this.never = never;
        pte = m.shared("pte", OLD);
        tlbGen = m.shared("tlb_gen", 0);
        cpumask = m.shared("mm_cpumask", CPU_1);
        loadedMm = m.shared("loaded_mm", loaded);
        isLazy = m.shared("is_lazy", lazy ? 1 : 0);
        ctxTlbGen = m.shared("ctx.tlb_gen", 0);
        tlb = m.hardware("tlb", OLD);
        ipi = new Ipi(m, "flush_tlb_func", 2, this::flushTlbFunc);
    }

    /* ------------------------- CPU 0 ------------------------- */

    /** Moves the page, and makes all CPUs know. */
    void movePage(Code c) {
        c.as("set_pte(new page)").store(pte, NEW);
        c.call("flush_tlb_mm_range", () -> flushTlbMmRange(c));
    }

    private void flushTlbMmRange(Code c) {
        c.as("new_tlb_gen = inc_mm_tlb_gen(mm)").fetchAdd(tlbGen, 1);
        var mask = c.as("cpumask_any_but(mm_cpumask(mm), cpu)").load(cpumask);
        c.as("if (any)");
        c.when(mask.and(CPU_1), () -> flushTlbMulti(c));
    }

    private void flushTlbMulti(Code c) {
        var send = c.label("send");
        var skip = c.label("skip");
        var done = c.label("done");
        c.call("should_flush_tlb", () -> shouldFlushTlb(c, send, skip));
        c.place(skip);
        never.here(c, SKIPPED);
        c.jump(done);
        c.place(send);
        never.here(c, SENT);
        ipi.callAndWait(c, 1);
        c.place(done);
    }

    private void shouldFlushTlb(Code c, Label yes, Label no) {
        var loaded = c.as("loaded_mm = per_cpu(cpu_tlbstate.loaded_mm, 1)").load(loadedMm);
        c.rmb();
        var lazy = c.as("per_cpu(cpu_tlbstate_shared.is_lazy, 1)").load(isLazy);
        c.as("if (is_lazy) return false").jumpIf(lazy, no);
        c.as("if (loaded_mm == SWITCHING) return true").jumpIf(loaded.eq(SWITCHING), yes);
        c.as("if (loaded_mm == info->mm) return true").jumpIf(loaded.eq(A), yes);
    }

    /* ------------------------- CPU 1 ------------------------- */

    /** {@code switch_mm_irqs_off(A)}. */
    void switchTo(Code c) {
        c.call("switch_mm_irqs_off", () -> switchMmIrqsOff(c));
    }

    private void switchMmIrqsOff(Code c) {
        var done = c.label("done");
        var prev = c.as("prev = cpu_tlbstate.loaded_mm").load(loadedMm);
        var wasLazy = c.as("was_lazy = cpu_tlbstate_shared.is_lazy").load(isLazy);
        var same = prev.eq(A);
        c.as("is_lazy = false").store(isLazy, 0);
        c.as("if (prev == next)");
        c.when(same, () -> comeBack(c, wasLazy, done), () -> announce(c));
        var current = c.as("next_tlb_gen = read(&next->context.tlb_gen)").load(tlbGen);
        var own = c.as("ctxs[asid].tlb_gen").load(ctxTlbGen);
        var fresh = own.eq(current);
        c.as("if (prev == next && ctxs[asid].tlb_gen == next_tlb_gen) return");
        c.jumpIf(same.and(fresh), done);
        if (order == Order.STABLE) {
            switching(c);
        }
        loadNewMmCr3(c, fresh.not(), current);
        c.as("loaded_mm = next").store(loadedMm, A);
        c.place(done);
    }

    /** To the mm that is loaded. */
    private void comeBack(Code c, Expr wasLazy, Label done) {
        c.as("if (!was_lazy) return").jumpIf(wasLazy.not(), done);
        if (order != Order.LAZY_UNORDERED) {
            c.mb();
        }
    }

    /** What comes before reading the generation. */
    private void announce(Code c) {
        switch (order) {
            case FIXED, LAZY_UNORDERED -> {
                switching(c);
                setBitIfClear(c, c::mb);
            }
            case MAINLINE -> {
                switching(c);
                setBitIfClear(c, () -> {});
            }
            case STABLE -> setBit(c);
            case STABLE_FIXED -> {
                switching(c);
                setBit(c);
            }
        }
    }

    private void switching(Code c) {
        c.as("loaded_mm = SWITCHING").store(loadedMm, SWITCHING);
    }

    private void setBitIfClear(Code c, Runnable otherwise) {
        var mask = c.as("mm_cpumask(next)").load(cpumask);
        c.as("if (!cpumask_test_cpu(cpu, mm_cpumask(next)))");
        c.when(mask.and(CPU_1).not(), () -> setBit(c), otherwise);
    }

    private void setBit(Code c) {
        c.as("cpumask_set_cpu(cpu, mm_cpumask(next))")
                .fetch(Expr.Operator.OR, cpumask, Expr.of(0), Expr.of(CPU_1));
    }

    /** Writing CR3 is serialising. */
    private void loadNewMmCr3(Code c, Expr needFlush, Local nextTlbGen) {
        c.as("if (need_flush)");
        c.when(needFlush, () -> flush(c, nextTlbGen), () -> c.as("write_cr3(CR3_NOFLUSH)").mb());
    }

    private void flush(Code c, Local nextTlbGen) {
        never.here(c, FLUSHES);
        c.as("ctxs[asid].tlb_gen = next_tlb_gen").store(ctxTlbGen, nextTlbGen);
        c.as("write_cr3()").mb();
        c.as("flush").set(tlb.get(), NONE);
    }

    /**
     * {@return what one instruction of a program reads from A: where the page is, the cached
     * translation says}
     */
    Local read(Code c, String text, Variable page) {
        var value = c.local("value");
        c.withoutInterrupts(() -> {
            var cached = c.as("look up the TLB").let("cached", tlb.get());
            c.as("if (it misses)");
            c.when(cached.eq(NONE), () -> walk(c, cached));
            c.as(text).loadTo(value, page, cached.minus(OLD));
        });
        return value;
    }

    private void walk(Code c, Local cached) {
        c.as("walk the page table").loadTo(cached, pte);
        c.as("fill the TLB").set(tlb.get(), cached);
    }

    /** {@return the number of the page, as an index, to which a program on CPU 0 writes} */
    Expr newPage() {
        return Expr.of(NEW - OLD);
    }

    /** What the interrupt does. */
    private void flushTlbFunc(Code c) {
        var done = c.label("done");
        var loaded = c.as("loaded_mm = cpu_tlbstate.loaded_mm").load(loadedMm);
        c.as("if (f->mm != loaded_mm)");
        c.when(loaded.ne(A), () -> leaveMask(c, done));
        var own = c.as("local_tlb_gen = ctxs[asid].tlb_gen").load(ctxTlbGen);
        var current = c.as("mm_tlb_gen = read(&loaded_mm->context.tlb_gen)").load(tlbGen);
        c.as("if (local_tlb_gen == mm_tlb_gen) return").jumpIf(own.eq(current), done);
        c.as("flush_tlb_local()").set(tlb.get(), NONE);
        c.as("ctxs[asid].tlb_gen = mm_tlb_gen").store(ctxTlbGen, current);
        c.place(done);
    }

    private void leaveMask(Code c, Label done) {
        c.as("cpumask_clear_cpu(cpu, mm_cpumask(f->mm))")
                .fetch(Expr.Operator.AND, cpumask, Expr.of(0), Expr.of(~CPU_1));
        c.jump(done);
    }
}
