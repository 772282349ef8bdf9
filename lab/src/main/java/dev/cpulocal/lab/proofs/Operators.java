// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.proofs;

import dev.cpulocal.Op;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Operator;

/** The operators and conditions of ops, as those of expressions. */
final class Operators {

    private Operators() {}

    static Operator of(Op.Operator operator) {
        return switch (operator) {
            case ADD -> Operator.ADD;
            case SUBTRACT -> Operator.SUBTRACT;
            case AND -> Operator.AND;
            case OR -> Operator.OR;
            case XOR -> Operator.XOR;
            case SHIFT_LEFT -> Operator.SHIFT_LEFT;
            case SHIFT_RIGHT -> Operator.SHIFT_RIGHT;
        };
    }

    static Expr test(Op.Condition condition, Expr left, Expr right) {
        return switch (condition) {
            case EQUAL -> left.eq(right);
            case NOT_EQUAL -> left.ne(right);
            case BELOW -> left.with(Operator.BELOW, right);
            case ABOVE -> right.with(Operator.BELOW, left);
        };
    }
}
