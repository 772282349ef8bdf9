// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

/**
 * A candidate: everything that happened, which the axioms may allow or not.
 *
 * @param order its events and what is fixed about them
 * @param knowledge where events access, and with what values
 * @param rf which store each load reads from
 * @param co the order of the stores to each place
 */
record Execution(StaticOrder order, Knowledge knowledge, Relation rf, Relation co) {

    /** {@return which stores overwrite what a load reads} */
    Relation fr() {
        return rf.inverse().then(co);
    }

    /** {@return the pairs of events that access the same place} */
    Relation samePlace() {
        return Relation.of(order.frame.size(), knowledge::isSamePlace);
    }
}
