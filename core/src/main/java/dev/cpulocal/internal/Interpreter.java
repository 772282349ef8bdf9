// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.cpulocal.Op;
import dev.cpulocal.Op.Width;
import dev.cpulocal.Place;
import dev.cpulocal.Result;
import dev.cpulocal.Sequence;
import dev.cpulocal.Value;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
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
    private final Map<Value.Temporary, Long> temporaries = new HashMap<>();

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

    private long run() {
        int comparison = 0;
        for (Op op : sequence.ops()) {
            if (storesToHeader(op)) {
                return Result.OUT_OF_RANGE;
            }
            switch (op) {
                case Op.Load load ->
                        temporaries.put(load.result(), load(load.from(), load.width()));
                case Op.Compute compute ->
                        temporaries.put(
                                compute.result(),
                                compute.operator()
                                        .apply(value(compute.left()), value(compute.right())));
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

    private long value(Value value) {
        return switch (value) {
            case Value.Constant constant -> constant.value();
            case Value.Parameter parameter -> (Long) arguments[parameter.index()];
            case Value.Temporary temporary -> Objects.requireNonNull(temporaries.get(temporary));
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

    private long offsetInRange(Place place, int bytes) {
        long base = place.base() == null ? 0 : value(place.base());
        if (place.index() == null) {
            return base + place.displacementBytes();
        }
        long sum = base + value(place.index()) * place.scale() + place.displacementBytes();
        return sum & (strideBytes - bytes);
    }

    private boolean storesToHeader(Op op) {
        return switch (op) {
            case Op.Store store -> isInHeader(store.to(), store.width().bytes());
            case Op.Copy copy -> isInHeader(copy.to(), 1);
            case Op.Commit commit -> isInHeader(commit.to(), commit.width().bytes());
            case Op.Load _, Op.Compute _, Op.Leave _ -> false;
        };
    }

    private boolean isInHeader(Place place, int bytes) {
        return place.index() != null && offsetInRange(place, bytes) < Ranges.HEADER_BYTES;
    }

    private long load(Place place, Width width) {
        MemorySegment segment = segmentOf(place);
        long at = offset(place, width.bytes());
        return segment == null ? loadAligned(at, width) : loadUnaligned(segment, at, width);
    }

    private long loadAligned(long at, Width width) {
        return switch (width) {
            case BYTE -> memory.get(JAVA_BYTE, at) & 0xFF;
            case SHORT -> memory.get(JAVA_SHORT, at) & 0xFFFF;
            case INT -> memory.get(JAVA_INT, at) & 0xFFFF_FFFFL;
            case LONG -> memory.get(JAVA_LONG, at);
        };
    }

    private static long loadUnaligned(MemorySegment segment, long at, Width width) {
        return switch (width) {
            case BYTE -> segment.get(JAVA_BYTE, at) & 0xFF;
            case SHORT -> segment.get(JAVA_SHORT_UNALIGNED, at) & 0xFFFF;
            case INT -> segment.get(JAVA_INT_UNALIGNED, at) & 0xFFFF_FFFFL;
            case LONG -> segment.get(JAVA_LONG_UNALIGNED, at);
        };
    }

    private void store(Place place, long value, Width width) {
        MemorySegment segment = segmentOf(place);
        long at = offset(place, width.bytes());
        if (segment == null) {
            storeAligned(at, value, width);
        } else {
            storeUnaligned(segment, at, value, width);
        }
    }

    private void storeAligned(long at, long value, Width width) {
        switch (width) {
            case BYTE -> memory.set(JAVA_BYTE, at, (byte) value);
            case SHORT -> memory.set(JAVA_SHORT, at, (short) value);
            case INT -> memory.set(JAVA_INT, at, (int) value);
            case LONG -> memory.set(JAVA_LONG, at, value);
        }
    }

    private static void storeUnaligned(MemorySegment segment, long at, long value, Width width) {
        switch (width) {
            case BYTE -> segment.set(JAVA_BYTE, at, (byte) value);
            case SHORT -> segment.set(JAVA_SHORT_UNALIGNED, at, (short) value);
            case INT -> segment.set(JAVA_INT_UNALIGNED, at, (int) value);
            case LONG -> segment.set(JAVA_LONG_UNALIGNED, at, value);
        }
    }

    private boolean copy(Op.Copy copy) {
        long length = value(copy.lengthBytes());
        if (Long.compareUnsigned(length, copy.maxBytes()) > 0
                || !endsInRange(copy.to(), length)
                || !endsInRange(copy.from(), length)) {
            return false;
        }
        MemorySegment to = Objects.requireNonNullElse(segmentOf(copy.to()), memory);
        MemorySegment from = Objects.requireNonNullElse(segmentOf(copy.from()), memory);
        long toOffset = offset(copy.to(), 1);
        long fromOffset = offset(copy.from(), 1);
        long done = 0;
        for (; length - done >= Long.BYTES; done += Long.BYTES) {
            to.set(
                    JAVA_LONG_UNALIGNED,
                    toOffset + done,
                    from.get(JAVA_LONG_UNALIGNED, fromOffset + done));
        }
        for (; done < length; done++) {
            to.set(JAVA_BYTE, toOffset + done, from.get(JAVA_BYTE, fromOffset + done));
        }
        return true;
    }

    private boolean endsInRange(Place place, long length) {
        return place.index() == null || offsetInRange(place, 1) + length <= strideBytes;
    }
}
