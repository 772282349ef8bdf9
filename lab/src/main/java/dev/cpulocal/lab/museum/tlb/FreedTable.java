// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.tlb;

import static dev.cpulocal.lab.museum.tlb.TlbState.A;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
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

    private FreedTable() {}

    /**
     * {@return the model}
     *
     * @param name what messages call it
     */
    static Model model(String name, Set<Change> changes, Never never) {
        return Model.build(name, m -> describe(m, changes, never));
    }

    private static void describe(Model.Builder m, Set<Change> changes, Never never) {
        var freed = m.ghost("freed", 0);
        var state = new TlbState(m, changes, A, true, never);
        m.handler(
                "speculative page walk",
                task -> task.number() == 0 ? null : state.cr3.get().eq(A),
                c -> walk(c, state, freed.get()));
        var flusher = new FlushMm(m, state);
        m.task("munmap", 0)
                .runs(c -> {
                    c.as("pmd_clear(pmd)").store(state.pmd, NO_TABLE);
                    flusher.flushTlbMmRange(c, true);
                    c.as("free the page table").set(freed.get(), 1);
                });
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

    private static void walk(Code c, TlbState state, Expr freed) {
        var table = c.as("page table = cached?").let("table", state.tableCache.get());
        c.as("if (!cached)");
        c.when(table.eq(NO_TABLE), () -> c.as("page table = *pmd").loadTo(table, state.pmd));
        c.as("if (there is one)");
        c.when(table.ne(NO_TABLE), () -> read(c, state, freed));
    }

    private static void read(Code c, TlbState state, Expr freed) {
        state.never.here(c, WALKED);
        c.check("T3: no walk goes through a page table that is freed", freed.not());
        c.as("cache it").set(state.tableCache.get(), 1);
    }
}
