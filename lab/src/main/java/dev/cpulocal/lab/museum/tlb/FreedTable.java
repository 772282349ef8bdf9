// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.tlb;

import static dev.cpulocal.lab.museum.tlb.TlbState.A;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Never;
import java.util.Set;

/**
 * A process unmaps memory and frees the page table of it, while a CPU runs a kernel thread with the
 * mm of that process still loaded.
 */
final class FreedTable {

    /*
     * A CPU walks page tables on speculation, whenever it likes, by the CR3 that is loaded, whether
     * the code that runs uses these addresses or not: a handler that can begin before any line. It
     * goes from the upper level (pmd) to the page table, or straight to the page table if it has
     * cached where that is. What it finds there does not matter once the page of the table is used
     * for something else: it takes any bytes for entries.
     *
     * Left out: walks with interrupts disabled, which find what those before and after them find.
     */

    /** A step that a model may say is never taken. */
    static final String WALKED = "the page table is walked";

    private static final long NO_TABLE = 0;

    private final TlbState state;
    private final FlushMm flusher;
    private final Variable freed;

    /** Adds the mm, and what CPU 1 knows of it, to a model. */
    FreedTable(Model.Builder m, Set<Change> changes, Never never) {
        freed = m.ghost("freed", 0);
        state = new TlbState(m, changes, A, true, never);
        m.handler(
                "speculative page walk",
                task -> task.number() == 0 ? null : state.cr3.get().eq(A),
                this::walk);
        flusher = new FlushMm(m, state);
    }

    /**
     * {@return the model}
     *
     * @param name what messages call it
     */
    static Model model(String name, Set<Change> changes, Never never) {
        return Model.build(
                name,
                m -> {
                    var table = new FreedTable(m, changes, never);
                    m.task(
                            "munmap",
                            0,
                            c -> {
                                table.unhook(c);
                                table.flush(c);
                                table.free(c);
                            });
                    table.comesBack(m);
                });
    }

    /* ------------------------- CPU 0 ------------------------- */

    /** Takes the page table out of the upper level. */
    void unhook(Code c) {
        c.as("pmd_clear(pmd)").store(state.pmd, NO_TABLE);
    }

    /** Makes all CPUs forget where it is. */
    void flush(Code c) {
        flusher.flushTlbMmRange(c, true);
    }

    /** Frees it. */
    void free(Code c) {
        c.as("free the page table").set(freed.get(), 1);
    }

    /* ------------------------- CPU 1 ------------------------- */

    /** Makes CPU 1 run a kernel thread, and then a thread of the process. */
    void comesBack(Model.Builder m) {
        var kthread = m.background("kthread", 1);
        var thread = m.waitingTask("thread");
        kthread.runs(c -> {
            c.as("works").await(Expr.of(1));
            c.withoutInterrupts(() -> {
                new SwitchMm(state).switchTo(c);
                c.switchTo(thread.id());
            });
        });
        thread.runs(c -> c.as("run").let("running", Expr.of(1)));
    }

    /** Makes CPU 1 run a kernel thread for ever. */
    void staysLazy(Model.Builder m) {
        m.background("kthread", 1).runs(c -> c.forever(() -> c.as("works").await(Expr.of(1))));
    }

    private void walk(Code c) {
        var table = c.as("page table = cached?").let("table", state.tableCache.get());
        c.as("if (!cached)");
        c.when(table.eq(NO_TABLE), () -> c.as("page table = *pmd").loadTo(table, state.pmd));
        c.as("if (there is one)");
        c.when(table.ne(NO_TABLE), () -> read(c));
    }

    private void read(Code c) {
        state.never.here(c, WALKED);
        c.check("T3: no walk goes through a page table that is freed", freed.get().not());
        c.as("cache it").set(state.tableCache.get(), 1);
    }
}
