// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import dev.cpulocal.lab.Expr.Operator;

/** An expression of C. What the kernel's functions do to memory is part of it. */
sealed interface Expression {

    /**
     * A number.
     *
     * @param value the number
     */
    record Literal(int value) implements Expression {}

    /**
     * A local variable or a parameter.
     *
     * @param name its name
     */
    record Variable(String name) implements Expression {}

    /**
     * Arithmetic.
     *
     * @param operator the operator
     * @param left its left operand
     * @param right its right operand
     */
    record Binary(Operator operator, Expression left, Expression right) implements Expression {}

    /**
     * A load.
     *
     * @param address from where
     * @param tag how it is marked
     */
    record Load(Expression address, Tag tag) implements Expression {}

    /**
     * The old value; the new one is stored.
     *
     * @param address where
     * @param value the new value
     * @param tag its order
     */
    record Exchange(Expression address, Expression value, Tag tag) implements Expression {}

    /**
     * The old value; if it is as expected, a new one is stored.
     *
     * @param address where
     * @param expected the value that is expected
     * @param value the new value
     * @param tag its order if it stores; else it has none
     */
    record CompareExchange(Expression address, Expression expected, Expression value, Tag tag)
            implements Expression {}

    /**
     * Arithmetic in memory.
     *
     * @param address where
     * @param operator the operator
     * @param operand its right operand
     * @param tag its order
     * @param updated whether it is worth the new value, not the old one
     */
    record Fetch(
            Expression address, Operator operator, Expression operand, Tag tag, boolean updated)
            implements Expression {}

    /**
     * 1 after an addition, 0 if the old value forbids it.
     *
     * @param address where
     * @param addend what is added
     * @param forbidden the old value that forbids it
     * @param tag its order if it stores
     */
    record AddUnless(Expression address, Expression addend, Expression forbidden, Tag tag)
            implements Expression {}

    /**
     * 1 after it took a lock, 0 if the lock was taken.
     *
     * @param address the lock
     */
    record TryLock(Expression address) implements Expression {}

    /**
     * Whether a lock is taken.
     *
     * @param address the lock
     */
    record IsLocked(Expression address) implements Expression {}
}
