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
     * The kernel thread has CR3 of the process: CPU 1 walks its page table.
     *
     * Left out: walks with interrupts disabled, which find what those before and after them find.
     */

    private final TlbState state;
    private final FlushMm flusher;
    private final PageWalk walk;

    /** Adds the mm, and what CPU 1 knows of it, to a model. */
    FreedTable(Model.Builder m, Set<Change> changes, Never never) {
        state = new TlbState(m, changes, A, true, never);
        walk =
                new PageWalk(
                        m,
                        task -> task.number() == 0 ? null : state.cr3.get().eq(A),
                        state.pmd,
                        state.tableCache,
                        never);
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
                                table.walk.unhook(c, "pmd_clear(pmd)");
                                table.flush(c);
                                table.walk.free(c);
                            });
                    table.comesBack(m);
                });
    }

    /* ------------------------- CPU 0 ------------------------- */

    /** {@return who walks the page table} */
    PageWalk walk() {
        return walk;
    }

    /** Makes all CPUs forget where the page table is. */
    void flush(Code c) {
        flusher.flushTlbMmRange(c, true);
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
}
