// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.membarrier;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;

/** What the two sides do to x and y, with membarrier() between on CPU 0 and nothing on CPU 1. */
final class Accesses {

    private static final long NOT_READ = 2;

    private final Variable x;
    private final Variable y;
    private final Variable r1;
    private final Variable r2;

    Accesses(Model.Builder m) {
        x = m.shared("x", 0);
        y = m.shared("y", 0);
        r1 = m.ghost("r1", NOT_READ);
        r2 = m.ghost("r2", NOT_READ);
    }

    /** CPU 0's, before it calls membarrier(). */
    void before(Code c, Pattern pattern) {
        switch (pattern) {
            case FLAGS -> c.store(x, 1);
            case MESSAGE -> read(c, r2, y);
            case RING -> keep(c, r2, c.as("r2 = smp_load_acquire(&y)").loadAcquire(y));
        }
    }

    /** CPU 0's, after that. */
    void after(Code c, Pattern pattern) {
        switch (pattern) {
            case FLAGS -> read(c, r2, y);
            case MESSAGE, RING -> read(c, r1, x);
        }
    }

    /** CPU 1's. */
    void reader(Code c, Pattern pattern) {
        switch (pattern) {
            case FLAGS -> {
                c.store(y, 1);
                read(c, r1, x);
            }
            case MESSAGE -> {
                c.store(x, 1);
                c.store(y, 1);
            }
            case RING -> {
                c.store(x, 1);
                c.as("smp_store_release(&y, 1)").storeRelease(y, 1);
            }
        }
    }

    private static void read(Code c, Variable to, Variable from) {
        keep(c, to, c.as(to + " = " + from).load(from));
    }

    private static void keep(Code c, Variable to, Local value) {
        c.as("so " + to + " is").set(to.get(), value);
    }

    /** Says what must come of it, where a condition holds. */
    void expect(Model.Builder m, Pattern pattern, Expr where) {
        if (pattern == Pattern.FLAGS) {
            m.atEnd("I2: not (r1 == 0 && r2 == 0)", where.not().or(r1.get().or(r2.get()).isTrue()));
        } else {
            m.atEnd(
                    "I2: not (r2 == 1 && r1 == 0)",
                    where.not().or(r2.get().ne(1)).or(r1.get().isTrue()));
        }
    }
}
