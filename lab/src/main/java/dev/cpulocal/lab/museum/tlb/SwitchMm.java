// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.tlb;

import static dev.cpulocal.lab.museum.tlb.TlbState.A;
import static dev.cpulocal.lab.museum.tlb.TlbState.CPU_1;
import static dev.cpulocal.lab.museum.tlb.TlbState.NONE;
import static dev.cpulocal.lab.museum.tlb.TlbState.OLD;
import static dev.cpulocal.lab.museum.tlb.TlbState.SWITCHING;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Label;
import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.Variable;

/**
 * How x86 keeps the translations of a CPU fresh that switches to an mm, while another CPU changes
 * the page tables of that mm: {@code switch_mm_irqs_off()} on CPU 1 against {@code
 * flush_tlb_mm_range()} on CPU 0.
 */
final class SwitchMm {

    /*
     * The promise: when flush_tlb_mm_range() returns, no CPU uses the old page. Either the CPU that
     * switches sees the new generation and flushes, or the one that flushes sees SWITCHING and
     * interrupts it. That is store buffering with SWITCHING and tlb_gen:
     *
     *     CPU 1, switch_mm_irqs_off()           CPU 0, flush_tlb_mm_range()
     *     loaded_mm = SWITCHING                 tlb_gen++ (fully ordered)
     *     set bit in mm_cpumask, or smp_mb()
     *     read tlb_gen                          read loaded_mm
     *
     * On the way from a lazy kernel thread back to the mm that is loaded, is_lazy is in the place
     * of loaded_mm.
     */

    /** A step that a model may say is never taken. */
    static final String FLUSHES = "the switch flushes";

    private final TlbState s;

    SwitchMm(TlbState state) {
        s = state;
    }

    /** {@code switch_mm_irqs_off(A)}. */
    void switchTo(Code c) {
        c.call("switch_mm_irqs_off", () -> switchMmIrqsOff(c));
    }

    private void switchMmIrqsOff(Code c) {
        var done = c.label("done");
        var prev = c.as("prev = cpu_tlbstate.loaded_mm").load(s.loadedMm);
        var wasLazy = c.as("was_lazy = cpu_tlbstate_shared.is_lazy").load(s.isLazy);
        var same = prev.eq(A);
        if (!s.has(Change.LAZY_AFTER_GENERATION)) {
            notLazy(c);
        }
        c.as("if (prev == next)");
        c.when(same, () -> comeBack(c, wasLazy, done), () -> announce(c));
        var current = c.as("next_tlb_gen = read(&next->context.tlb_gen)").load(s.tlbGen);
        if (s.has(Change.LAZY_AFTER_GENERATION)) {
            notLazy(c);
        }
        var own = c.as("ctxs[asid].tlb_gen").load(s.ctxTlbGen);
        var fresh = own.eq(current);
        c.as("if (prev == next && ctxs[asid].tlb_gen == next_tlb_gen) return");
        c.jumpIf(same.and(fresh), done);
        if (s.has(Change.GENERATION_FIRST)) {
            switching(c);
        }
        loadNewMmCr3(c, fresh.not(), current);
        c.as("loaded_mm = next").store(s.loadedMm, A);
        c.place(done);
    }

    private void notLazy(Code c) {
        c.as("is_lazy = false").store(s.isLazy, 0);
    }

    /** To the mm that is loaded. */
    private void comeBack(Code c, Expr wasLazy, Label done) {
        c.as("if (!was_lazy) return").jumpIf(wasLazy.not(), done);
        if (!s.has(Change.NO_BARRIER_FROM_LAZY)) {
            c.mb();
        }
    }

    /** What comes before reading the generation. */
    private void announce(Code c) {
        if (!s.has(Change.GENERATION_FIRST)) {
            switching(c);
        }
        if (s.has(Change.ALWAYS_SET_BIT)) {
            setBit(c);
        } else {
            setBitIfClear(c, s.has(Change.NO_BARRIER_IF_IN_MASK) ? () -> {} : c::mb);
        }
    }

    private void switching(Code c) {
        c.as("loaded_mm = SWITCHING").store(s.loadedMm, SWITCHING);
    }

    private void setBitIfClear(Code c, Runnable otherwise) {
        var mask = c.as("mm_cpumask(next)").load(s.cpumask);
        c.as("if (!cpumask_test_cpu(cpu, mm_cpumask(next)))");
        c.when(mask.and(CPU_1).not(), () -> setBit(c), otherwise);
    }

    private void setBit(Code c) {
        c.as("cpumask_set_cpu(cpu, mm_cpumask(next))")
                .fetch(Expr.Operator.OR, s.cpumask, Expr.of(0), Expr.of(CPU_1));
    }

    /** Writing CR3 is serialising. */
    private void loadNewMmCr3(Code c, Expr needFlush, Local nextTlbGen) {
        c.as("if (need_flush)");
        c.when(needFlush, () -> flush(c, nextTlbGen), () -> writeCr3(c, "CR3_NOFLUSH"));
    }

    private void flush(Code c, Local nextTlbGen) {
        s.never.here(c, FLUSHES);
        c.as("ctxs[asid].tlb_gen = next_tlb_gen").store(s.ctxTlbGen, nextTlbGen);
        writeCr3(c, "");
        c.atomically(() -> s.forget(c));
    }

    private void writeCr3(Code c, String flags) {
        c.as("write_cr3(" + flags + ")").mb();
        c.as("CR3 = next").set(s.cr3.get(), A);
    }

    /**
     * {@return what one instruction of a program reads from A: where the page is, the cached
     * translation says, or else a walk of the page table}
     */
    Local read(Code c, String text, Variable page) {
        var value = c.local("value");
        c.withoutInterrupts(() -> {
            var cached = c.as("look up the TLB").let("cached", s.tlb.get());
            c.as("if (it misses)");
            c.when(cached.eq(NONE), () -> walk(c, cached));
            c.as(text).loadTo(value, page, cached.minus(OLD));
        });
        return value;
    }

    private void walk(Code c, Local cached) {
        c.as("walk the page table").loadTo(cached, s.pte);
        c.as("fill the TLB").set(s.tlb.get(), cached);
    }
}
