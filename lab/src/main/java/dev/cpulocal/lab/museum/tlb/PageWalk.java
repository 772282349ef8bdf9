// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.tlb;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Model.Handler;
import dev.cpulocal.lab.Model.Task;
import dev.cpulocal.lab.museum.Never;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A CPU that walks a page table, which somebody frees. */
final class PageWalk {

    /*
     * A CPU walks page tables on speculation, whenever it likes, through what is loaded, whether
     * the code that runs uses these addresses or not: a handler that can begin before any line. It
     * goes from the upper level (pmd) to the page table, or straight to the page table if it has
     * cached where that is. What it finds there does not matter once the page of the table is used
     * for something else: it takes any bytes for entries.
     */

    /** A step that a model may say is never taken. */
    static final String WALKED = "the page table is walked";

    private static final long NO_TABLE = 0;

    private final Never never;
    private final Variable pmd;
    private final Variable cached;
    private final Variable freed;
    private final Handler speculation;

    /**
     * Adds the walk, and the upper level of the page table, to a model.
     *
     * @param guard whether the page table is loaded; null for tasks whose CPU never walks
     * @param cached whether the CPU has cached where the page table is
     */
    PageWalk(
            Model.Builder m,
            Function<Task, @Nullable Expr> guard,
            Variable pmd,
            Variable cached,
            Never never) {
        this.never = never;
        this.pmd = pmd;
        this.cached = cached;
        freed = m.ghost("freed", 0);
        speculation = m.handler("speculative page walk", guard, this::walk);
    }

    /** {@return the walk, which can begin before any line} */
    Handler speculation() {
        return speculation;
    }

    /**
     * Takes the page table out of the upper level.
     *
     * @param text what traces call it
     */
    void unhook(Code c, String text) {
        c.as(text).store(pmd, NO_TABLE);
    }

    /** Frees it. */
    void free(Code c) {
        c.as("free the page table").set(freed.get(), 1);
    }

    /** A program uses an address: what an instruction does that no interrupt can divide. */
    void use(Code c) {
        c.call("use an address", () -> c.withoutInterrupts(() -> walk(c)));
    }

    private void walk(Code c) {
        var table = c.as("page table = cached?").let("table", cached.get());
        c.as("if (!cached)");
        c.when(table.eq(NO_TABLE), () -> c.as("page table = *pmd").loadTo(table, pmd));
        c.as("if (there is one)");
        c.when(table.ne(NO_TABLE), () -> read(c));
    }

    private void read(Code c) {
        never.here(c, WALKED);
        c.check("T3: no walk goes through a page table that is freed", freed.get().not());
        c.as("cache it").set(cached.get(), 1);
    }
}
