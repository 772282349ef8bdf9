// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.proofs;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;

/** What is given for a parameter of a sequence. */
sealed interface Argument {

    /** A number. */
    record Scalar(Expr value) implements Argument {}

    /** An item, by its name. */
    record Item(String name) implements Argument {}

    /**
     * Memory of the caller.
     *
     * @param cells the cells, an element each
     * @param cellBytes the size of each
     */
    record Segment(Variable cells, int cellBytes) implements Argument {}

    static Argument of(long value) {
        return new Scalar(Expr.of(value));
    }

    static Argument of(Expr value) {
        return new Scalar(value);
    }

    static Argument item(String name) {
        return new Item(name);
    }
}
