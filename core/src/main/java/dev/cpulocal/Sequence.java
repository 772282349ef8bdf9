// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import dev.cpulocal.Op.Condition;
import dev.cpulocal.Op.Operator;
import dev.cpulocal.Op.Order;
import dev.cpulocal.Op.Width;
import dev.cpulocal.Value.Constant;
import dev.cpulocal.Value.Parameter;
import dev.cpulocal.Value.Temporary;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A restartable sequence, described as a value.
 *
 * <p>It works on the range of {@link CpuMemory} that belongs to the CPU it runs on, and has the
 * effect of running there alone: the kernel restarts it, by abandoning it before its commit, when
 * the thread is preempted, migrated, signalled or fenced. The ops say only what the operation does.
 * What every section needs besides (its descriptor, the read of the CPU's index, the test of the
 * stop word, the abort handler) is added when it is turned into machine code.
 *
 * <p>A sequence is straight-line code with side exits, and its last op is its only {@link
 * Op.Commit}. All rules are checked when it is built, so an invalid one does not exist; the error
 * names the op and the rule. Sequences are immutable and equal when all their parts are.
 *
 * {@snippet lang = java :
 * // Takes n tokens out of this CPU's bucket, if it holds that many.
 * Sequence takeTokens = Sequence.build("take-tokens", s -> {
 *     var bucket = s.item("bucket", 8);
 *     var n = s.number("n");
 *     var have = s.load(bucket.at(0));
 *     s.leaveIf(have, BELOW, n);
 *     s.commit(bucket.at(0), s.subtract(have, n));
 * });
 * }
 *
 * @param name what listings and messages call it: lower-case words joined by hyphens or underscores
 * @param parameters the arguments of a call, at most 6
 * @param ops the steps, at most 64
 * @param result the value that a committed call returns
 * @param stoppable whether it leaves when the stop word of the range is set. Only such a sequence
 *     can be bound, because only it can be completed from elsewhere; the library's counters, which
 *     use split halves instead, do without.
 * @see Sequences
 */
public record Sequence(
        String name, List<Parameter> parameters, List<Op> ops, Value result, boolean stoppable) {

    /** How many arguments a call can have. */
    public static final int MAX_PARAMETERS = 6;

    /** How many ops a sequence can have. */
    public static final int MAX_OPS = 64;

    /**
     * How many values can be waiting for their use at any point; each occupies a register. What is
     * used only by the very next op, a {@link Op.Leave}, does not count.
     */
    public static final int MAX_LIVE_VALUES = 6;

    /** How many bytes one {@link Op.Copy} can copy. */
    public static final int MAX_COPY_BYTES = 4096;

    /**
     * Checks all rules.
     *
     * @throws IllegalArgumentException if one is broken; the message names the op and the rule
     */
    public Sequence {
        parameters = List.copyOf(parameters);
        ops = List.copyOf(ops);
        SequenceRules.check(name, parameters, ops, result);
    }

    /**
     * {@return the sequence that a builder describes}
     *
     * @param name what listings and messages call it
     * @param description calls the builder's methods, in the order of the ops
     * @throws IllegalArgumentException if it breaks a rule; the message names the op and the rule
     */
    public static Sequence build(String name, Consumer<Builder> description) {
        Builder builder = new Builder();
        description.accept(builder);
        return builder.build(name);
    }

    /** {@return the pseudo-code, a line each op} */
    public String pseudoCode() {
        return Description.pseudoCode(name, parameters, ops) + "    return " + result + "\n";
    }

    @Override
    public String toString() {
        return name;
    }

    /** Describes a sequence, op by op. Not for concurrent use. */
    public static final class Builder extends Description {

        private final List<Op> ops = new ArrayList<>();
        private Value result = new Constant(Result.COMMITTED);
        private int temporaries;

        private Builder() {}

        /**
         * {@return the 8 bytes found at a place}
         *
         * @param from the place
         */
        public Value load(Place from) {
            return load(from, Width.LONG);
        }

        /**
         * {@return what is found at a place, extended with zeros}
         *
         * @param from the place
         * @param width how much
         */
        public Value load(Place from, Width width) {
            Temporary temporary = new Temporary(temporaries++);
            ops.add(new Op.Load(temporary, from, width));
            return temporary;
        }

        /**
         * {@return the result of arithmetic}
         *
         * @param operator which
         * @param left the left operand
         * @param right the right operand
         */
        public Value compute(Operator operator, Value left, Value right) {
            Temporary temporary = new Temporary(temporaries++);
            ops.add(new Op.Compute(temporary, operator, left, right));
            return temporary;
        }

        /**
         * {@return left + right}
         *
         * @param left the left operand
         * @param right the right operand
         */
        public Value add(Value left, Value right) {
            return compute(Operator.ADD, left, right);
        }

        /**
         * {@return left + right}
         *
         * @param left the left operand
         * @param right the right operand
         */
        public Value add(Value left, long right) {
            return add(left, constant(right));
        }

        /**
         * {@return left - right}
         *
         * @param left the left operand
         * @param right the right operand
         */
        public Value subtract(Value left, Value right) {
            return compute(Operator.SUBTRACT, left, right);
        }

        /**
         * {@return left - right}
         *
         * @param left the left operand
         * @param right the right operand
         */
        public Value subtract(Value left, long right) {
            return subtract(left, constant(right));
        }

        /**
         * Leaves, uncommitted, if the condition holds.
         *
         * @param left the left operand
         * @param condition when to leave
         * @param right the right operand
         */
        public void leaveIf(Value left, Condition condition, Value right) {
            ops.add(new Op.Leave(left, condition, right));
        }

        /**
         * Leaves, uncommitted, if the condition holds.
         *
         * @param left the left operand
         * @param condition when to leave
         * @param right the right operand
         */
        public void leaveIf(Value left, Condition condition, long right) {
            leaveIf(left, condition, constant(right));
        }

        /**
         * Stores 8 bytes where nobody looks before the commit.
         *
         * @param to the place
         * @param value what
         */
        public void storeSpeculatively(Place to, Value value) {
            storeSpeculatively(to, value, Width.LONG);
        }

        /**
         * Stores where nobody looks before the commit.
         *
         * @param to the place
         * @param value what
         * @param width how much
         */
        public void storeSpeculatively(Place to, Value value, Width width) {
            ops.add(new Op.Store(to, value, width));
        }

        /**
         * Copies to where nobody looks before the commit.
         *
         * @param to the first byte written
         * @param from the first byte read
         * @param lengthBytes how many
         * @param maxBytes the bound
         */
        public void copySpeculatively(Place to, Place from, Value lengthBytes, int maxBytes) {
            ops.add(new Op.Copy(to, from, lengthBytes, maxBytes));
        }

        /**
         * Commits by storing 8 bytes.
         *
         * @param to the place
         * @param value what
         */
        public void commit(Place to, Value value) {
            commit(to, value, Width.LONG, Order.RELAXED);
        }

        /**
         * Commits by storing 8 bytes, with release order.
         *
         * @param to the place
         * @param value what
         */
        public void commitRelease(Place to, Value value) {
            commit(to, value, Width.LONG, Order.RELEASE);
        }

        /**
         * Commits by a store.
         *
         * @param to the place
         * @param value what
         * @param width how much
         * @param order its memory order
         */
        public void commit(Place to, Value value, Width width, Order order) {
            ops.add(new Op.CommitStore(to, value, width, order));
        }

        /**
         * Commits by adding to 8 bytes.
         *
         * @param to the place
         * @param value what
         */
        public void commitAdd(Place to, Value value) {
            commitAdd(to, value, Width.LONG, Order.RELAXED);
        }

        /**
         * Commits by adding.
         *
         * @param to the place
         * @param value what
         * @param width how much
         * @param order its memory order
         */
        public void commitAdd(Place to, Value value, Width width, Order order) {
            ops.add(new Op.CommitAdd(to, value, width, order));
        }

        /**
         * Sets what a committed call returns, in place of {@link Result#COMMITTED}.
         *
         * @param value what; one below {@link Result#LEAST_VALUE} is returned as that
         */
        public void returns(Value value) {
            result = value;
        }

        private Sequence build(String name) {
            return new Sequence(name, parameters(), ops, result, true);
        }
    }
}
