// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

/**
 * A value, and where it comes from; events are bits.
 *
 * @param value the value
 * @param sources the events of this statement that yield it
 * @param data the loads of earlier statements that it is computed from
 * @param chain the same, and the loads that decided which statements computed it
 */
record Operand(Term value, long sources, long data, long chain) {

    /** {@return a value that comes from nowhere} */
    static Operand of(Term value) {
        return new Operand(value, 0, 0, 0);
    }

    /** {@return a value that one event yields} */
    static Operand of(Term value, int source) {
        return new Operand(value, 1L << source, 0, 0);
    }

    /** {@return another value, that comes from where this one does} */
    Operand with(Term newValue) {
        return new Operand(newValue, sources, data, chain);
    }

    /** {@return the same value, that comes from where another one does too} */
    Operand and(Operand other) {
        return new Operand(value, sources | other.sources, data | other.data, chain | other.chain);
    }
}
