// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

/** The demands that the model makes on an execution. */
enum Axiom {
    /** All accesses to one place agree with its order of stores and with program order. */
    COHERENCE,
    /** No foreign store comes between the load and the store of an atomic operation. */
    ATOMICITY,
    /** Nothing happens before itself. */
    HAPPENS_BEFORE,
    /** Nothing propagates everywhere before itself. */
    PROPAGATION,
    /** No critical section spans a grace period. */
    RCU,
    /** Plain accesses that cannot race agree with the order of stores. */
    PLAIN_COHERENCE
}
