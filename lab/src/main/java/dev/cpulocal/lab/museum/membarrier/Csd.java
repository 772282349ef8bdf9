// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.membarrier;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Order;
import java.util.function.Consumer;

/** An interprocessor interrupt that is answered in memory: {@code csd_lock_wait()}. */
final class Csd {

    private static final long LOCKED = 1;

    private final Variable pending;
    private final Variable flags;
    private final boolean ordered;

    /**
     * Adds the interrupt to a model.
     *
     * @param ordered whether the answer is a release and waiting for it an acquire
     * @param body what the function does
     */
    Csd(Model.Builder m, String name, boolean ordered, Consumer<Code> body) {
        this.ordered = ordered;
        pending = m.hardwares("ipi", 2, 0);
        flags = m.shared("csd->flags", 0);
        Expr here = pending.get(new Expr.Cpu());
        m.interrupt(
                name,
                _ -> here,
                c -> {
                    body.accept(c);
                    c.as("end of interrupt").set(here, 0);
                    unlock(c);
                });
    }

    private void unlock(Code c) {
        c.as("csd_unlock(csd)");
        if (ordered) {
            c.storeRelease(flags, 0);
        } else {
            c.store(flags, 0);
        }
    }

    /** Interrupts a CPU, and waits until it has answered. */
    void callAndWait(Code c, int cpu) {
        c.as("csd_lock(csd)").exchange(flags, Expr.of(0), Expr.of(LOCKED), Order.FULL);
        c.as("send IPI to CPU " + cpu).set(pending.get(cpu), 1);
        c.call(
                "csd_lock_wait",
                () -> c.until(() -> (ordered ? c.loadAcquire(flags) : c.load(flags)).eq(0)));
    }
}
