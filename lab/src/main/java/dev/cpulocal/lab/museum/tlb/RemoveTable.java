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
import java.util.Set;

/** {@code tlb_remove_table()}: page tables are collected, flushed, and freed later. */
final class RemoveTable {

    /*
     * The generic code was made for software that walks page tables without a lock, with
     * interrupts disabled: gup_fast(). So it frees a table when no CPU can be in such a walk any
     * more: behind a grace period, or, if there is no memory for a batch, behind an interrupt of
     * all CPUs. That interrupt does nothing. What CPUs have cached of the table it leaves alone;
     * hardware that walks page tables needs a flush before.
     *
     * Whether there is memory is chosen. Left out: the grace period, for a batch is freed behind
     * the flush; and that tlb_flush_mmu() finds nothing to do if all is flushed.
     */

    /** A step that a model may say is never taken. */
    static final String NO_BATCH = "there is no memory for a batch";

    private final FreedTable table;
    private final Set<Change> changes;
    private final Never never;
    private final Variable mmUsers;
    private final Ipi sync;

    private RemoveTable(Model.Builder m, Set<Change> changes, long users, Never never) {
        this.changes = changes;
        this.never = never;
        table = new FreedTable(m, changes, never);
        mmUsers = m.shared("mm_users", users);
        sync = new Ipi(m, "sync ipi", "tlb_remove_table_smp_sync", 2, _ -> {});
    }

    /**
     * {@return the model of a process with two threads}
     *
     * @param name what messages call it
     */
    static Model model(String name, Set<Change> changes, Never never) {
        return Model.build(
                name,
                m -> {
                    var remove = new RemoveTable(m, changes, 2, never);
                    m.task("munmap", 0, remove::munmap);
                    remove.table.comesBack(m);
                });
    }

    /**
     * {@return the model of a process with one thread, which CPU 1 has run before}
     *
     * @param name what messages call it
     */
    static Model alone(String name, Set<Change> changes, Never never) {
        return Model.build(
                name,
                m -> {
                    var remove = new RemoveTable(m, changes, 1, never);
                    m.task("munmap", 0, remove::munmap);
                    remove.table.staysLazy(m);
                });
    }

    private void munmap(Code c) {
        var batched = c.local("batched");
        table.walk().unhook(c, "pmd_clear(pmd)");
        c.call("tlb_remove_table", () -> removeTable(c, batched));
        c.call(
                "tlb_flush_mmu",
                () -> {
                    table.flush(c);
                    c.as("if (there is a batch)");
                    c.when(batched, () -> table.walk().free(c));
                });
    }

    private void removeTable(Code c, Local batched) {
        var done = c.label("done");
        if (changes.contains(Change.FREED_AT_ONCE)) {
            freeIfAlone(c, done);
        }
        var page = c.as("__get_free_page(GFP_NOWAIT | __GFP_NOWARN)").choose("page", 2);
        c.as("batch = page").set(batched, page);
        c.as("if (there is none)");
        c.when(batched.not(), () -> removeOne(c));
        c.place(done);
    }

    private void freeIfAlone(Code c, Label done) {
        var users = c.as("atomic_read(&tlb->mm->mm_users)").load(mmUsers);
        c.as("if (mm_users < 2)");
        c.when(
                users.lt(Expr.of(2)),
                () -> {
                    table.walk().free(c);
                    c.jump(done);
                });
    }

    private void removeOne(Code c) {
        never.here(c, NO_BATCH);
        if (!changes.contains(Change.FREED_WITHOUT_FLUSH)) {
            c.call("tlb_table_invalidate", () -> table.flush(c));
        }
        c.call(
                "tlb_remove_table_one",
                () -> {
                    sync.callAndWait(c, 1);
                    table.walk().free(c);
                });
    }
}
