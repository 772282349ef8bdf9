// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rcu;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Never;

/** A reader of liburcu that ends, and a writer that goes to sleep until it does. */
final class WakeUp {

    /*
     * The writer says in the futex that it will sleep, looks at the reader once more, and sleeps if
     * the futex still says so: the kernel looks at it again. The reader says that it has ended,
     * looks at the futex, and wakes the writer. That the writer sleeps is a ghost; when both have
     * come to their ends, it must have been woken.
     */

    /** How the reader stores that it has ended, before it looks at the futex. */
    enum Store {
        /** A store, and cmm_smp_mb(). */
        FENCE,
        /** A sequentially consistent store as x86 has it: xchg. */
        SEQ_CST_XCHG,
        /**
         * A sequentially consistent store as Arm has it, and RISC-V for loads that are none: STLR.
         */
        SEQ_CST_RELEASE,
        /** A store. */
        PLAIN
    }

    /** A step that a model may say is never taken. */
    static final String SLEEPS = "the writer sleeps";

    private static final long WAITING = -1;
    private static final int WINDOW = 16;

    private final Store store;
    private final Never never;
    private final Variable ctr;
    private final Variable futex;
    private final Variable sleeps;
    private final Variable woken;

    WakeUp(Model.Builder m, Store store, Never never) {
        this.store = store;
        this.never = never;
        ctr = m.shared("reader.ctr", 1);
        futex = m.shared("futex", 0);
        sleeps = m.ghost("sleeps", 0);
        woken = m.ghost("woken", 0);
        m.window(WINDOW);
        m.task("reader", 0, c -> c.call("rcu_read_unlock", () -> readUnlock(c)));
        m.task("writer", 1, c -> c.call("wait_for_readers", () -> waitForReaders(c)));
        m.atEnd("a writer that sleeps is woken", sleeps.get().le(woken.get()));
    }

    private void readUnlock(Code c) {
        c.as("cmm_smp_mb()").mb();
        switch (store) {
            case FENCE -> {
                c.as("reader.ctr = 0").store(ctr, 0);
                c.as("cmm_smp_mb()").mb();
            }
            case SEQ_CST_XCHG -> c.as("store(&reader.ctr, 0, seq_cst) /* xchg */").exchange(ctr, 0);
            case SEQ_CST_RELEASE ->
                    c.as("store(&reader.ctr, 0, seq_cst) /* stlr */").storeRelease(ctr, 0);
            case PLAIN -> c.as("reader.ctr = 0").store(ctr, 0);
        }
        c.call("wake_up_gp", () -> wakeUp(c));
    }

    private void wakeUp(Code c) {
        var waiting = c.as("futex").load(futex);
        c.as("if (futex == -1)");
        c.when(
                waiting.eq(WAITING),
                () -> {
                    c.as("futex = 0").store(futex, 0);
                    c.as("futex(FUTEX_WAKE)").set(woken.get(), 1);
                });
    }

    private void waitForReaders(Code c) {
        c.as("uatomic_dec(&futex)").add(futex, WAITING);
        c.as("cmm_smp_mb()").mb();
        var active = c.as("reader.ctr").load(ctr);
        c.as("if (the reader is active)");
        c.when(
                active,
                () -> {
                    var now = c.as("futex(FUTEX_WAIT, -1): futex").load(futex);
                    c.as("if (it is -1)");
                    c.when(
                            now.eq(WAITING),
                            () -> {
                                never.here(c, SLEEPS);
                                c.as("sleep").set(sleeps.get(), 1);
                            });
                });
    }
}
