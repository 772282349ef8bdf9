// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.opv;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Never;
import java.util.stream.IntStream;

/** Callers of {@code cpu_opv()} that map pages into the kernel's address space. */
final class Budget {

    /*
     * Each caller maps two pages, one after the other, executes its vector, and gives both back.
     * The kernel can spare the address space of three.
     */

    /** What limits them. */
    enum Gate {
        /** Nothing. */
        NONE,
        /** One caller at a time. */
        MUTEX,
        /** A budget, of which each takes what it will need before it maps anything. */
        AT_ONCE,
        /** A budget, of which each takes as it goes. */
        PIECEMEAL
    }

    /** A step that a model may say is never taken. */
    static final String MAPPED = "a caller has mapped its pages";

    private static final int CALLERS = 3;
    private static final long PAGES = 2;
    private static final long SPARE = 3;

    private final Gate gate;
    private final Never never;
    private final Variable mapped;
    private final Variable budget;
    private final Variable mutex;

    Budget(Model.Builder m, Gate gate, Never never) {
        this.gate = gate;
        this.never = never;
        mapped = m.hardwares("pages mapped", CALLERS, 0);
        budget = m.hardware("budget", SPARE);
        mutex = m.hardware("mutex", 0);
        for (int caller = 0; caller < CALLERS; caller++) {
            Expr mine = mapped.get(caller);
            m.task("caller " + caller, caller, c -> c.call("cpu_opv", () -> cpuOpv(c, mine)));
        }
        m.always("a call maps no more than its own pages", each());
        m.always("all calls together map no more than can be spared", sum().le(SPARE));
    }

    private Expr each() {
        return Expr.all(
                IntStream.range(0, CALLERS)
                        .mapToObj(caller -> mapped.get(caller).le(PAGES))
                        .toArray(Expr[]::new));
    }

    private Expr sum() {
        return IntStream.range(0, CALLERS).mapToObj(mapped::get).reduce(Expr.of(0), Expr::plus);
    }

    private void cpuOpv(Code c, Expr mine) {
        switch (gate) {
            case NONE, PIECEMEAL -> {}
            case MUTEX ->
                    c.atomically(() -> {
                        c.as("mutex_lock()").await(mutex.get().not());
                        c.set(mutex.get(), 1);
                    });
            case AT_ONCE -> take(c, PAGES);
        }
        for (int page = 0; page < PAGES; page++) {
            if (gate == Gate.PIECEMEAL) {
                take(c, 1);
            }
            c.as("vm_map_ram(page " + page + ")").set(mine, mine.plus(1));
        }
        never.here(c, MAPPED);
        c.as("execute the vector; vm_unmap_ram()").set(mine, 0);
        switch (gate) {
            case NONE -> {}
            case MUTEX -> c.as("mutex_unlock()").set(mutex.get(), 0);
            case AT_ONCE, PIECEMEAL ->
                    c.as("give it back").set(budget.get(), budget.get().plus(PAGES));
        }
    }

    private void take(Code c, long pages) {
        c.atomically(() -> {
            c.as("wait for " + pages + " of the budget");
            c.await(Expr.of(pages).le(budget.get()));
            c.as("take it").set(budget.get(), budget.get().minus(pages));
        });
    }
}
