// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;

/**
 * Says of one step that it is never taken. A model that holds proves little if its interesting
 * steps cannot be reached; the same model with such a claim must be violated.
 *
 * @param step the step; empty if nothing is claimed
 */
public record Never(String step) {

    /** Claims nothing. */
    public static final Never NOTHING = new Never("");

    /** Marks the place of a step. */
    public void here(Code c, String name) {
        if (name.equals(step)) {
            c.check("never: " + name, Expr.of(0));
        }
    }
}
