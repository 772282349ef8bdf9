// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.opv;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr.Label;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Never;

/** A vector with a comparison that can fail, and an addition. */
final class Comparison {

    /*
     * The caller prepares the vector from a value that somebody else changes or not before the
     * vector is executed. What is executed is atomic, so nothing is shared here but that.
     */

    /** The order of operations in the vector. */
    enum Vector {
        /** Comparison, addition. */
        COMPARE_FIRST,
        /** Addition, comparison. */
        ADD_FIRST
    }

    /** A step that a model may say is never taken. */
    static final String FAILS = "the comparison fails";

    private final Vector vector;
    private final Never never;
    private final Variable version;
    private final Variable sum;

    Comparison(Model.Builder m, Vector vector, Never never) {
        this.vector = vector;
        this.never = never;
        version = m.hardware("version", 0);
        sum = m.hardware("sum", 0);
        m.task("caller", 0, this::caller);
        m.task("other", 1, c -> c.as("version = 1").set(version.get(), 1));
    }

    private void caller(Code c) {
        var prepared = c.as("prepare: version").let("prepared", version.get());
        var fails = c.label("-EAGAIN");
        var done = c.label("done");
        c.call(
                "cpu_opv",
                () -> {
                    c.atomically(() -> {
                        if (vector == Vector.ADD_FIRST) {
                            add(c);
                        }
                        var same = c.as("compare version").let("same", version.get().eq(prepared));
                        c.as("if (it is another) return").jumpIf(same.not(), fails);
                        if (vector == Vector.COMPARE_FIRST) {
                            add(c);
                        }
                    });
                    c.jump(done);
                });
        failed(c, fails);
        c.place(done);
    }

    private void add(Code c) {
        c.as("add to the sum").set(sum.get(), sum.get().plus(1));
    }

    private void failed(Code c, Label fails) {
        c.place(fails);
        never.here(c, FAILS);
        c.check("a vector that fails has changed nothing", sum.get().not());
    }
}
