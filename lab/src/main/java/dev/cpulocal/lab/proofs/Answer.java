// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.proofs;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Local;

/**
 * What a call answers, in registers.
 *
 * <p>{@link dev.cpulocal.Result} packs code and value into a long; here they are two small numbers,
 * which keeps states small.
 *
 * @param code 0 if it committed, else why not
 * @param value what it returned if it committed
 */
record Answer(Local code, Local value) {

    static final int COMMITTED = 0;
    static final int OUT_OF_RANGE = -1;
    private static final int UNEQUAL = -2;

    /** {@return the code of leaving at a comparison, counted from 0} */
    static int unequal(int comparison) {
        return UNEQUAL - comparison;
    }

    /** {@return whether the call committed} */
    Expr committed() {
        return code.eq(COMMITTED);
    }

    /** {@return whether it left at a comparison} */
    Expr isUnequal() {
        return code.le(UNEQUAL);
    }
}
