// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Work that takes a thing from the range where the thread is, and puts it back on the range where
 * the thread is then. One of the two is the sequence in question. All things are there in the end.
 */
abstract class Circulation extends CatalogueWork {

    private static final int THINGS = 40;

    /** What a step answers that finds nothing to put back. */
    private static final long NOTHING_THERE = Result.ABORTED;

    private final Sequence put;
    private final boolean isTake;
    private final MethodHandle other;
    private final List<Long> things = new ArrayList<>();

    private Circulation(
            CpuMemory memory,
            MethodHandle attempt,
            int itemBytes,
            Sequence take,
            Sequence put,
            boolean isTake) {
        super(memory, attempt, itemBytes);
        this.put = put;
        this.isTake = isTake;
        other = undisturbed(isTake ? put : take);
    }

    /** {@return the arguments that take a thing} */
    abstract Object[] takeArguments();

    /** {@return the arguments that put it back} */
    abstract Object[] putArguments(long taken);

    /** {@return the things on a range} */
    abstract LongStream thingsOn(int range);

    /** Adds a thing. */
    final void begin(long thing) {
        memory.execute(things.size() % memory.ranges(), put, putArguments(thing));
        things.add(thing);
    }

    @Override
    final long step(int step) {
        if (isTake) {
            long taken = call(takeArguments());
            if (Result.isCommitted(taken)) {
                call(other, putArguments(taken));
            }
            return taken;
        }
        long taken = call(other, takeArguments());
        return Result.isCommitted(taken) ? call(putArguments(taken)) : NOTHING_THERE;
    }

    @Override
    final void assertNothingIsLost() {
        // One more than there are tells of a circle.
        List<Long> found =
                ranges().boxed()
                        .flatMap(range -> thingsOn(range).limit(THINGS + 1).boxed())
                        .sorted()
                        .toList();
        assertEquals(things, found);
    }

    /** Nodes of lists. */
    static final class Nodes extends Circulation {
        private static final Sequence POP = Sequences.LOAD_CBEQ_STORE_ADD_LOAD_STORE;

        Nodes(Sequence sequence, CpuMemory memory, MethodHandle attempt) {
            super(memory, attempt, 8, POP, CpuList.PUSH, sequence.equals(POP));
            for (int i = 0; i < THINGS; i++) {
                begin(offset(memory.allocate(8)));
            }
        }

        @Override
        Object[] takeArguments() {
            return new Object[] {offset(word), 0L, 0L};
        }

        @Override
        Object[] putArguments(long taken) {
            return new Object[] {offset(word), taken};
        }

        @Override
        LongStream thingsOn(int range) {
            return LongStream.iterate(
                    memory.getOpaque(word, 0, range),
                    node -> node != 0,
                    node -> memory.internals().getOpaque(range, (int) node));
        }
    }

    /** Values in buffers. */
    static final class Values extends Circulation {
        private static final long LIMIT_BYTES = THINGS * Long.BYTES;

        Values(Sequence sequence, CpuMemory memory, MethodHandle attempt) {
            this(memory, attempt, sequence, sequence.equals(CpuBuffer.POP));
        }

        private Values(CpuMemory memory, MethodHandle attempt, Sequence sequence, boolean isTake) {
            super(
                    memory,
                    attempt,
                    RecordStack.RECORDS + (int) LIMIT_BYTES,
                    CpuBuffer.POP,
                    isTake ? CpuBuffer.PUSH : sequence,
                    isTake);
            LongStream.rangeClosed(1, THINGS).forEach(this::begin);
        }

        @Override
        Object[] takeArguments() {
            return new Object[] {offset(word)};
        }

        @Override
        Object[] putArguments(long taken) {
            return new Object[] {offset(word), taken, LIMIT_BYTES};
        }

        @Override
        LongStream thingsOn(int range) {
            long used = memory.getOpaque(word, RecordStack.USED, range);
            return LongStream.range(0, used / Long.BYTES)
                    .map(i -> memory.getOpaque(word, RecordStack.RECORDS + (int) i * 8, range));
        }
    }

    /** Records in buffers: a number, and further words that follow from it. */
    static final class Records extends Circulation {
        private static final int RECORD_BYTES = 24;
        private static final long LIMIT_BYTES = THINGS * RECORD_BYTES;

        private final ThreadLocal<MemorySegment> holder = perThread(RECORD_BYTES);

        Records(Sequence sequence, CpuMemory memory, MethodHandle attempt) {
            this(memory, attempt, sequence, sequence.equals(RecordStack.TAKE));
        }

        private Records(CpuMemory memory, MethodHandle attempt, Sequence sequence, boolean isTake) {
            super(
                    memory,
                    attempt,
                    RecordStack.RECORDS + (int) LIMIT_BYTES,
                    RecordStack.TAKE,
                    isTake ? CpuRecordBuffer.PUSH : sequence,
                    isTake);
            for (long number = 1; number <= THINGS; number++) {
                for (int at = 0; at < RECORD_BYTES; at += Long.BYTES) {
                    holder.get().set(JAVA_LONG, at, word(number, at));
                }
                begin(number);
            }
        }

        private static long word(long number, int displacementBytes) {
            return number + displacementBytes * FACTOR;
        }

        @Override
        Object[] takeArguments() {
            return new Object[] {offset(word), holder.get(), (long) RECORD_BYTES};
        }

        @Override
        Object[] putArguments(long taken) {
            return new Object[] {offset(word), holder.get(), (long) RECORD_BYTES, LIMIT_BYTES};
        }

        @Override
        LongStream thingsOn(int range) {
            long used = memory.getOpaque(word, RecordStack.USED, range);
            return LongStream.range(0, used / RECORD_BYTES)
                    .map(i -> wholeRecord(range, RecordStack.RECORDS + (int) i * RECORD_BYTES));
        }

        /** {@return the number of a record} */
        private long wholeRecord(int range, int displacementBytes) {
            long number = memory.getOpaque(word, displacementBytes, range);
            for (int at = 0; at < RECORD_BYTES; at += Long.BYTES) {
                assertEquals(
                        word(number, at), memory.getOpaque(word, displacementBytes + at, range));
            }
            return number;
        }
    }

    /** Things in magazines. */
    abstract static class Rounds extends Circulation {
        private final int bytesEach;

        Rounds(
                CpuMemory memory,
                MethodHandle attempt,
                int bytesEach,
                Sequence take,
                Sequence put,
                boolean isTake) {
            super(memory, attempt, Magazines.HANDLES + THINGS * bytesEach, take, put, isTake);
            this.bytesEach = bytesEach;
            ranges().forEach(range ->
                    memory.setOpaque(word, Magazines.LIMIT, range, (long) THINGS * bytesEach));
        }

        /** {@return a thing by what is there} */
        abstract long thing(int range, int displacementBytes);

        final int handle(int range, int displacementBytes) {
            long both = memory.getOpaque(word, displacementBytes & -Long.BYTES, range);
            return (int) (both >>> (displacementBytes % Long.BYTES * Byte.SIZE));
        }

        @Override
        final LongStream thingsOn(int range) {
            int used = (char) memory.getOpaque(word, Magazines.STATE, range);
            return LongStream.range(0, used / bytesEach)
                    .map(i -> thing(range, Magazines.HANDLES + (int) i * bytesEach));
        }
    }

    /** Handles, one by one. */
    static final class Handles extends Rounds {
        Handles(Sequence sequence, CpuMemory memory, MethodHandle attempt) {
            super(
                    memory,
                    attempt,
                    Magazines.HANDLE_BYTES,
                    Magazines.POP,
                    Magazines.PUSH,
                    sequence.name().equals(Magazines.POP.name()));
            LongStream.rangeClosed(1, THINGS).forEach(this::begin);
        }

        @Override
        Object[] takeArguments() {
            return new Object[] {offset(word)};
        }

        @Override
        Object[] putArguments(long taken) {
            return new Object[] {offset(word), taken};
        }

        @Override
        long thing(int range, int displacementBytes) {
            return handle(range, displacementBytes);
        }
    }

    /** Batches of handles: a number, and others that follow from it. */
    static final class Batches extends Rounds {
        private static final int BATCH = 3;
        private static final int BATCH_BYTES = BATCH * Magazines.HANDLE_BYTES;

        private final ThreadLocal<MemorySegment> holder = perThread(BATCH_BYTES);

        Batches(Sequence sequence, CpuMemory memory, MethodHandle attempt) {
            super(
                    memory,
                    attempt,
                    BATCH_BYTES,
                    Magazines.UNLOAD,
                    Magazines.LOAD,
                    sequence.name().equals(Magazines.UNLOAD.name()));
            for (int number = 1; number <= THINGS; number++) {
                for (int i = 0; i < BATCH; i++) {
                    holder.get().setAtIndex(JAVA_INT, i, handleOf(number, i));
                }
                begin(number);
            }
        }

        private static int handleOf(int number, int place) {
            return number + place * (int) FACTOR;
        }

        @Override
        Object[] takeArguments() {
            return new Object[] {
                offset(word), holder.get(), (long) BATCH_BYTES, (long) -BATCH_BYTES
            };
        }

        @Override
        Object[] putArguments(long taken) {
            return new Object[] {offset(word), holder.get(), (long) BATCH_BYTES};
        }

        @Override
        long thing(int range, int displacementBytes) {
            int number = handle(range, displacementBytes);
            for (int i = 0; i < BATCH; i++) {
                int at = displacementBytes + i * Magazines.HANDLE_BYTES;
                assertEquals(handleOf(number, i), handle(range, at));
            }
            return number;
        }
    }
}
