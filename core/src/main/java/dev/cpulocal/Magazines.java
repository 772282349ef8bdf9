// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.cpulocal.Op.Condition;
import dev.cpulocal.Op.Operator;
import dev.cpulocal.Op.Order;
import dev.cpulocal.Op.Width;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.IntConsumer;

/**
 * A magazine for each CPU: the stack of handles from which the threads on that CPU take, after
 * Bonwick and Adams, "Magazines and Vmem" (USENIX 2001).
 */
final class Magazines {

    /*
     * Layout of the item on each CPU
     * ------------------------------
     *   | state | limit | handle 0 | handle 1 | ... | the last there is room for |     handles: 4 bytes
     *                   |<----- used bytes ------>|
     *
     *   state = pops << 16 | used bytes          limit: of the used bytes
     *
     * A pop and a push both commit the one word, state. So a handle is in the magazine exactly if it
     * was written completely, and the number of pops is exact without a store of its own: a statistic
     * that costs an addition in a register. It wraps after 2^48 pops.
     *
     * The limit is in the range, not in the call, so that whoever has the range stopped can change it:
     * 0, as in memory that was never written, means that nobody has opened this magazine, or that
     * all are closed. Then pushes leave as they do when it is full, pops as they do when it is empty,
     * and the caller's slow path finds out why. A closed pool costs an open one nothing.
     *
     * A state that is the same as before means that nobody popped in between, which is how idle CPUs
     * are told from busy ones. (A push changes the used bytes, and only a pop takes them back.)
     */

    static final int HANDLE_BYTES = Integer.BYTES;
    static final int STATE = 0;
    static final int LIMIT = 8;
    static final int HANDLES = 16;

    /** How many handles a magazine can hold at most: what one operation of a vector can copy. */
    static final int MAX_ROUNDS = (OperationVector.MAX_OPERAND_BYTES - HANDLES) / HANDLE_BYTES;

    private static final int USED_BITS = 16;
    private static final long USED_MASK = (1L << USED_BITS) - 1;
    private static final long ONE_POP = 1L << USED_BITS;

    /** Takes the handle that was pushed last. */
    static final Sequence POP =
            Sequence.build(
                    "magazine-pop",
                    s -> {
                        var magazine = s.item("magazine", 24);
                        var state = s.load(magazine.at(STATE));
                        var used = s.compute(Operator.AND, state, s.constant(USED_MASK));
                        s.leaveIf(used, Condition.EQUAL, 0);
                        var last = magazine.at(HANDLES - HANDLE_BYTES).indexed(used, 1);
                        var handle = s.load(last, Width.INT);
                        s.commit(magazine.at(STATE), s.add(state, ONE_POP - HANDLE_BYTES));
                        s.returns(handle);
                    });

    /** Puts a handle on top. */
    static final Sequence PUSH =
            Sequence.build(
                    "magazine-push",
                    s -> {
                        var magazine = s.item("magazine", 24);
                        var handle = s.number("handle");
                        var state = s.load(magazine.at(STATE));
                        var used = s.compute(Operator.AND, state, s.constant(USED_MASK));
                        var limit = s.load(magazine.at(LIMIT));
                        s.leaveIf(limit, Condition.EQUAL, used);
                        var next = magazine.at(HANDLES).indexed(used, 1);
                        s.storeSpeculatively(next, handle, Width.INT);
                        s.commit(magazine.at(STATE), s.add(state, HANDLE_BYTES));
                    });

    /** Puts a batch of handles on top. */
    static final Sequence LOAD =
            Sequence.build(
                    "magazine-load",
                    s -> {
                        var magazine = s.item("magazine", 24);
                        var source = s.segment("source");
                        var bytes = s.number("bytes");
                        var state = s.load(magazine.at(STATE));
                        var used = s.compute(Operator.AND, state, s.constant(USED_MASK));
                        var more = s.add(used, bytes);
                        s.leaveIf(s.load(magazine.at(LIMIT)), Condition.BELOW, more);
                        s.copySpeculatively(
                                magazine.at(HANDLES).indexed(used, 1),
                                source.at(0),
                                bytes,
                                Sequence.MAX_COPY_BYTES);
                        s.commit(magazine.at(STATE), s.add(state, bytes));
                    });

    /** Takes a batch of handles off the top; {@code change} is what that does to the state. */
    static final Sequence UNLOAD =
            Sequence.build(
                    "magazine-unload",
                    s -> {
                        var magazine = s.item("magazine", 24);
                        var target = s.segment("target");
                        var bytes = s.number("bytes");
                        var change = s.number("change");
                        var state = s.load(magazine.at(STATE));
                        var used = s.compute(Operator.AND, state, s.constant(USED_MASK));
                        s.leaveIf(used, Condition.BELOW, bytes);
                        var start = s.subtract(used, bytes);
                        s.copySpeculatively(
                                target.at(0),
                                magazine.at(HANDLES).indexed(start, 1),
                                bytes,
                                Sequence.MAX_COPY_BYTES);
                        s.commit(magazine.at(STATE), s.add(state, change));
                    });

    /** The bound {@link #POP}; the magazine is the offset of the item. */
    interface Pop {
        /** {@return a handle, or a code} */
        long pop(long magazine);
    }

    /** The bound {@link #PUSH}. */
    interface Push {
        /** {@return a result} */
        long push(long magazine, long handle);
    }

    /** The bound {@link #LOAD}. */
    interface Load {
        /** {@return a result} */
        long load(long magazine, MemorySegment source, long bytes);
    }

    /** The bound {@link #UNLOAD}. */
    interface Unload {
        /** {@return a result} */
        long unload(long magazine, MemorySegment target, long bytes, long change);
    }

    /** The fast path, for whoever has a field for it. */
    final Pop pop;

    /** The fast path, for whoever has a field for it. */
    final Push push;

    /** What the fast path takes as magazine. */
    final long offset;

    private final CpuMemory memory;
    private final CpuMemory.Item item;
    private final Load load;
    private final Unload unload;
    private final int limit;

    /** The size of the item, and of the part of a segment that shows it. */
    private final int bytes;

    /** Takes everything from a CPU, and sets its limit. */
    private final OperationVector drain;

    /** Takes everything from a CPU if its state is still as it was seen. */
    private final OperationVector drainIdle;

    Magazines(CpuMemory memory, int limit) {
        this.memory = memory;
        this.limit = limit;
        bytes = HANDLES + (limit + limit % 2) * HANDLE_BYTES;
        item = memory.allocate(bytes);
        offset = item.offset();
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        pop = memory.bind(POP, Pop.class, lookup);
        push = memory.bind(PUSH, Push.class, lookup);
        load = memory.bind(LOAD, Load.class, lookup);
        unload = memory.bind(UNLOAD, Unload.class, lookup);
        drain =
                OperationVector.build(
                        "magazine-drain",
                        vector -> {
                            var magazine = vector.item("magazine", bytes);
                            show(vector, magazine);
                            empty(vector, magazine);
                            vector.copy(magazine.at(LIMIT), vector.number("limit"));
                        });
        drainIdle =
                OperationVector.build(
                        "magazine-drain-idle",
                        vector -> {
                            var magazine = vector.item("magazine", bytes);
                            var seen = vector.segmentOfRanges("seen", Long.BYTES);
                            vector.compareEqual(magazine.at(STATE), seen.at(0));
                            show(vector, magazine);
                            empty(vector, magazine);
                        });
    }

    /**
     * Copies a magazine that was ever opened; others, of CPUs that may not exist, are not touched.
     */
    private void show(OperationVector.Builder vector, Value.Parameter magazine) {
        var found = vector.segmentOfRanges("found", bytes);
        vector.compareNotEqual(magazine.at(LIMIT), vector.constant(0));
        vector.copy(found.at(0), magazine.at(STATE), bytes);
    }

    private static void empty(OperationVector.Builder vector, Value.Parameter magazine) {
        vector.arithmetic(
                magazine.at(STATE),
                Operator.AND,
                vector.constant(~USED_MASK),
                Width.LONG,
                Order.RELAXED);
    }

    CpuMemory memory() {
        return memory;
    }

    /** {@return how many handles each can hold} */
    int limit() {
        return limit;
    }

    /**
     * Opens the magazine of the CPU the caller runs on; {@return whether it was not}. For one
     * thread at a time.
     */
    boolean open() {
        int range = memory.internals().current();
        if (memory.getOpaque(item, LIMIT, range) != 0) {
            return false;
        }
        memory.setRelease(item, LIMIT, range, bytes(limit));
        return true;
    }

    /** Puts handles into the magazine of the CPU the caller runs on, if there is room for all. */
    boolean load(MemorySegment source, int count) {
        VarHandle.releaseFence();
        return Result.isCommitted(load.load(offset, source, bytes(count)));
    }

    /**
     * Takes handles from the magazine of the CPU the caller runs on, if it has so many.
     *
     * @param asPops whether they count as pops
     */
    boolean unload(MemorySegment target, int count, boolean asPops) {
        long result =
                unload.unload(
                        offset,
                        target,
                        bytes(count),
                        asPops ? count * (ONE_POP - HANDLE_BYTES) : -bytes(count));
        VarHandle.acquireFence();
        return Result.isCommitted(result);
    }

    /** Puts handles into the magazine of the CPU the caller runs on, if there is room for all. */
    boolean loadAll(int[] handles) {
        if (handles.length == 0 || handles.length > limit) {
            return handles.length == 0;
        }
        try (Arena arena = Arena.ofConfined()) {
            return load(arena.allocateFrom(JAVA_INT, handles), handles.length);
        }
    }

    /**
     * Takes handles from the magazine of the CPU the caller runs on, as many as it has and at most
     * a number; shows them, the one that was pushed last first.
     */
    void unloadSome(int most, IntConsumer handles) {
        int count = Math.min(most, rounds(memory.internals().current()));
        if (count > 1) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment target = arena.allocate(JAVA_INT, count);
                if (unload(target, count, true)) {
                    for (int i = count - 1; i >= 0; i--) {
                        handles.accept(target.getAtIndex(JAVA_INT, i));
                    }
                }
            }
        }
    }

    /** Takes handles from the magazine of any CPU, if it has so many. */
    boolean unloadFrom(int range, MemorySegment target, int count) {
        return Result.isCommitted(
                memory.execute(range, UNLOAD, item, target, bytes(count), -bytes(count)));
    }

    private static long bytes(int count) {
        return (long) count * HANDLE_BYTES;
    }

    /** {@return how many handles a magazine has, read while others use it} */
    int rounds(int range) {
        return (int) (state(range) & USED_MASK) / HANDLE_BYTES;
    }

    /** {@return how many handles all have, read one after the other} */
    int rounds() {
        int rounds = 0;
        for (int range = 0; range < memory.ranges(); range++) {
            rounds += rounds(range);
        }
        return rounds;
    }

    /** {@return how often a handle was popped, on all CPUs} */
    long pops() {
        long pops = 0;
        for (int range = 0; range < memory.ranges(); range++) {
            pops += state(range) >>> USED_BITS;
        }
        return pops;
    }

    private long state(int range) {
        return memory.getAcquire(item, STATE, range);
    }

    /** Takes all handles out of all magazines at one moment, and leaves them closed. */
    void close(IntConsumer handles) {
        drain(0, handles);
    }

    /** Takes all handles out of all magazines at one moment. */
    void drain(IntConsumer handles) {
        drain(bytes(limit), handles);
    }

    private void drain(long newLimit, IntConsumer handles) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment found = parts(arena);
            memory.executeOnAll(drain, item, found, newLimit);
            forEach(found, handles);
        }
    }

    /**
     * Takes all handles out of those magazines from which nobody has popped, and into which nobody
     * has pushed, since they were seen; with one fence.
     *
     * @param seen the states by range; becomes the present ones
     */
    void drainIdle(long[] seen, IntConsumer handles) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment found = parts(arena);
            MemorySegment states = arena.allocateFrom(JAVA_LONG, seen);
            memory.executeOnAll(drainIdle, item, states, found);
            forEach(found, handles);
        }
        for (int range = 0; range < seen.length; range++) {
            seen[range] = state(range);
        }
    }

    /** A part for each range, of zeros: a magazine that is left alone shows nothing. */
    private MemorySegment parts(Arena arena) {
        return arena.allocate((long) memory.ranges() * bytes, Long.BYTES);
    }

    private void forEach(MemorySegment found, IntConsumer handles) {
        for (long part = 0; part < found.byteSize(); part += bytes) {
            long used = found.get(JAVA_LONG, part + STATE) & USED_MASK;
            for (long at = 0; at < used; at += HANDLE_BYTES) {
                handles.accept(found.get(JAVA_INT, part + HANDLES + at));
            }
        }
    }
}
