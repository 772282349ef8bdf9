// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import dev.cpulocal.lab.Expr.Operator;

/** A value on one path of a thread, in terms of what the thread's loads read. */
sealed interface Term {

    /**
     * A number or an address.
     *
     * @param value as {@link Words} have it
     */
    record Constant(long value) implements Term {
        /** The default. */
        static final Term ZERO = new Constant(0);

        /** What a comparison is worth if it holds. */
        static final Term ONE = new Constant(1);
    }

    /**
     * What a load reads.
     *
     * @param event the number of the load in its path
     */
    record Loaded(int event) implements Term {}

    /**
     * Arithmetic.
     *
     * @param operator the operator
     * @param left its left operand
     * @param right its right operand
     */
    record Binary(Operator operator, Term left, Term right) implements Term {}

    /**
     * {@return the result of an operator, as far as it is known} An operation that is undefined is
     * left for the execution that comes to it.
     */
    static Term of(Operator operator, Term left, Term right) {
        if (left instanceof Loaded && left.equals(right)) {
            switch (operator) {
                case XOR, NOT_EQUAL -> {
                    return Constant.ZERO;
                }
                case EQUAL -> {
                    return Constant.ONE;
                }
                default -> {}
            }
        }
        Term term = new Binary(operator, left, right);
        if (left instanceof Constant && right instanceof Constant) {
            try {
                return new Constant(term.value(new long[0], 0));
            } catch (Words.Undefined e) {
                return term;
            }
        }
        return term;
    }

    /**
     * {@return the value, or {@link Words#UNKNOWN}}
     *
     * @param values what events read or store
     * @param base the number of the path's first event
     * @throws Words.Undefined if there is no such value
     */
    default long value(long[] values, int base) {
        return switch (this) {
            case Constant(long value) -> value;
            case Loaded(int event) -> values[base + event];
            case Binary(Operator operator, Term left, Term right) -> {
                long a = left.value(values, base);
                long b = right.value(values, base);
                yield a == Words.UNKNOWN || b == Words.UNKNOWN
                        ? Words.UNKNOWN
                        : Words.apply(operator, a, b);
            }
        };
    }
}
