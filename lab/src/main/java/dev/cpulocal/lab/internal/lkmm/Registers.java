// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import java.util.HashMap;
import java.util.Map;

/** The variables of a thread on one path, with the loads that what they hold depends on. */
final class Registers {

    /*
     * A dependency goes from a load through any number of variables. There are two kinds. What is
     * computed from a loaded value depends on it by data. What is assigned in a branch depends on
     * the condition as well, whatever is assigned; only a later condition takes notice of that.
     */

    private final Map<String, Operand> values = new HashMap<>();
    private long branch;
    private long read;

    /** Gives a variable what it holds at first. */
    void initialize(String name, Term value) {
        values.put(name, Operand.of(value));
    }

    /** {@return what a variable holds; 0 if nothing was assigned} */
    Operand read(String name) {
        Operand held = values.getOrDefault(name, Operand.of(Term.Constant.ZERO));
        Operand result = new Operand(held.value(), 0, held.data(), held.chain() | branch);
        read |= result.chain();
        return result;
    }

    /**
     * Assigns.
     *
     * @param name the variable
     * @param value what
     * @param loads those of its sources that are loads
     */
    void write(String name, Operand value, long loads) {
        values.put(
                name,
                new Operand(
                        value.value(), 0, value.data() | loads, value.chain() | loads | branch));
    }

    /** Forgets what has been read, as a condition begins. */
    void beginCondition() {
        read = 0;
    }

    /** {@return the loads that variables depend on which the condition has read} */
    long conditionChain() {
        return read;
    }

    /** {@return the loads that this branch depends on so far, through variables} */
    long branch() {
        return branch;
    }

    /** Enters or leaves a branch. */
    void setBranch(long newBranch) {
        branch = newBranch;
    }

    /** {@return what all variables hold} */
    Map<String, Term> terms() {
        Map<String, Term> terms = new HashMap<>();
        values.forEach((name, operand) -> terms.put(name, operand.value()));
        return terms;
    }
}
