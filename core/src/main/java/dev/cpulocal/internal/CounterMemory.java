// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import dev.cpulocal.IndexMode;
import dev.cpulocal.Op;
import dev.cpulocal.Result;
import dev.cpulocal.Sequence;
import dev.cpulocal.Value;
import dev.cpulocal.Value.Kind;
import dev.cpulocal.Value.Parameter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Where counters lie: two halves of every word, at the same offset of two memories. */
public final class CounterMemory {

    /*
     * Split halves
     * ------------
     * A counter is, on every CPU, two words. One is added to only by the restartable sequence of that
     * CPU, with a plain instruction. The other is added to only by atomic instructions, by whoever
     * could not use the first: a thread whose attempts were aborted, or one without rseq. Readers add
     * up all words of both kinds. So a failed attempt needs no waiting, no stop word and no fence, and
     * an addition is counted exactly once, in one word or in the other.
     *
     * The halves are in different memories, so that the pages of the atomic ones stay untouched where
     * attempts practically never fail: a counter then costs 8 bytes on each CPU that adds to it.
     *
     * Where no thread uses rseq, asking for the CPU would cost more than the addition. There a thread
     * has a word that depends on its number, out of several for each CPU, so that two threads that run
     * at the same time rarely share one.
     *
     * A reset does not write the restartable half, which belongs to its CPU. It reads the sum and adds
     * its negative to an atomic half. Additions made meanwhile stay. Resets exclude each other, or two
     * of them would both take the same sum away.
     *
     * Memory order: the adding thread's earlier stores may become visible after the addition. Java's
     * own synchronisation between the adding thread and the reader orders the addition as it does any
     * store of that thread: a call of machine code is no exception to it.
     */

    /** The size of a half, and the distance of neighbours. */
    public static final int WORD_BYTES = Long.BYTES;

    /** {@link dev.cpulocal.Sequences#COUNTER_ADD}: {@code *v += count}, deaf to the stop word. */
    public static final Sequence ADD = addition();

    private static final int STRIPES_PER_CPU = 4;

    private static final Map<IndexMode, List<CounterMemory>> SHARED =
            new EnumMap<>(IndexMode.class);

    private final Ranges restartable;
    private final Ranges atomic;
    private final Offsets offsets;
    private final Adder adder;
    private final boolean byThread;
    private final Object resetLock = new Object();

    /**
     * Maps both memories.
     *
     * @param engine how the restartable half is added to
     * @param strideBytes the stride of each memory
     */
    public CounterMemory(Engine engine, int strideBytes) {
        restartable = new Ranges(engine, strideBytes);
        byThread = !engine.usesRseq();
        int stripes = byThread ? STRIPES_PER_CPU : 1;
        atomic = new Ranges(engine, strideBytes, stripes * restartable.count());
        offsets = new Offsets(Ranges.HEADER_BYTES, strideBytes);
        adder = new Adder(restartable);
    }

    private static Sequence addition() {
        Parameter v = new Parameter(0, "v", Kind.ITEM, WORD_BYTES);
        Parameter count = new Parameter(1, "count", Kind.NUMBER, 0);
        return new Sequence(
                "counter-add",
                List.of(v, count),
                List.of(new Op.CommitAdd(v.at(0), count, Op.Width.LONG, Op.Order.RELAXED)),
                new Value.Constant(Result.COMMITTED),
                false);
    }

    /** Where some counters are. */
    public record Block(CounterMemory memory, int offset, int words) {
        /** Gives the words back. */
        public void free() {
            memory.free(offset, words * WORD_BYTES);
        }
    }

    /**
     * {@return room for counters in the memories that small counters share}
     *
     * @param index what chooses the range
     * @param words how many
     * @param strideBytes the stride of shared memories, large enough
     */
    public static Block allocateShared(IndexMode index, int words, int strideBytes) {
        synchronized (SHARED) {
            List<CounterMemory> memories = SHARED.computeIfAbsent(index, _ -> new ArrayList<>());
            for (CounterMemory memory : memories.reversed()) {
                int offset = memory.take(words);
                if (offset >= 0) {
                    return new Block(memory, offset, words);
                }
            }
            CounterMemory memory = new CounterMemory(Engine.of(index), strideBytes);
            memories.add(memory);
            return new Block(memory, memory.take(words), words);
        }
    }

    /** {@return room for counters in this memory, all of whose words are free} */
    public Block allocate(int words) {
        return new Block(this, take(words), words);
    }

    private int take(int words) {
        synchronized (offsets) {
            return offsets.take(words * WORD_BYTES, WORD_BYTES);
        }
    }

    private void free(int offset, int bytes) {
        restartable.clear(offset, bytes);
        atomic.clear(offset, bytes);
        synchronized (offsets) {
            offsets.give(offset, bytes);
        }
    }

    /** {@return what tries to add to the restartable half} */
    public Adder adder() {
        return adder;
    }

    /** {@return the memory of the restartable halves} */
    Ranges restartable() {
        return restartable;
    }

    /** {@return the base that it takes} */
    public long base() {
        return restartable.base();
    }

    /**
     * Adds after an attempt failed: once more to the restartable half if that is worthwhile, else
     * to the atomic half.
     *
     * @param offset the counter
     * @param count what to add
     * @param failure what the attempt answered
     */
    public void addAfter(long failure, long offset, long count) {
        boolean again =
                !byThread
                        && (failure == Result.ABORTED
                                || (failure == Result.UNREGISTERED
                                        && restartable.engine().registerThread()));
        if (!again || adder.add(base(), offset, count) != Result.COMMITTED) {
            addAtomically(offset, count);
        }
    }

    /** Adds to the atomic half. */
    void addAtomically(long offset, long count) {
        int range = byThread ? Engine.rangeOfThread(atomic.count()) : atomic.current();
        atomic.addAtomically(range, offset, count);
    }

    /** {@return the sum of all words of a counter} */
    public long sum(int offset) {
        return sum(restartable, offset) + sum(atomic, offset);
    }

    private static long sum(Ranges half, int offset) {
        long sum = 0;
        for (int range = 0; range < half.count(); range++) {
            sum += half.getOpaque(range, offset);
        }
        return sum;
    }

    /** {@return the sum of the atomic words: how much was added by other means than a sequence} */
    public long atomicSum(int offset) {
        return sum(atomic, offset);
    }

    /** {@return the sum, which is taken away at the same time} */
    public long sumThenReset(int offset) {
        synchronized (resetLock) {
            long sum = sum(offset);
            addAtomically(offset, -sum);
            return sum;
        }
    }
}
