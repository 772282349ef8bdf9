// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.tlb;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Operator;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Ipi;
import dev.cpulocal.lab.museum.Never;

/**
 * {@code switch_mm()} and {@code flush_tlb_mm_range()} of x86 until 2017: no generations, a switch
 * flushes everything, and mm_cpumask alone says whom to interrupt.
 */
final class EarlySwitch {

    /*
     * CPU 1 switches to the mm: it sets its bit in mm_cpumask, loads CR3, and from then on fills
     * its TLB from the page table. CPU 0 changes the page table on behalf of another process, as
     * writing to /proc/pid/mem does, and looks at mm_cpumask. Store buffering:
     *
     *     CPU 1, switch_mm()                     CPU 0
     *     set bit in mm_cpumask                  clear the page table entry
     *     load_cr3(), a full barrier             smp_mb()
     *     walk the page table                    read mm_cpumask
     *
     * The entry is cleared by a plain store, as set_pte() is one. Left out: CPUs that are lazy.
     */

    /** What is different from the code with the fix. */
    enum Order {
        /** Nothing. */
        FIXED,
        /** Before the fix: no barrier between the page table and mm_cpumask on CPU 0. */
        NO_BARRIER_IN_FLUSH,
        /** The bit is set by a plain store, and the page table is walked before load_cr3() ends. */
        NO_BARRIER_IN_SWITCH,
        /** CR3 is loaded before the bit is set. */
        CR3_FIRST
    }

    /** Steps that a model may say are never taken. */
    static final String SKIPPED = "the IPI is skipped";

    static final String SENT = "the IPI is sent";

    private static final long NONE = 0;
    private static final long OLD = 1;
    private static final long GONE = 2;
    private static final long CPU_1 = 1 << 1;

    private final Order order;
    private final Never never;
    private final Variable pte;
    private final Variable cpumask;
    private final Variable tlb;
    private final Variable flushed;
    private final Ipi ipi;

    private EarlySwitch(Model.Builder m, Order order, Never never) {
        this.order = order;
        this.never = never;
        pte = m.shared("pte", OLD);
        cpumask = m.shared("mm_cpumask", 0);
        tlb = m.hardware("tlb", NONE);
        flushed = m.ghost("flushed", 0);
        ipi = new Ipi(m, "flush_tlb_func", 2, c -> c.as("local_flush_tlb()").set(tlb.get(), NONE));
        m.always(
                "T2: behind flush_tlb_mm_range() nobody has the old page",
                flushed.get().isTrue().and(tlb.get().eq(OLD)).not());
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
                    EarlySwitch kernel = new EarlySwitch(m, order, never);
                    m.task("other process", 0, kernel::unmap);
                    var before = m.background("process before", 1);
                    var thread = m.waitingTask("thread");
                    before.runs(c ->
                            c.withoutInterrupts(() -> {
                                kernel.switchMm(c);
                                c.switchTo(thread.id());
                            }));
                    thread.runs(kernel::use);
                });
    }

    private void unmap(Code c) {
        c.as("pte_clear(pte)").store(pte, GONE);
        c.call("flush_tlb_mm_range", () -> flushTlbMmRange(c));
        c.as("return").set(flushed.get(), 1);
    }

    private void flushTlbMmRange(Code c) {
        if (order != Order.NO_BARRIER_IN_FLUSH) {
            c.as("smp_mb() /* Synchronize with switch_mm. */").mb();
        }
        var mask = c.as("cpumask_any_but(mm_cpumask(mm), cpu)").load(cpumask);
        c.as("if (any)");
        c.when(mask.and(CPU_1), () -> interrupt(c), () -> never.here(c, SKIPPED));
    }

    private void interrupt(Code c) {
        never.here(c, SENT);
        ipi.callAndWait(c, 1);
    }

    private void switchMm(Code c) {
        c.call(
                "switch_mm",
                () -> {
                    switch (order) {
                        case FIXED, NO_BARRIER_IN_FLUSH -> {
                            setBit(c);
                            loadCr3(c);
                        }
                        case CR3_FIRST -> {
                            loadCr3(c);
                            walk(c);
                            setBit(c);
                        }
                        case NO_BARRIER_IN_SWITCH -> {
                            c.as("__cpumask_set_cpu(cpu, mm_cpumask(next))").store(cpumask, CPU_1);
                            walk(c);
                            loadCr3(c);
                        }
                    }
                });
    }

    private void setBit(Code c) {
        c.as("cpumask_set_cpu(cpu, mm_cpumask(next))")
                .fetch(Operator.OR, cpumask, Expr.of(0), Expr.of(CPU_1));
    }

    private static void loadCr3(Code c) {
        c.as("load_cr3(next->pgd)").mb();
    }

    private void use(Code c) {
        c.withoutInterrupts(() -> {
            var cached = c.as("look up the TLB").let("cached", tlb.get());
            c.as("if (it misses)");
            c.when(cached.eq(NONE), () -> walk(c));
        });
        c.as("go on").await(Expr.of(1));
    }

    private void walk(Code c) {
        var found = c.as("walk the page table").load(pte);
        c.as("fill the TLB").set(tlb.get(), found);
    }
}
