// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A 64-bit number computed from what a task, a CPU or, in a property, anybody can see. Conditions
 * are numbers too: 0 is false, everything else true.
 */
public sealed interface Expr {

    /** A number. */
    record Constant(long value) implements Expr {
        @Override
        public String toString() {
            return Long.toString(value);
        }
    }

    /**
     * A local variable of a task: a register.
     *
     * @param index its number in the task
     * @param name its name in traces
     */
    record Local(int index, String name) implements Expr {
        @Override
        public String toString() {
            return name;
        }
    }

    /**
     * The state of hardware, or a ghost variable: read at once, in no memory.
     *
     * @param variable which
     * @param index which element
     */
    record Hardware(Variable variable, Expr index) implements Expr {
        @Override
        public String toString() {
            return variable.describe(index);
        }
    }

    /**
     * What is in memory, whatever CPUs still hold back. Only properties can see it so; programs
     * load.
     *
     * @param variable which
     * @param index which element
     */
    record Memory(Variable variable, Expr index) implements Expr {
        @Override
        public String toString() {
            return variable.describe(index);
        }
    }

    /** The number of the CPU that executes this. */
    record Cpu() implements Expr {
        @Override
        public String toString() {
            return "cpu";
        }
    }

    /** The number of the task that executes this. */
    record Self() implements Expr {
        @Override
        public String toString() {
            return "current";
        }
    }

    /**
     * Whether a task has come to its end.
     *
     * @param task its number
     */
    record Ended(int task) implements Expr {
        @Override
        public String toString() {
            return "ended(" + task + ")";
        }
    }

    /**
     * The local variable of a given task, for properties.
     *
     * @param task its number
     * @param local the variable
     */
    record LocalOf(int task, Local local) implements Expr {
        @Override
        public String toString() {
            return task + ":" + local;
        }
    }

    /**
     * In a handler: whether it interrupted its task between two labels.
     *
     * @param handler the number of the handler
     * @param from the first label
     * @param to the label after the last
     */
    record Interrupted(int handler, Label from, Label to) implements Expr {
        @Override
        public String toString() {
            return "ip in [" + from + ", " + to + ")";
        }
    }

    /**
     * The task that a CPU runs, for properties.
     *
     * @param cpu which
     */
    record Running(Expr cpu) implements Expr {
        @Override
        public String toString() {
            return "running(" + cpu + ")";
        }
    }

    /**
     * Arithmetic.
     *
     * @param operator which
     * @param left the left operand
     * @param right the right operand
     */
    record Binary(Operator operator, Expr left, Expr right) implements Expr {
        @Override
        public String toString() {
            return operand(left) + " " + operator.symbol() + " " + operand(right);
        }

        private static String operand(Expr expr) {
            return expr instanceof Binary ? "(" + expr + ")" : expr.toString();
        }
    }

    /** The operators. */
    enum Operator {
        /** Sum. */
        ADD("+"),
        /** Difference. */
        SUBTRACT("-"),
        /** Product. */
        MULTIPLY("*"),
        /** Bits set in both. */
        AND("&"),
        /** Bits set in either. */
        OR("|"),
        /** Bits set in one only. */
        XOR("^"),
        /** Shift to the left. */
        SHIFT_LEFT("<<"),
        /** Shift to the right, filling with zeros. */
        SHIFT_RIGHT(">>>"),
        /** Shift to the right, filling with the sign. */
        SHIFT_RIGHT_SIGNED(">>"),
        /** Equal. */
        EQUAL("=="),
        /** Not equal. */
        NOT_EQUAL("!="),
        /** Less, with signs. */
        LESS("<"),
        /** Less or equal, with signs. */
        LESS_OR_EQUAL("<="),
        /** Less, without signs. */
        BELOW("<u"),
        /** The less, with signs. */
        MIN("min"),
        /** The greater, with signs. */
        MAX("max"),
        /** The less, without signs. */
        MIN_UNSIGNED("minu"),
        /** The greater, without signs. */
        MAX_UNSIGNED("maxu"),
        /** The left operand, its low bits extended by their sign; the right one says how many. */
        SIGN_EXTEND("sext"),
        /** Sum of 32 bits, extended by its sign. */
        ADD_INT("+s"),
        /** Sum of 32 bits, extended by zeros. */
        ADD_UNSIGNED_INT("+u"),
        /** The less of two numbers of 32 bits with signs, extended by zeros. */
        MIN_INT("mini"),
        /** The greater of two numbers of 32 bits with signs, extended by zeros. */
        MAX_INT("maxi"),
        /** The right operand. */
        SECOND("then");

        private final String symbol;

        Operator(String symbol) {
            this.symbol = symbol;
        }

        /** {@return its sign in listings} */
        public String symbol() {
            return symbol;
        }

        /** {@return the result} */
        public long apply(long left, long right) {
            return switch (this) {
                case ADD -> left + right;
                case SUBTRACT -> left - right;
                case MULTIPLY -> left * right;
                case AND -> left & right;
                case OR -> left | right;
                case XOR -> left ^ right;
                case SHIFT_LEFT -> left << right;
                case SHIFT_RIGHT -> left >>> right;
                case SHIFT_RIGHT_SIGNED -> left >> right;
                case EQUAL -> left == right ? 1 : 0;
                case NOT_EQUAL -> left != right ? 1 : 0;
                case LESS -> left < right ? 1 : 0;
                case LESS_OR_EQUAL -> left <= right ? 1 : 0;
                case BELOW -> Long.compareUnsigned(left, right) < 0 ? 1 : 0;
                case MIN -> Math.min(left, right);
                case MAX -> Math.max(left, right);
                case MIN_UNSIGNED -> Long.compareUnsigned(left, right) < 0 ? left : right;
                case MAX_UNSIGNED -> Long.compareUnsigned(left, right) > 0 ? left : right;
                case SIGN_EXTEND -> left << (64 - right) >> (64 - right);
                case ADD_INT -> (int) (left + right);
                case ADD_UNSIGNED_INT -> Integer.toUnsignedLong((int) (left + right));
                case MIN_INT -> Integer.toUnsignedLong(Math.min((int) left, (int) right));
                case MAX_INT -> Integer.toUnsignedLong(Math.max((int) left, (int) right));
                case SECOND -> right;
            };
        }
    }

    /** {@return a constant} */
    static Expr of(long value) {
        return new Constant(value);
    }

    /** {@return 1 if all are true, else 0} */
    static Expr all(Expr... conditions) {
        Expr all = null;
        for (Expr condition : conditions) {
            all = all == null ? condition.isTrue() : all.and(condition.isTrue());
        }
        return all == null ? of(1) : all;
    }

    /** {@return 1 if any is true, else 0} */
    static Expr any(Expr... conditions) {
        Expr any = null;
        for (Expr condition : conditions) {
            any = any == null ? condition.isTrue() : any.or(condition.isTrue());
        }
        return any == null ? of(0) : any;
    }

    /** {@return the result of an operator} */
    default Expr with(Operator operator, Expr right) {
        return this instanceof Constant left && right instanceof Constant other
                ? of(operator.apply(left.value, other.value))
                : new Binary(operator, this, right);
    }

    /** {@return this + right} */
    default Expr plus(Expr right) {
        return with(Operator.ADD, right);
    }

    /** {@return this + right} */
    default Expr plus(long right) {
        return plus(of(right));
    }

    /** {@return this - right} */
    default Expr minus(Expr right) {
        return with(Operator.SUBTRACT, right);
    }

    /** {@return this - right} */
    default Expr minus(long right) {
        return minus(of(right));
    }

    /** {@return this × right} */
    default Expr times(long right) {
        return with(Operator.MULTIPLY, of(right));
    }

    /** {@return the bits set in both} */
    default Expr and(Expr right) {
        return with(Operator.AND, right);
    }

    /** {@return the bits set in both} */
    default Expr and(long right) {
        return and(of(right));
    }

    /** {@return the bits set in either} */
    default Expr or(Expr right) {
        return with(Operator.OR, right);
    }

    /** {@return the bits set in either} */
    default Expr or(long right) {
        return or(of(right));
    }

    /** {@return 1 if equal, else 0} */
    default Expr eq(Expr right) {
        return with(Operator.EQUAL, right);
    }

    /** {@return 1 if equal, else 0} */
    default Expr eq(long right) {
        return eq(of(right));
    }

    /** {@return 1 if not equal, else 0} */
    default Expr ne(Expr right) {
        return with(Operator.NOT_EQUAL, right);
    }

    /** {@return 1 if not equal, else 0} */
    default Expr ne(long right) {
        return ne(of(right));
    }

    /** {@return 1 if less, else 0} */
    default Expr lt(Expr right) {
        return with(Operator.LESS, right);
    }

    /** {@return 1 if less, else 0} */
    default Expr lt(long right) {
        return lt(of(right));
    }

    /** {@return 1 if less or equal, else 0} */
    default Expr le(Expr right) {
        return with(Operator.LESS_OR_EQUAL, right);
    }

    /** {@return 1 if less or equal, else 0} */
    default Expr le(long right) {
        return le(of(right));
    }

    /** {@return 1 if this is 0, else 0} */
    default Expr not() {
        return eq(0);
    }

    /** {@return 1 if this is not 0, else 0} */
    default Expr isTrue() {
        return isCondition() ? this : ne(0);
    }

    private boolean isCondition() {
        return switch (this) {
            case Interrupted _, Ended _ -> true;
            case Binary binary ->
                    switch (binary.operator) {
                        case EQUAL, NOT_EQUAL, LESS, LESS_OR_EQUAL, BELOW -> true;
                        case AND, OR -> binary.left.isCondition() && binary.right.isCondition();
                        default -> false;
                    };
            default -> false;
        };
    }

    /**
     * A named place, or an array of such.
     *
     * @param name its name in traces
     * @param first the number of its first element among all of its kind
     * @param values what it holds at first; as many as it has elements
     * @param shared whether it is in memory; else it is hardware state or a ghost
     */
    record Variable(String name, int first, List<Long> values, boolean shared) {

        /** {@return how many elements it has} */
        public int length() {
            return values.size();
        }

        /**
         * {@return its first element, as an expression of properties and, if hardware, programs}
         */
        public Expr get() {
            return get(of(0));
        }

        /** {@return an element} */
        public Expr get(long index) {
            return get(of(index));
        }

        /** {@return an element} */
        public Expr get(Expr index) {
            return shared ? new Memory(this, index) : new Hardware(this, index);
        }

        /** {@return the name of an element} */
        public String describe(@Nullable Expr index) {
            return length() == 1 || index == null ? name : name + "[" + index + "]";
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** A place in a task's program. */
    final class Label {
        private final String name;
        private int position = -1;

        /** A place that is not there yet. */
        public Label(String name) {
            this.name = name;
        }

        /** Says where it is: before the instruction of this number. */
        public void place(int newPosition) {
            if (position >= 0) {
                throw new IllegalStateException("label " + name + ": placed twice");
            }
            position = newPosition;
        }

        /** {@return the number of the instruction after it} */
        public int position() {
            if (position < 0) {
                throw new IllegalStateException("label " + name + ": used but never placed");
            }
            return position;
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
