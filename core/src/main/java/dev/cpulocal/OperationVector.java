// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import dev.cpulocal.Op.Condition;
import dev.cpulocal.Op.Operator;
import dev.cpulocal.Op.Order;
import dev.cpulocal.Op.Width;
import dev.cpulocal.Value.Constant;
import dev.cpulocal.Value.Kind;
import dev.cpulocal.Value.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Up to 16 operations that are executed on a CPU's data as one, from anywhere.
 *
 * <p>A vector has the meaning of the {@code cpu_opv} system call that was posted for Linux 4.15 to
 * 4.20 and never merged: its operations are executed one after the other, later ones see what
 * earlier ones did, and no sequence on that CPU's data runs meanwhile. Unlike a {@link Sequence} it
 * may store as often as it likes, and touch the data of several CPUs. It never restarts, so neither
 * a debugger nor a storm of signals can keep it from completing, and its CPU may be offline.
 *
 * <p>It is built once, of parameters and places as a sequence is, and executed by {@link
 * CpuMemory#execute(int, OperationVector, Object...)}. The answer is {@link #DONE}, the number of
 * the comparison that failed, counted from 1 over all operations, or {@link Result#OUT_OF_RANGE}.
 * What comes before a failed comparison stays done; nothing after it is done.
 *
 * {@snippet lang = java :
 * // Moves tokens from one CPU's bucket to another's, if the first still has what it was seen to have.
 * OperationVector move = OperationVector.build("move-tokens", v -> {
 *     var bucket = v.item("bucket", 8);
 *     var from = v.number("from");
 *     var seen = v.number("seen");
 *     v.compareEqual(bucket.at(0).on(from), seen);
 *     v.copy(bucket.at(0).on(from), v.constant(0));
 *     v.add(bucket.at(0), seen);
 * });
 * boolean moved = memory.execute(0, move, bucket, 3, 25) == OperationVector.DONE;
 * }
 *
 * <p>Limits and their names in {@code uapi/linux/cpu_opv.h}: {@link #MAX_OPERATIONS}
 * (CPU_OP_VEC_LEN_MAX), {@link #MAX_OPERAND_BYTES} (CPU_OP_DATA_LEN_MAX), {@link #MAX_TOTAL_BYTES}
 * (CPU_OP_VEC_DATA_LEN_MAX). What the system call answers by EINVAL is an exception when the vector
 * is built; what depends on the arguments is found before the first operation: an exception for an
 * argument that cannot be right (no such range, a freed item, a segment too short: EFAULT there),
 * {@link Result#OUT_OF_RANGE} for an offset, a length or a shift that may have been read from
 * memory. So whatever goes wrong, nothing was done.
 *
 * <p>Places need not be aligned. An access of 1, 2, 4 or 8 bytes that is aligned to its size is
 * single-copy atomic for those who look without being excluded; a longer one is not.
 *
 * <p>Immutable.
 *
 * @param name what listings and messages call it: lower-case words joined by hyphens or underscores
 * @param parameters the arguments of an execution
 * @param operations the operations, at most 16
 */
public record OperationVector(String name, List<Parameter> parameters, List<Operation> operations) {

    /** All operations were executed. */
    public static final long DONE = 0;

    /** How many operations a vector can have. */
    public static final int MAX_OPERATIONS = 16;

    /** How many bytes one operand can have. */
    public static final int MAX_OPERAND_BYTES = 4096;

    /** How many bytes all operations together can have: one large operand and 15 words. */
    public static final int MAX_TOTAL_BYTES = MAX_OPERAND_BYTES + (MAX_OPERATIONS - 1) * Long.BYTES;

    /** How many calls one batch can have. */
    public static final int MAX_CALLS = 64;

    /** One operation. */
    public sealed interface Operation {
        /** {@return how many bytes it touches at most, counted towards {@link #MAX_TOTAL_BYTES}} */
        int maxBytes();
    }

    /**
     * Goes on if two operands are equal, or not equal: COMPARE_EQ_OP, COMPARE_NE_OP.
     *
     * @param left one operand; of a number the low bytes are compared
     * @param condition when to go on: equal or not equal
     * @param right the other operand
     * @param lengthBytes how many bytes; 0 bytes are equal
     * @param maxBytes the bound of the length, 0 to 4096; to 8 if an operand is a number
     */
    public record Compare(
            Operand left, Condition condition, Operand right, Value lengthBytes, int maxBytes)
            implements Operation {
        @Override
        public String toString() {
            return "go on if "
                    + left
                    + " "
                    + condition.symbol()
                    + " "
                    + right
                    + bytes(lengthBytes, maxBytes);
        }
    }

    /**
     * Copies, ascending, eight bytes at a time and then byte by byte: MEMCPY_OP, MEMCPY_RELEASE_OP.
     *
     * @param to the first byte written
     * @param from the first byte read, or a number whose low bytes are stored
     * @param lengthBytes how many bytes
     * @param maxBytes the bound of the length, 0 to 4096; to 8 for a number
     * @param order its memory order, for those who are not excluded
     */
    public record Copy(Place to, Operand from, Value lengthBytes, int maxBytes, Order order)
            implements Operation {
        @Override
        public String toString() {
            return release(order) + to + " = " + from + bytes(lengthBytes, maxBytes);
        }
    }

    /**
     * Arithmetic in memory: ADD_OP, ADD_RELEASE_OP, OR_OP, AND_OP, XOR_OP, LSHIFT_OP, RSHIFT_OP.
     *
     * @param to where
     * @param operator which; all but {@link Operator#SUBTRACT}
     * @param operand the right operand; for a shift the number of bits, less than the width has
     * @param width how many bytes
     * @param order its memory order, for those who are not excluded
     */
    public record Arithmetic(Place to, Operator operator, Value operand, Width width, Order order)
            implements Operation {
        @Override
        public int maxBytes() {
            return width.bytes();
        }

        @Override
        public String toString() {
            return release(order)
                    + to
                    + " "
                    + operator.symbol()
                    + "= "
                    + operand
                    + ", "
                    + width.bytes()
                    + " bytes";
        }
    }

    /**
     * A full memory barrier: MB_OP. Operations see each other without; it is for those who look
     * without being excluded.
     */
    public record Barrier() implements Operation {
        @Override
        public int maxBytes() {
            return 0;
        }

        @Override
        public String toString() {
            return "barrier";
        }
    }

    /**
     * A vector with its arguments, for a batch.
     *
     * @param vector what to execute
     * @param arguments as for {@link CpuMemory#execute(int, OperationVector, Object...)}; they are
     *     checked when the batch is executed
     */
    public record Call(OperationVector vector, List<Object> arguments) {
        /** Copies the arguments. */
        public Call {
            arguments = List.copyOf(arguments);
        }
    }

    /**
     * Checks all limits and rules.
     *
     * @throws IllegalArgumentException if one is broken; the message names the operation and the
     *     rule
     */
    public OperationVector {
        parameters = List.copyOf(parameters);
        operations = List.copyOf(operations);
        OperationVectorRules.check(name, parameters, operations);
    }

    /**
     * {@return the vector that a builder describes}
     *
     * @param name what listings and messages call it
     * @param description calls the builder's methods, in the order of the operations
     * @throws IllegalArgumentException if it breaks a rule; the message names the operation and the
     *     rule
     */
    public static OperationVector build(String name, Consumer<Builder> description) {
        Builder builder = new Builder();
        description.accept(builder);
        return new OperationVector(name, builder.parameters(), builder.operations);
    }

    /**
     * {@return this vector with arguments}
     *
     * @param arguments as for {@link CpuMemory#execute(int, OperationVector, Object...)}
     */
    public Call with(Object... arguments) {
        return new Call(this, List.of(arguments));
    }

    /** {@return the pseudo-code, a line each operation} */
    public String pseudoCode() {
        return Description.pseudoCode(name, parameters, operations);
    }

    @Override
    public String toString() {
        return name;
    }

    private static String bytes(Value lengthBytes, int maxBytes) {
        return ", "
                + lengthBytes
                + (lengthBytes instanceof Constant ? " bytes" : " bytes of at most " + maxBytes);
    }

    private static String release(Order order) {
        return order == Order.RELEASE ? "release " : "";
    }

    /** Describes a vector, operation by operation. Not for concurrent use. */
    public static final class Builder extends Description {

        private final List<Operation> operations = new ArrayList<>();

        private Builder() {}

        /**
         * {@return a new argument: native memory of the caller, of which each range has a part}
         *
         * <p>Executed on range r, its places begin at {@code r × bytesOfEach}: so one execution on
         * all CPUs collects what each of them has.
         *
         * @param name its name in listings
         * @param bytesOfEach the size of a part, positive
         */
        public Parameter segmentOfRanges(String name, int bytesOfEach) {
            if (bytesOfEach <= 0) {
                throw new IllegalArgumentException(
                        "bytesOfEach: " + bytesOfEach + " (expected: positive)");
            }
            return parameter(name, Kind.SEGMENT, bytesOfEach);
        }

        /**
         * Goes on if 8 bytes are equal.
         *
         * @param left one operand
         * @param right the other
         */
        public void compareEqual(Operand left, Operand right) {
            compareEqual(left, right, Long.BYTES);
        }

        /**
         * Goes on if so many bytes are equal.
         *
         * @param left one operand
         * @param right the other
         * @param bytes how many
         */
        public void compareEqual(Operand left, Operand right, int bytes) {
            compare(left, Condition.EQUAL, right, constant(bytes), bytes);
        }

        /**
         * Goes on if 8 bytes are not equal.
         *
         * @param left one operand
         * @param right the other
         */
        public void compareNotEqual(Operand left, Operand right) {
            compareNotEqual(left, right, Long.BYTES);
        }

        /**
         * Goes on if so many bytes are not equal.
         *
         * @param left one operand
         * @param right the other
         * @param bytes how many
         */
        public void compareNotEqual(Operand left, Operand right, int bytes) {
            compare(left, Condition.NOT_EQUAL, right, constant(bytes), bytes);
        }

        /**
         * Goes on if the condition holds.
         *
         * @param left one operand
         * @param condition equal or not equal
         * @param right the other
         * @param lengthBytes how many bytes
         * @param maxBytes the bound of the length
         */
        public void compare(
                Operand left, Condition condition, Operand right, Value lengthBytes, int maxBytes) {
            operations.add(new Compare(left, condition, right, lengthBytes, maxBytes));
        }

        /**
         * Copies 8 bytes.
         *
         * @param to where to
         * @param from where from, or a number
         */
        public void copy(Place to, Operand from) {
            copy(to, from, Long.BYTES);
        }

        /**
         * Copies so many bytes.
         *
         * @param to where to
         * @param from where from, or a number
         * @param bytes how many
         */
        public void copy(Place to, Operand from, int bytes) {
            copy(to, from, constant(bytes), bytes, Order.RELAXED);
        }

        /**
         * Copies 8 bytes, with release order.
         *
         * @param to where to
         * @param from where from, or a number
         */
        public void copyRelease(Place to, Operand from) {
            copy(to, from, constant(Long.BYTES), Long.BYTES, Order.RELEASE);
        }

        /**
         * Copies.
         *
         * @param to where to
         * @param from where from, or a number
         * @param lengthBytes how many bytes
         * @param maxBytes the bound of the length
         * @param order the memory order
         */
        public void copy(Place to, Operand from, Value lengthBytes, int maxBytes, Order order) {
            operations.add(new Copy(to, from, lengthBytes, maxBytes, order));
        }

        /**
         * Adds to 8 bytes.
         *
         * @param to where
         * @param count what
         */
        public void add(Place to, Value count) {
            arithmetic(to, Operator.ADD, count, Width.LONG, Order.RELAXED);
        }

        /**
         * Adds to 8 bytes.
         *
         * @param to where
         * @param count what
         */
        public void add(Place to, long count) {
            add(to, constant(count));
        }

        /**
         * Changes memory by arithmetic.
         *
         * @param to where
         * @param operator which arithmetic; not {@link Operator#SUBTRACT}
         * @param operand the right operand
         * @param width how many bytes
         * @param order the memory order
         */
        public void arithmetic(
                Place to, Operator operator, Value operand, Width width, Order order) {
            operations.add(new Arithmetic(to, operator, operand, width, order));
        }

        /** Adds a full memory barrier. */
        public void barrier() {
            operations.add(new Barrier());
        }
    }
}
