// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.tlb;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Order;
import dev.cpulocal.lab.museum.Ipi;
import dev.cpulocal.lab.museum.Never;
import java.util.List;

/**
 * {@code exit_lazy_flush_tlb()} of powerpc, by which a kernel thread leaves an mm that it has
 * loaded lazily, against the interrupt that has the same done.
 */
final class LeaveLazy {

    /*
     * A kernel thread on CPU 1 is the last user of an mm that it has loaded lazily itself, as
     * happens in exit_mmap(), and leaves the mm before the page tables go. Meanwhile CPU 0 flushes
     * the same mm, and interrupts CPU 1 for it. Both use one function, which swaps active_mm, the
     * context, and the references in several steps.
     */

    /** A step that a model may say is never taken. */
    static final String INTERRUPT_LEAVES = "the interrupt leaves the mm";

    private static final int MM = 0;
    private static final int INIT_MM = 1;

    /** As many events as a CPU here can ever hold back. */
    private static final int WINDOW = 16;

    private final Never never;
    private final Variable activeMm;
    private final Variable mmCount;
    private final Variable loaded;
    private final Ipi ipi;

    private LeaveLazy(Model.Builder m, Never never) {
        this.never = never;
        activeMm = m.shared("active_mm", MM);
        mmCount = m.shareds("mm_count", List.of(2L, 1L));
        loaded = m.hardware("loaded", MM);
        m.window(WINDOW);
        ipi = new Ipi(m, "do_exit_flush_lazy_tlb", 2, c -> exitLazy(c, true));
        m.atEnd(
                "T5: the kernel thread has one reference, to what is loaded",
                Expr.all(
                        mmCount.get(MM).eq(1),
                        mmCount.get(INIT_MM).eq(2),
                        activeMm.get().eq(loaded.get())));
    }

    /**
     * {@return the model}
     *
     * @param name what messages call it
     * @param irqsOff whether the kernel thread has interrupts disabled
     */
    static Model model(String name, boolean irqsOff, Never never) {
        return Model.build(
                name,
                m -> {
                    LeaveLazy kernel = new LeaveLazy(m, never);
                    m.task("flush", 0, c -> kernel.ipi.callAndWait(c, 1));
                    m.task(
                            "kthread",
                            1,
                            c -> {
                                c.as("works").await(Expr.of(1));
                                if (irqsOff) {
                                    c.withoutInterrupts(() -> kernel.exitLazy(c, false));
                                } else {
                                    kernel.exitLazy(c, false);
                                }
                            });
                });
    }

    private void exitLazy(Code c, boolean interrupt) {
        c.call(
                "exit_lazy_flush_tlb",
                () -> {
                    var active = c.as("current->active_mm").load(activeMm);
                    c.as("if (current->active_mm == mm)");
                    c.when(
                            active.eq(MM),
                            () -> {
                                if (interrupt) {
                                    never.here(c, INTERRUPT_LEAVES);
                                }
                                leave(c);
                            });
                });
    }

    private void leave(Code c) {
        c.as("mmgrab_lazy_tlb(&init_mm)").add(mmCount, Expr.of(INIT_MM), Expr.of(1));
        c.as("current->active_mm = &init_mm").store(activeMm, INIT_MM);
        c.as("switch_mm_irqs_off(mm, &init_mm)").set(loaded.get(), INIT_MM);
        var count =
                c.as("mmdrop_lazy_tlb(mm)").fetchAdd(mmCount, Expr.of(MM), Expr.of(-1), Order.FULL);
        c.check("T5: a reference that is dropped is one's own", Expr.of(1).lt(count));
    }
}
