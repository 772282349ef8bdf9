// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.tlb;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Never;

/**
 * {@code exit_mmap()} on s390: the last thread of a process frees its page tables, while the CPU
 * has them loaded still.
 */
final class ExitMmap {

    /*
     * Control register 1 holds the ASCE, where the page tables of the process begin, also while the
     * kernel runs. IDTE makes all CPUs forget what they have cached by way of an ASCE. One CPU is
     * enough: it is its own walks that matter.
     */

    /** In what order the page tables go. */
    enum Order {
        /** Unhooked, flushed, freed: in batches. */
        FIXED,
        /** One IDTE for all, and then each is unhooked and freed. */
        FLUSHED_FIRST,
        /** The same, with the kernel's own ASCE loaded before. */
        DETACHED_FLUSHED_FIRST
    }

    private static final long KERNEL = 0;
    private static final long MM = 1;

    private final Variable asce;
    private final Variable cached;
    private final PageWalk walk;

    private ExitMmap(Model.Builder m, Never never) {
        asce = m.hardware("ASCE", MM);
        cached = m.hardware("table cached", 1);
        walk = new PageWalk(m, _ -> asce.get().eq(MM), m.shared("pmd", 1), cached, never);
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
                    var kernel = new ExitMmap(m, never);
                    m.task("exit", 0, c -> c.call("exit_mmap", () -> kernel.exit(c, order)));
                });
    }

    private void exit(Code c, Order order) {
        switch (order) {
            case FIXED -> {
                walk.unhook(c, "pmd_clear(pmd)");
                flush(c);
            }
            case FLUSHED_FIRST -> {
                flush(c);
                walk.unhook(c, "pmd_clear(pmd)");
            }
            case DETACHED_FLUSHED_FIRST -> {
                detach(c);
                flush(c);
                walk.unhook(c, "pmd_clear(pmd)");
            }
        }
        walk.free(c);
        c.as("use its page for something else").await(Expr.of(1));
        detach(c);
    }

    private void flush(Code c) {
        c.call("__tlb_flush_mm", () -> c.as("IDTE").set(cached.get(), 0));
    }

    private void detach(Code c) {
        c.as("load the kernel's ASCE").set(asce.get(), KERNEL);
    }
}
