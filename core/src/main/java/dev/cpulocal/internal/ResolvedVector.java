// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import dev.cpulocal.Op.Condition;
import dev.cpulocal.Op.Operator;
import dev.cpulocal.Op.Order;
import dev.cpulocal.Operand;
import dev.cpulocal.OperationVector;
import dev.cpulocal.Place;
import dev.cpulocal.Result;
import dev.cpulocal.Value;
import dev.cpulocal.Value.Kind;
import dev.cpulocal.Value.Parameter;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An operation vector with its arguments, all of whose operands are known to lie where they may.
 */
final class ResolvedVector {

    /*
     * A vector has no values of its own, so every address is known before the first operation. All of
     * them are worked out and checked here, while nothing is stopped yet: what remains to be done
     * while a range is stopped is at most 16 steps over 4216 bytes, with no allocation and no failure,
     * unless the owner of a segment closes it meanwhile.
     *
     * An operand is a segment, an offset, and a distance from one range to the next: the stride for a
     * place in the range that is worked on, zero for a place on a CPU that is named. A number is an
     * operand too, in an array of its own.
     */

    private record Reference(MemorySegment segment, long offset, long distance) {
        long at(int range) {
            return offset + range * distance;
        }

        long load(int range, long bytes) {
            return Access.load(segment, at(range), (int) bytes);
        }

        void store(int range, long bytes, long value) {
            Access.store(segment, at(range), (int) bytes, value);
        }
    }

    private sealed interface Step {
        /** {@return whether to go on} */
        boolean run(int range);
    }

    private record Compare(Reference left, Reference right, long bytes, boolean equal)
            implements Step {
        @Override
        public boolean run(int range) {
            return equal == areEqual(range);
        }

        private boolean areEqual(int range) {
            if (Access.isSingle(bytes)) {
                return left.load(range, bytes) == right.load(range, bytes);
            }
            long leftAt = left.at(range);
            long rightAt = right.at(range);
            return MemorySegment.mismatch(
                            left.segment,
                            leftAt,
                            leftAt + bytes,
                            right.segment,
                            rightAt,
                            rightAt + bytes)
                    < 0;
        }
    }

    private record Copy(Reference to, Reference from, long bytes, Order order) implements Step {
        @Override
        public boolean run(int range) {
            fence(order);
            if (Access.isSingle(bytes) && !overlap(range)) {
                to.store(range, bytes, from.load(range, bytes));
            } else {
                Access.copy(to.segment, to.at(range), from.segment, from.at(range), bytes);
            }
            return true;
        }

        private boolean overlap(int range) {
            long toAddress = to.segment.address() + to.at(range);
            long fromAddress = from.segment.address() + from.at(range);
            return Math.abs(toAddress - fromAddress) < bytes;
        }
    }

    private record Arithmetic(Reference to, Operator operator, long operand, int bytes, Order order)
            implements Step {
        @Override
        public boolean run(int range) {
            fence(order);
            to.store(range, bytes, operator.apply(to.load(range, bytes), operand));
            return true;
        }
    }

    private record Barrier() implements Step {
        @Override
        public boolean run(int range) {
            VarHandle.fullFence();
            return true;
        }
    }

    private static void fence(Order order) {
        if (order == Order.RELEASE) {
            VarHandle.releaseFence();
        }
    }

    private final OperationVector vector;
    private final MemorySegment memory;
    private final int strideBytes;
    private final int ranges;
    private final int lastRange;
    private final Object[] arguments;
    private final Step[] steps;
    private @Nullable BitSet named;
    private boolean outOfRange;

    /**
     * Resolves.
     *
     * @param vector what to execute
     * @param ranges the memory it works on
     * @param lastRange the last range it will be executed on
     * @param arguments a {@code Long} for each number and item (its offset), a segment for each
     *     segment
     * @throws IllegalArgumentException if it names a range that does not exist
     * @throws IndexOutOfBoundsException if a segment is too short
     */
    ResolvedVector(OperationVector vector, Ranges ranges, int lastRange, Object[] arguments) {
        this.vector = vector;
        this.memory = ranges.memory();
        this.strideBytes = ranges.strideBytes();
        this.ranges = ranges.count();
        this.lastRange = lastRange;
        this.arguments = arguments;
        List<OperationVector.Operation> operations = vector.operations();
        this.steps = new Step[operations.size()];
        for (int i = 0; i < steps.length; i++) {
            Step step = resolve(operations.get(i));
            if (step == null) {
                outOfRange = true;
            } else {
                steps[i] = step;
            }
        }
    }

    /** {@return whether an offset, a length or a shift is out of its range, so it must not run} */
    boolean isOutOfRange() {
        return outOfRange;
    }

    /** {@return whether it names ranges, besides the one that it is executed on} */
    boolean namesRanges() {
        return named != null;
    }

    /** Adds the ranges that it names to a set. */
    void addNamed(BitSet ranges) {
        if (named != null) {
            ranges.or(named);
        }
    }

    /**
     * Executes it on a range that is stopped, as all that it names are.
     *
     * @return 0, the number of the comparison that failed, from 1, or out of range
     */
    long run(int range) {
        if (outOfRange) {
            return Result.OUT_OF_RANGE;
        }
        for (int i = 0; i < steps.length; i++) {
            if (!steps[i].run(range)) {
                return i + 1L;
            }
        }
        return OperationVector.DONE;
    }

    /* ------------------------- Resolving ------------------------- */

    private @Nullable Step resolve(OperationVector.Operation operation) {
        return switch (operation) {
            case OperationVector.Compare compare -> {
                long bytes = number(compare.lengthBytes());
                boolean equal = compare.condition() == Condition.EQUAL;
                Reference left = operand(compare.left(), bytes, compare.maxBytes());
                Reference right = operand(compare.right(), bytes, compare.maxBytes());
                yield left == null || right == null ? null : new Compare(left, right, bytes, equal);
            }
            case OperationVector.Copy copy -> {
                long bytes = number(copy.lengthBytes());
                Reference to = place(copy.to(), bytes, copy.maxBytes());
                Reference from = operand(copy.from(), bytes, copy.maxBytes());
                yield to == null || from == null ? null : new Copy(to, from, bytes, copy.order());
            }
            case OperationVector.Arithmetic arithmetic -> resolve(arithmetic);
            case OperationVector.Barrier _ -> new Barrier();
        };
    }

    private @Nullable Step resolve(OperationVector.Arithmetic arithmetic) {
        int bytes = arithmetic.width().bytes();
        long operand = number(arithmetic.operand());
        Operator operator = arithmetic.operator();
        boolean shift = operator == Operator.SHIFT_LEFT || operator == Operator.SHIFT_RIGHT;
        Reference to = place(arithmetic.to(), bytes, bytes);
        return to == null || (shift && Long.compareUnsigned(operand, bytes * 8L) >= 0)
                ? null
                : new Arithmetic(to, operator, operand, bytes, arithmetic.order());
    }

    private long number(Value value) {
        return value instanceof Value.Constant constant
                ? constant.value()
                : (Long) arguments[((Parameter) value).index()];
    }

    private @Nullable Reference operand(Operand operand, long bytes, int maxBytes) {
        return switch (operand) {
            case Place place -> place(place, bytes, maxBytes);
            case Value value -> {
                MemorySegment word = MemorySegment.ofArray(new long[1]);
                boolean fits = Long.compareUnsigned(bytes, maxBytes) <= 0;
                if (fits && bytes > 0) {
                    store(word, bytes, number(value));
                }
                yield fits ? new Reference(word, 0, 0) : null;
            }
        };
    }

    /** The low bytes of a number, in the order in which memory has them. */
    private static void store(MemorySegment word, long bytes, long number) {
        Access.store(word, 0, Long.BYTES, number);
        boolean bigEndian = java.nio.ByteOrder.nativeOrder() == java.nio.ByteOrder.BIG_ENDIAN;
        if (bigEndian) {
            MemorySegment.copy(word, Long.BYTES - bytes, word, 0, bytes);
        }
    }

    /** An operand that lies where it may, or null for an offset or a length that is too large. */
    private @Nullable Reference place(Place place, long bytes, int maxBytes) {
        if (Long.compareUnsigned(bytes, maxBytes) > 0) {
            return null;
        }
        Parameter base = place.base();
        return base != null && base.kind() == Kind.SEGMENT
                ? inSegment(place, base, bytes)
                : inRange(place, base, bytes);
    }

    private @Nullable Reference inRange(Place place, @Nullable Parameter base, long bytes) {
        long offset = base == null ? displaced(place, 0) : displaced(place, number(base));
        if (offset < Ranges.HEADER_BYTES || offset > strideBytes - bytes) {
            return null;
        }
        if (place.range() == null) {
            return new Reference(memory, offset, strideBytes);
        }
        long range = number(place.range());
        if (range < 0 || range >= ranges) {
            throw new IllegalArgumentException(
                    "range: " + range + " (expected: 0 to " + (ranges - 1) + ")");
        }
        if (named == null) {
            named = new BitSet();
        }
        named.set((int) range);
        return new Reference(memory, range * strideBytes + offset, 0);
    }

    private Reference inSegment(Place place, Parameter base, long bytes) {
        MemorySegment segment = (MemorySegment) arguments[base.index()];
        long offset = displaced(place, 0);
        long end = offset + (long) base.sizeBytes() * lastRange + bytes;
        if (offset < 0 || end > segment.byteSize()) {
            throw new IndexOutOfBoundsException(
                    base
                            + ": "
                            + segment.byteSize()
                            + " bytes (expected: "
                            + offset
                            + " to "
                            + end
                            + " inside, for "
                            + vector
                            + ")");
        }
        return new Reference(segment, offset, base.sizeBytes());
    }

    /** An index so large that no displacement brings it back counts as out of every range. */
    private long displaced(Place place, long base) {
        long index = place.index() == null ? 0 : number(place.index());
        boolean sensible = index >= -(1L << 40) && index <= 1L << 40;
        return sensible ? base + index * place.scale() + place.displacementBytes() : -1;
    }
}
