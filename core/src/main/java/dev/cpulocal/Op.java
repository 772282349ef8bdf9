// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

/**
 * One step of a {@link Sequence}.
 *
 * <p>Numbers are 64 bits wide. A load of fewer bytes is extended with zeros; a store of fewer bytes
 * takes the low ones.
 */
public sealed interface Op {

    /** The size of an access. Accesses are aligned to it, so each is single-copy atomic. */
    enum Width {
        /** 1 byte. */
        BYTE(1),
        /** 2 bytes. */
        SHORT(2),
        /** 4 bytes. */
        INT(4),
        /** 8 bytes. */
        LONG(8);

        private final int bytes;

        Width(int bytes) {
            this.bytes = bytes;
        }

        /** {@return the size in bytes} */
        public int bytes() {
            return bytes;
        }
    }

    /** The arithmetic of {@link Compute}, modulo 2<sup>64</sup>. */
    enum Operator {
        /** Sum. */
        ADD("+"),
        /** Difference. */
        SUBTRACT("-"),
        /** Bits set in both. */
        AND("&"),
        /** Bits set in either. */
        OR("|"),
        /** Bits set in one only. */
        XOR("^"),
        /** Shift towards the high bits, by a constant of 0 to 63. */
        SHIFT_LEFT("<<"),
        /** Shift towards the low bits, filling with zeros, by a constant of 0 to 63. */
        SHIFT_RIGHT(">>>");

        private final String symbol;

        Operator(String symbol) {
            this.symbol = symbol;
        }

        /** {@return the sign used in listings} */
        public String symbol() {
            return symbol;
        }

        /**
         * {@return the result}
         *
         * @param left the left operand
         * @param right the right operand
         */
        public long apply(long left, long right) {
            return switch (this) {
                case ADD -> left + right;
                case SUBTRACT -> left - right;
                case AND -> left & right;
                case OR -> left | right;
                case XOR -> left ^ right;
                case SHIFT_LEFT -> left << right;
                case SHIFT_RIGHT -> left >>> right;
            };
        }
    }

    /** When {@link Leave} leaves. */
    enum Condition {
        /** Equal. */
        EQUAL("=="),
        /** Not equal. */
        NOT_EQUAL("!="),
        /** Less, as unsigned numbers. */
        BELOW("<u"),
        /** Greater, as unsigned numbers. */
        ABOVE(">u");

        private final String symbol;

        Condition(String symbol) {
            this.symbol = symbol;
        }

        /** {@return the sign used in listings} */
        public String symbol() {
            return symbol;
        }

        /**
         * {@return whether it is true}
         *
         * @param left the left operand
         * @param right the right operand
         */
        public boolean test(long left, long right) {
            return switch (this) {
                case EQUAL -> left == right;
                case NOT_EQUAL -> left != right;
                case BELOW -> Long.compareUnsigned(left, right) < 0;
                case ABOVE -> Long.compareUnsigned(left, right) > 0;
            };
        }
    }

    /** The memory order of the commit. */
    enum Order {
        /** None. */
        RELAXED,
        /** Everything the sequence, and its thread before it, read or wrote comes first. */
        RELEASE
    }

    /**
     * {@code result = *from}.
     *
     * @param result what it defines
     * @param from where it loads
     * @param width how much
     */
    record Load(Value.Temporary result, Place from, Width width) implements Op {
        @Override
        public String toString() {
            return result + " = " + sized(from, width);
        }
    }

    /**
     * {@code result = left operator right}.
     *
     * @param result what it defines
     * @param operator the arithmetic
     * @param left the left operand
     * @param right the right operand
     */
    record Compute(Value.Temporary result, Operator operator, Value left, Value right)
            implements Op {
        @Override
        public String toString() {
            return result + " = " + left + " " + operator.symbol() + " " + right;
        }
    }

    /**
     * Leaves the sequence, uncommitted, if the condition holds. The result tells which comparison
     * it was ({@link Result#comparison}).
     *
     * @param left the left operand
     * @param condition when to leave
     * @param right the right operand
     */
    record Leave(Value left, Condition condition, Value right) implements Op {
        @Override
        public String toString() {
            return "leave if " + left + " " + condition.symbol() + " " + right;
        }
    }

    /**
     * A speculative store: it stays when the sequence then aborts or leaves, so it may only go
     * where nobody looks before the commit.
     *
     * @param to where it stores
     * @param value what
     * @param width how much
     */
    record Store(Place to, Value value, Width width) implements Op {
        @Override
        public String toString() {
            return "speculative " + sized(to, width) + " = " + value;
        }
    }

    /**
     * A speculative copy, ascending, eight bytes at a time and then byte by byte. Leaves with
     * {@link Result#OUT_OF_RANGE} if the length exceeds the bound or an end lies outside the CPU's
     * range.
     *
     * @param to where it stores
     * @param from where it loads
     * @param lengthBytes how much
     * @param maxBytes the bound, 1 to 4096
     */
    record Copy(Place to, Place from, Value lengthBytes, int maxBytes) implements Op {
        @Override
        public String toString() {
            return "speculative copy "
                    + to
                    + " = "
                    + from
                    + ", "
                    + lengthBytes
                    + " bytes of at most "
                    + maxBytes;
        }
    }

    /** The one store that makes everything before it visible, and the end of the sequence. */
    sealed interface Commit extends Op {
        /** {@return where it stores} */
        Place to();

        /** {@return what it stores or adds} */
        Value value();

        /** {@return how much} */
        Width width();

        /** {@return its memory order} */
        Order order();
    }

    /**
     * Commits by {@code *to = value}.
     *
     * @param to where it stores
     * @param value what
     * @param width how much
     * @param order its memory order
     */
    record CommitStore(Place to, Value value, Width width, Order order) implements Commit {
        @Override
        public String toString() {
            return "commit " + release(order) + sized(to, width) + " = " + value;
        }
    }

    /**
     * Commits by {@code *to += value}.
     *
     * @param to where it adds
     * @param value what
     * @param width how much
     * @param order its memory order
     */
    record CommitAdd(Place to, Value value, Width width, Order order) implements Commit {
        @Override
        public String toString() {
            return "commit " + release(order) + sized(to, width) + " += " + value;
        }
    }

    private static String sized(Place place, Width width) {
        return "u" + width.bytes() * 8 + place;
    }

    private static String release(Order order) {
        return order == Order.RELEASE ? "release " : "";
    }
}
