// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.membarrier;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
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
        if (pattern == Pattern.FLAGS) {
            c.store(x, 1);
        } else {
            read(c, r2, y);
        }
    }

    /** CPU 0's, after that. */
    void after(Code c, Pattern pattern) {
        if (pattern == Pattern.FLAGS) {
            read(c, r2, y);
        } else {
            read(c, r1, x);
        }
    }

    /** CPU 1's. */
    void reader(Code c, Pattern pattern) {
        if (pattern == Pattern.FLAGS) {
            c.store(y, 1);
            read(c, r1, x);
        } else {
            c.store(x, 1);
            c.store(y, 1);
        }
    }

    private static void read(Code c, Variable to, Variable from) {
        var value = c.as(to + " = " + from).load(from);
        c.as("so " + to + " is").set(to.get(), value);
    }

    /** Says what must come of it, where a condition holds. */
    void expect(Model.Builder m, Pattern pattern, Expr where) {
        if (pattern == Pattern.FLAGS) {
            m.atEnd("not (r1 == 0 && r2 == 0)", where.not().or(r1.get().or(r2.get()).isTrue()));
        } else {
            m.atEnd(
                    "not (r2 == 1 && r1 == 0)",
                    where.not().or(r2.get().ne(1)).or(r1.get().isTrue()));
        }
    }
}
