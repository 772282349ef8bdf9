// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import dev.cpulocal.Op;
import dev.cpulocal.Op.Width;
import dev.cpulocal.Place;
import dev.cpulocal.Result;
import dev.cpulocal.Sequence;
import dev.cpulocal.Value;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Runs a sequence op by op, with plain accesses, on a range where nothing else runs.
 *
 * <p>It answers what the machine code answers, including for places that an index confines and
 * copies that are too long. All accesses go through bounds-checked segments.
 */
final class Interpreter {

    private final Sequence sequence;
    private final MemorySegment memory;
    private final long range;
    private final int strideBytes;
    private final Object[] arguments;

    /** The temporaries defined so far, and their values: few, so that searching them is fastest. */
    private final int[] ids;

    private final long[] values;
    private int defined;

    private Interpreter(
            Sequence sequence,
            MemorySegment memory,
            long range,
            int strideBytes,
            Object[] arguments) {
        this.sequence = sequence;
        this.memory = memory;
        this.range = range;
        this.strideBytes = strideBytes;
        this.arguments = arguments;
        ids = new int[sequence.ops().size()];
        values = new long[ids.length];
    }

    /**
     * Runs a sequence.
     *
     * @param sequence what to run
     * @param memory all ranges
     * @param range where the range begins
     * @param strideBytes its size
     * @param arguments a {@code Long} for each number and item (its offset), a segment for each
     *     segment
     * @return the result, never transient
     */
    static long run(
            Sequence sequence,
            MemorySegment memory,
            long range,
            int strideBytes,
            Object[] arguments) {
        return new Interpreter(sequence, memory, range, strideBytes, arguments).run();
    }

    /**
     * Loads and computes what a sequence would if it came to its end, and does nothing else.
     *
     * @return what knows its values then
     */
    static Interpreter look(
            Sequence sequence,
            MemorySegment memory,
            long range,
            int strideBytes,
            Object[] arguments) {
        Interpreter interpreter = new Interpreter(sequence, memory, range, strideBytes, arguments);
        for (Op op : sequence.ops()) {
            if (op instanceof Op.Load || op instanceof Op.Compute) {
                interpreter.define(op);
            }
        }
        return interpreter;
    }

    private void define(Op op) {
        if (op instanceof Op.Load load) {
            define(load.result(), load(load.from(), load.width()));
        } else if (op instanceof Op.Compute compute) {
            long left = value(compute.left());
            long right = value(compute.right());
            define(compute.result(), compute.operator().apply(left, right));
        }
    }

    private void define(Value.Temporary temporary, long value) {
        ids[defined] = temporary.id();
        values[defined++] = value;
    }

    private long value(Value.Temporary temporary) {
        int i = defined - 1;
        while (ids[i] != temporary.id()) {
            i--;
        }
        return values[i];
    }

    private long run() {
        int comparison = 0;
        for (Op op : sequence.ops()) {
            if (hitsHeader(op)) {
                return Result.OUT_OF_RANGE;
            }
            if (op instanceof Op.Commit commit && commit.order() == Op.Order.RELEASE) {
                VarHandle.releaseFence(); // for those who look without being excluded
            }
            switch (op) {
                case Op.Load _, Op.Compute _ -> define(op);
                case Op.Leave leave -> {
                    if (leave.condition().test(value(leave.left()), value(leave.right()))) {
                        return Result.unequal(comparison);
                    }
                    comparison++;
                }
                case Op.Store store -> store(store.to(), value(store.value()), store.width());
                case Op.Copy copy -> {
                    if (!copy(copy)) {
                        return Result.OUT_OF_RANGE;
                    }
                }
                case Op.CommitStore commit ->
                        store(commit.to(), value(commit.value()), commit.width());
                case Op.CommitAdd commit ->
                        store(
                                commit.to(),
                                load(commit.to(), commit.width()) + value(commit.value()),
                                commit.width());
            }
        }
        return Math.max(value(sequence.result()), Result.LEAST_VALUE);
    }

    long value(Value value) {
        return switch (value) {
            case Value.Constant constant -> constant.value();
            case Value.Parameter parameter -> (Long) arguments[parameter.index()];
            case Value.Temporary temporary -> value(temporary);
        };
    }

    /* ------------------------- Memory ------------------------- */

    private @Nullable MemorySegment segmentOf(Place place) {
        Value.Parameter base = place.base();
        return base != null && base.kind() == Value.Kind.SEGMENT
                ? (MemorySegment) arguments[base.index()]
                : null;
    }

    /** Where a place is in its segment, or in the whole memory. */
    private long offset(Place place, int bytes) {
        if (segmentOf(place) != null) {
            return place.displacementBytes();
        }
        return range + offsetInRange(place, bytes);
    }

    /** {@return where a place is, confined to the range} */
    long offsetInRange(Place place, int bytes) {
        long base = place.base() == null ? 0 : value(place.base());
        if (place.index() == null) {
            return base + place.displacementBytes();
        }
        long sum = base + value(place.index()) * place.scale() + place.displacementBytes();
        return sum & (strideBytes - bytes);
    }

    /** {@return whether an op would hit the header of the range, and so is not executed} */
    boolean hitsHeader(Op op) {
        return switch (op) {
            case Op.Load load -> isInHeader(load.from(), load.width().bytes());
            case Op.Store store -> isInHeader(store.to(), store.width().bytes());
            case Op.Copy copy -> isInHeader(copy.to(), 1) || isInHeader(copy.from(), 1);
            case Op.Commit commit -> isInHeader(commit.to(), commit.width().bytes());
            case Op.Compute _, Op.Leave _ -> false;
        };
    }

    private boolean isInHeader(Place place, int bytes) {
        return place.index() != null && offsetInRange(place, bytes) < Ranges.HEADER_BYTES;
    }

    private MemorySegment memoryOf(Place place) {
        return Objects.requireNonNullElse(segmentOf(place), memory);
    }

    private long load(Place place, Width width) {
        return Access.load(memoryOf(place), offset(place, width.bytes()), width.bytes());
    }

    private void store(Place place, long value, Width width) {
        Access.store(memoryOf(place), offset(place, width.bytes()), width.bytes(), value);
    }

    private boolean copy(Op.Copy copy) {
        if (!fits(copy)) {
            return false;
        }
        Access.copy(
                memoryOf(copy.to()),
                offset(copy.to(), 1),
                memoryOf(copy.from()),
                offset(copy.from(), 1),
                value(copy.lengthBytes()));
        return true;
    }

    /** {@return whether a copy is within its bound, and both its ends lie in the range} */
    boolean fits(Op.Copy copy) {
        long length = value(copy.lengthBytes());
        return Long.compareUnsigned(length, copy.maxBytes()) <= 0
                && endsInRange(copy.to(), length)
                && endsInRange(copy.from(), length);
    }

    private boolean endsInRange(Place place, long length) {
        return place.index() == null || offsetInRange(place, 1) + length <= strideBytes;
    }
}
