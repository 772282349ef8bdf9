// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.tlb;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Ipi;
import dev.cpulocal.lab.museum.Never;

/**
 * {@code mremap()} on CPU 0 moves a page from one address to another; CPU 2 frees the page, which
 * it finds at the new address; CPU 1 has the translation of the old address cached.
 */
final class MovedPage {

    /*
     * Who frees a page takes it out of the page table, flushes what may be cached of that address,
     * and then frees it. That is enough as long as no other address leads to it. mremap() makes one
     * that does, for as long as the old address is not flushed; what keeps others from finding the
     * page at the new address is the lock of the page table. The lock is hardware state, and taking
     * and releasing it full barriers: no memory order is at issue.
     */

    /** When the old address is flushed. */
    enum Flush {
        /** Before the lock is released. */
        BEFORE_UNLOCK,
        /** Behind that. */
        BEHIND_UNLOCK
    }

    /** A step that a model may say is never taken. */
    static final String FREED = "the page is freed at the new address";

    private final Flush flush;
    private final Never never;
    private final Variable lock;
    private final Variable newPte;
    private final Variable oldCached;
    private final Variable freed;
    private final Ipi ipi;

    private MovedPage(Model.Builder m, Flush flush, Never never) {
        this.flush = flush;
        this.never = never;
        lock = m.hardware("ptl", 0);
        newPte = m.shared("new pte", 0);
        oldCached = m.hardware("tlb[old address]", 1);
        freed = m.ghost("freed", 0);
        ipi =
                new Ipi(
                        m,
                        "flush_tlb_func",
                        3,
                        c -> c.as("flush the old address").set(oldCached.get(), 0));
    }

    /**
     * {@return the model}
     *
     * @param name what messages call it
     */
    static Model model(String name, Flush flush, Never never) {
        return Model.build(
                name,
                m -> {
                    MovedPage kernel = new MovedPage(m, flush, never);
                    m.task("mremap", 0, kernel::mremap);
                    m.task("user", 1, kernel::use);
                    m.task("truncate", 2, kernel::truncate);
                });
    }

    private void mremap(Code c) {
        c.call(
                "move_ptes",
                () -> {
                    lock(c);
                    c.as("set_pte_at(new_pte, ptep_get_and_clear(old_pte))").store(newPte, 1);
                    if (flush == Flush.BEFORE_UNLOCK) {
                        flushOld(c);
                    }
                    unlock(c);
                    if (flush == Flush.BEHIND_UNLOCK) {
                        flushOld(c);
                    }
                });
    }

    private void flushOld(Code c) {
        c.call("flush_tlb_range", () -> ipi.callAndWait(c, 1));
    }

    private void truncate(Code c) {
        c.call(
                "zap_pte_range",
                () -> {
                    lock(c);
                    var pte = c.as("pte = *new_pte").load(newPte);
                    c.as("if (there is a page)");
                    c.when(pte, () -> free(c), () -> unlock(c));
                });
    }

    private void free(Code c) {
        c.as("clear it").store(newPte, 0);
        unlock(c);
        c.as("flush the new address, which nobody has cached").mb();
        never.here(c, FREED);
        c.as("free the page").set(freed.get(), 1);
    }

    private void use(Code c) {
        c.as("runs").await(Expr.of(1));
        var cached = c.local("cached");
        c.atomically(() -> {
            c.as("use the old address").set(cached, oldCached.get());
            c.check(
                    "T2: no address leads to a page that is freed",
                    cached.not().or(freed.get().not()));
        });
    }

    private void lock(Code c) {
        c.atomically(() -> {
            c.as("wait").await(lock.get().not());
            c.as("spin_lock(ptl)").set(lock.get(), 1);
        });
        c.as("smp_mb()").mb();
    }

    private void unlock(Code c) {
        c.as("smp_mb()").mb();
        c.as("spin_unlock(ptl)").set(lock.get(), 0);
    }
}
