// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import dev.cpulocal.CpuMemory;
import dev.cpulocal.Op;
import dev.cpulocal.OperationVector;
import dev.cpulocal.Place;
import dev.cpulocal.Sequence;
import dev.cpulocal.Value;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** The checks of a call's arguments: nothing native runs before they pass. */
public final class Arguments {

    /** Finds the offset of an item that belongs to a memory and is large enough. */
    @FunctionalInterface
    public interface ItemOffset {
        /** {@return the offset} */
        long of(CpuMemory.Item item, int sizeBytes);
    }

    private Arguments() {}

    /**
     * Checks all arguments of a call.
     *
     * @param items finds the offsets of items
     * @param strideBytes the stride of the memory
     * @param sequence what is called
     * @param arguments the arguments as the user gave them
     * @return the arguments as the interpreter takes them
     */
    public static Object[] check(
            ItemOffset items, int strideBytes, Sequence sequence, Object[] arguments) {
        if (!sequence.stoppable()) {
            throw new IllegalArgumentException(
                    "sequence " + sequence + ": stoppable: false (expected: true)");
        }
        Object[] checked =
                check(
                        items,
                        strideBytes,
                        sequence.parameters(),
                        arguments,
                        (parameter, segment) ->
                                checkSegment(
                                        segment,
                                        leastBytes(sequence, parameter),
                                        isWritten(sequence, parameter)));
        for (SizedCopy copy : sizedCopies(sequence)) {
            long size = ((MemorySegment) checked[copy.segment.index()]).byteSize();
            long length = (Long) checked[copy.length.index()];
            checkCopy(size, copy.displacementBytes, copy.maxBytes, length);
        }
        return checked;
    }

    /**
     * Checks all arguments of an execution, but for the bounds of segments, which depend on the
     * range.
     *
     * @param items finds the offsets of items
     * @param strideBytes the stride of the memory
     * @param vector what is executed
     * @param arguments the arguments as the user gave them
     * @return the arguments as {@link ResolvedVector} takes them
     */
    public static Object[] check(
            ItemOffset items, int strideBytes, OperationVector vector, Object[] arguments) {
        return check(
                items,
                strideBytes,
                vector.parameters(),
                arguments,
                (parameter, segment) -> checkSegment(segment, 0, isWritten(vector, parameter)));
    }

    private static Object[] check(
            ItemOffset items,
            int strideBytes,
            List<Value.Parameter> parameters,
            Object[] arguments,
            BiConsumer<Value.Parameter, MemorySegment> checkSegment) {
        if (arguments.length != parameters.size()) {
            throw new IllegalArgumentException(
                    "arguments: " + arguments.length + " (expected: " + parameters.size() + ")");
        }
        Object[] checked = new Object[arguments.length];
        for (Value.Parameter parameter : parameters) {
            Object argument = arguments[parameter.index()];
            checked[parameter.index()] =
                    switch (parameter.kind()) {
                        case NUMBER -> number(parameter, argument);
                        case ITEM ->
                                argument instanceof CpuMemory.Item item
                                        ? items.of(item, parameter.sizeBytes())
                                        : offset(
                                                number(parameter, argument),
                                                parameter.sizeBytes(),
                                                strideBytes);
                        case SEGMENT -> {
                            MemorySegment segment = segment(parameter, argument);
                            checkSegment.accept(parameter, segment);
                            yield segment;
                        }
                    };
        }
        return checked;
    }

    private static long number(Value.Parameter parameter, Object argument) {
        if (argument instanceof Long || argument instanceof Integer) {
            return ((Number) argument).longValue();
        }
        throw new IllegalArgumentException(
                parameter
                        + ": "
                        + argument
                        + " (expected: Long or Integer"
                        + (parameter.kind() == Value.Kind.ITEM ? ", or Item)" : ")"));
    }

    private static MemorySegment segment(Value.Parameter parameter, Object argument) {
        if (argument instanceof MemorySegment segment) {
            return segment;
        }
        throw new IllegalArgumentException(
                parameter + ": " + argument + " (expected: MemorySegment)");
    }

    /**
     * {@return an offset, checked}
     *
     * @param offset where an item is said to be
     * @param sizeBytes its size
     * @param strideBytes the size of a range
     */
    static long offset(long offset, int sizeBytes, int strideBytes) {
        if (offset < Ranges.HEADER_BYTES || offset > strideBytes - sizeBytes || (offset & 7) != 0) {
            throw new IllegalArgumentException(
                    "offset: "
                            + offset
                            + " (expected: a multiple of 8, "
                            + Ranges.HEADER_BYTES
                            + " to "
                            + (strideBytes - sizeBytes)
                            + ")");
        }
        return offset;
    }

    /** An end of a copy that lies in a segment and whose length is an argument. */
    record SizedCopy(
            Value.Parameter segment, Value.Parameter length, int displacementBytes, int maxBytes) {}

    /** {@return the copies that can only be checked when they are called} */
    static List<SizedCopy> sizedCopies(Sequence sequence) {
        List<SizedCopy> copies = new ArrayList<>();
        for (Op op : sequence.ops()) {
            if (op instanceof Op.Copy copy
                    && copy.lengthBytes() instanceof Value.Parameter length) {
                for (Place place : List.of(copy.to(), copy.from())) {
                    Value.Parameter base = place.base();
                    if (base != null && base.kind() == Value.Kind.SEGMENT) {
                        copies.add(
                                new SizedCopy(
                                        base, length, place.displacementBytes(), copy.maxBytes()));
                    }
                }
            }
        }
        return copies;
    }

    /** {@return whether a sequence stores to a segment} */
    static boolean isWritten(Sequence sequence, Value.Parameter parameter) {
        return sequence.ops().stream()
                .anyMatch(op ->
                        (op instanceof Op.Store store && parameter.equals(store.to().base()))
                                || (op instanceof Op.Copy copy
                                        && parameter.equals(copy.to().base())));
    }

    private static boolean isWritten(OperationVector vector, Value.Parameter parameter) {
        return vector.operations().stream()
                .anyMatch(operation ->
                        switch (operation) {
                            case OperationVector.Copy copy -> parameter.equals(copy.to().base());
                            case OperationVector.Arithmetic arithmetic ->
                                    parameter.equals(arithmetic.to().base());
                            case OperationVector.Compare _, OperationVector.Barrier _ -> false;
                        });
    }

    /** {@return how much of a segment a sequence touches whatever its arguments} */
    static long leastBytes(Sequence sequence, Value.Parameter parameter) {
        long least = 0;
        for (Op op : sequence.ops()) {
            switch (op) {
                case Op.Load load ->
                        least = Math.max(least, end(parameter, load.from(), load.width().bytes()));
                case Op.Store store ->
                        least = Math.max(least, end(parameter, store.to(), store.width().bytes()));
                case Op.Copy copy -> {
                    int bytes = leastBytes(copy);
                    least = Math.max(least, end(parameter, copy.to(), bytes));
                    least = Math.max(least, end(parameter, copy.from(), bytes));
                }
                case Op.Compute _, Op.Leave _, Op.Commit _ -> {}
            }
        }
        return least;
    }

    private static int leastBytes(Op.Copy copy) {
        return switch (copy.lengthBytes()) {
            case Value.Parameter _ -> 0;
            case Value.Temporary _ -> copy.maxBytes();
            case Value.Constant length -> {
                boolean copies = Long.compareUnsigned(length.value(), copy.maxBytes()) <= 0;
                yield copies ? (int) length.value() : 0;
            }
        };
    }

    private static long end(Value.Parameter parameter, Place place, int bytes) {
        return parameter.equals(place.base()) ? (long) place.displacementBytes() + bytes : 0;
    }

    /**
     * Checks what can be told of a segment without the other arguments. The linker would check most
     * of it too, but only where machine code runs, and the interpreter only what it touches.
     */
    static void checkSegment(MemorySegment segment, long leastBytes, boolean written) {
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException("segment: Already closed (expected: an open one)");
        }
        if (!segment.isAccessibleBy(Thread.currentThread())) {
            throw new WrongThreadException(
                    "segment: " + segment + " (expected: one that this thread may access)");
        }
        if (!segment.isNative()) {
            throw new IllegalArgumentException("segment: " + segment + " (expected: a native one)");
        }
        // A file that is cut short would end the JVM, where Java's own access only throws.
        if (segment.isMapped()) {
            throw new IllegalArgumentException(
                    "segment: " + segment + " (expected: one that is not a mapped file)");
        }
        if (written && segment.isReadOnly()) {
            throw new IllegalArgumentException(
                    "segment: " + segment + " (expected: a writable one)");
        }
        if (segment.byteSize() < leastBytes) {
            throw new IndexOutOfBoundsException(
                    "segment: "
                            + segment.byteSize()
                            + " bytes (expected: at least "
                            + leastBytes
                            + ")");
        }
    }

    /** Checks a copy whose length is an argument. A length above the bound touches nothing. */
    static void checkCopy(long size, int displacementBytes, int maxBytes, long lengthBytes) {
        if (Long.compareUnsigned(lengthBytes, maxBytes) <= 0
                && size - displacementBytes < lengthBytes) {
            throw new IndexOutOfBoundsException(
                    "segment: "
                            + size
                            + " bytes (expected: at least "
                            + (displacementBytes + lengthBytes)
                            + ")");
        }
    }
}
