// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.cpulocal.CpuMemory;
import dev.cpulocal.OperationVector;
import dev.cpulocal.Result;
import dev.cpulocal.Sequence;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * The memory itself: one range of a stride for every possible index, and the one way to work on it
 * that always completes.
 */
public final class Ranges {

    /*
     * Layout
     * ------
     *   base                     base + stride            base + 2 * stride
     *   | stop word | items ...  | stop word | items ...  | ...
     *   |<------ range 0 ------->|<------ range 1 ------->|
     *
     * The base is aligned to the stride. Memory is mapped without reservation and untouched, so a
     * page costs nothing until a thread first writes to it, and the ranges of CPUs that never run the
     * process cost nothing at all. Reading such a page maps the kernel's page of zeros.
     *
     * The memory is unmapped when the segment is unreachable, and only then: a raw base address is in
     * use while a call runs, so callers keep this object reachable until after it.
     *
     * Completing an operation
     * -----------------------
     * A bare attempt may be aborted, stopped, or meet a thread that is not registered. It is tried
     * again a bounded number of times, here in Java, where the thread polls for safepoints. Then the
     * operation is completed as the posted cpu_opv system call would: the range's stop word is taken,
     * the CPU fenced, the ops interpreted with plain accesses, the word cleared. No signal storm,
     * debugger or page fault can prevent that, because none of it restarts. The range need not be the
     * current CPU's: with its sequences excluded, any CPU's range is as good.
     *
     * Where no thread uses rseq, the same path runs without the fence: the stop word is the lock.
     */

    /** How many bytes at the start of a range are the library's own. */
    public static final int HEADER_BYTES = 64;

    private static final int MAX_TRIES = 8;
    private static final VarHandle WORD = JAVA_LONG.varHandle();

    private final Engine engine;
    private final int strideBytes;
    private final int count;
    private final MemorySegment memory;
    private final StopWords stopWords;
    private final LongAdder retries = new LongAdder();
    private final LongAdder completions = new LongAdder();
    private final LongAdder stops = new LongAdder();

    /**
     * Maps memory.
     *
     * @param engine how its sequences are executed
     * @param strideBytes the stride: a power of two, at least a page
     * @throws OutOfMemoryError if there is no address space left
     */
    public Ranges(Engine engine, int strideBytes) {
        this(engine, strideBytes, countOfAll());
    }

    /**
     * Maps memory with another number of ranges than there are CPUs.
     *
     * @param engine how its sequences are executed
     * @param strideBytes the stride: a power of two, at least a page
     * @param count how many ranges
     * @throws OutOfMemoryError if there is no address space left
     */
    Ranges(Engine engine, int strideBytes, int count) {
        this.engine = engine;
        this.strideBytes = strideBytes;
        this.count = count;
        boolean mapped = Platform.nativeAccess().isAvailable();
        long bytes = (long) strideBytes * count;
        this.memory =
                mapped
                        ? Libc.mapUntilCollected(bytes, strideBytes, Arena.ofAuto())
                        : Arena.ofAuto().allocate(bytes, HEADER_BYTES);
        this.stopWords = new StopWords(memory, strideBytes, count);
    }

    /** {@return how many ranges every memory has} */
    static int countOfAll() {
        return Platform.nativeAccess().isAvailable()
                ? Topology.possible().last() + 1
                : Runtime.getRuntime().availableProcessors();
    }

    /** {@return how its sequences are executed} */
    public Engine engine() {
        return engine;
    }

    /** {@return the stride} */
    public int strideBytes() {
        return strideBytes;
    }

    /** {@return whether the engine is that of the process, and the stride that of small items} */
    boolean areUsual() {
        return strideBytes == CpuMemory.DEFAULT_STRIDE_BYTES
                && engine.equals(Engine.of(engine.index()));
    }

    /** {@return how many ranges there are} */
    public int count() {
        return count;
    }

    MemorySegment memory() {
        return memory;
    }

    /** {@return the address of range 0: what a linked sequence takes as base} */
    public long base() {
        return memory.address();
    }

    /**
     * {@return a handle that tries a sequence once on the current range; see {@link Engine#link}}
     */
    public MethodHandle link(Sequence sequence) {
        return engine.link(sequence, strideBytes, count);
    }

    /**
     * {@return a handle that executes a sequence on the current range as bytecode, where no thread
     * runs machine code; see {@link BytecodeEmitter}}
     */
    MethodHandle emitPortable(Sequence sequence) {
        return BytecodeEmitter.emit(sequence, strideBytes);
    }

    /** Takes the current range for a portable sequence; {@return which, or -1 if it is taken}. */
    int tryEnter() {
        int range = current();
        return stopWords.tryEnter(range) ? range : -1;
    }

    /** Ends a successful {@link #tryEnter}. */
    void leave(int range) {
        stopWords.leave(range);
    }

    private long start(int range) {
        return (long) range * strideBytes;
    }

    /* ------------------------- Completing operations ------------------------- */

    /**
     * Completes an operation on the current CPU's range.
     *
     * @param sequence the sequence, stoppable
     * @param attempt its linked handle, as {@code (Object[])long} over base and arguments
     * @param arguments as for {@link Interpreter#run}, after the base
     * @return the result, never transient
     */
    long complete(Sequence sequence, MethodHandle attempt, Object[] arguments) {
        retries.increment();
        for (int tries = 0; engine.usesRseq() && tries < MAX_TRIES; tries++) {
            long result = attempt(attempt, arguments);
            if (!Result.isTransient(result)) {
                return result;
            }
            if (result == Result.STOPPED) {
                stopWords.spinWhileStopped(current());
            } else if (result == Result.UNREGISTERED && !engine.registerThread()) {
                break;
            }
        }
        completions.increment();
        return execute(current(), sequence, arguments);
    }

    private long attempt(MethodHandle attempt, Object[] arguments) {
        try {
            return (long) attempt.invokeExact(base(), arguments);
        } catch (Throwable e) {
            throw Libc.unexpected(e);
        }
    }

    /**
     * Executes a sequence on a given range, whose own sequences are excluded meanwhile.
     *
     * @param range which
     * @param sequence the sequence, stoppable
     * @param arguments as for {@link Interpreter#run}
     * @return the result, never transient
     */
    public long execute(int range, Sequence sequence, Object[] arguments) {
        stop(range);
        try {
            return interpret(range, sequence, arguments);
        } finally {
            resume(range);
        }
    }

    /**
     * Executes a sequence on every range, with one fence, all of them stopped together.
     *
     * @param sequence the sequence, stoppable
     * @param arguments as for {@link Interpreter#run}
     * @return the results by range, none transient
     */
    public long[] executeOnAll(Sequence sequence, Object[] arguments) {
        long[] results = new long[count];
        whileStopped(
                all(),
                () -> Arrays.setAll(results, range -> interpret(range, sequence, arguments)));
        return results;
    }

    /** Looks at what a sequence would load, beside whatever runs on the range. */
    Interpreter look(int range, Sequence sequence, Object[] arguments) {
        return Interpreter.look(sequence, memory, start(range), strideBytes, arguments);
    }

    private long interpret(int range, Sequence sequence, Object[] arguments) {
        return Interpreter.run(sequence, memory, start(range), strideBytes, arguments);
    }

    /**
     * Executes vectors on a given range, one after the other, with one fence, the range stopped
     * from the first to the last, and so are those that the vectors name.
     *
     * @param range which
     * @param vectors the vectors, in order
     * @param arguments of each, as {@link Arguments} checked them
     * @return the answers
     */
    public long[] execute(int range, List<OperationVector> vectors, List<Object[]> arguments) {
        ResolvedVector[] resolved = new ResolvedVector[vectors.size()];
        Arrays.setAll(
                resolved, i -> new ResolvedVector(vectors.get(i), this, range, arguments.get(i)));
        return execute(range, resolved);
    }

    private long[] execute(int range, ResolvedVector... vectors) {
        BitSet stopped = new BitSet();
        stopped.set(range);
        boolean anyRuns = false;
        for (ResolvedVector vector : vectors) {
            vector.addNamed(stopped);
            anyRuns |= !vector.isOutOfRange();
        }
        long[] results = new long[vectors.length];
        Arrays.fill(results, Result.OUT_OF_RANGE);
        if (anyRuns) {
            whileStopped(stopped, () -> Arrays.setAll(results, i -> vectors[i].run(range)));
        }
        return results;
    }

    /** The same for one vector. */
    public long execute(int range, OperationVector vector, Object[] arguments) {
        ResolvedVector resolved = new ResolvedVector(vector, this, range, arguments);
        if (resolved.isOutOfRange() || resolved.namesRanges()) {
            return execute(range, resolved)[0];
        }
        stop(range);
        try {
            return resolved.run(range);
        } finally {
            resume(range);
        }
    }

    /**
     * Executes a vector on every range, with one fence, all of them stopped together.
     *
     * @param vector the vector
     * @param arguments as {@link Arguments} checked them
     * @return the answers by range
     */
    public long[] executeOnAll(OperationVector vector, Object[] arguments) {
        ResolvedVector resolved = new ResolvedVector(vector, this, count - 1, arguments);
        long[] results = new long[count];
        Arrays.fill(results, Result.OUT_OF_RANGE);
        if (!resolved.isOutOfRange()) {
            whileStopped(all(), () -> Arrays.setAll(results, resolved::run));
        }
        return results;
    }

    /* ------------------------- Stopping ------------------------- */

    private BitSet all() {
        BitSet all = new BitSet();
        all.set(0, count);
        return all;
    }

    /** Stops ranges, with one fence, does some work, and lets them go on. */
    public void whileStopped(BitSet ranges, Runnable work) {
        stops.increment();
        int last = -1;
        try {
            // Always ascending, so that two of these cannot wait for each other.
            for (int range; (range = ranges.nextSetBit(last + 1)) >= 0; last = range) {
                stopWords.take(range);
            }
            if (ranges.cardinality() == 1) {
                engine.fence(last);
            } else {
                engine.fenceAll();
            }
            work.run();
        } finally {
            for (; last >= 0; last = ranges.previousSetBit(last - 1)) {
                stopWords.clear(last);
            }
        }
    }

    /** Stops a range until the same thread calls {@link #resume}. */
    public void stop(int range) {
        stops.increment();
        stopWords.take(range);
        boolean fenced = false;
        try {
            engine.fence(range);
            fenced = true;
        } finally {
            if (!fenced) {
                stopWords.clear(range);
            }
        }
    }

    /** Ends a {@link #stop}. */
    public void resume(int range) {
        stopWords.clear(range);
    }

    /** {@return the range that the calling thread would use now} */
    public int current() {
        return engine.currentRange(count);
    }

    /** {@return who stops which range} */
    public List<CpuMemory.Stop> holders() {
        return stopWords.holders();
    }

    /** {@return whether a thread has waited for a range so long that nobody may overtake it} */
    public boolean isSomebodyImpatient(int range) {
        return stopWords.isSomebodyImpatient(range);
    }

    /** {@return the longest time that a range was stopped} */
    public long longestStopNanos() {
        return stopWords.longestNanos();
    }

    /** {@return how often no machine code ended an operation} */
    public long retries() {
        return retries.sum() + stopWords.entries();
    }

    /** {@return how many operations were then completed with the right to the range} */
    public long completions() {
        return completions.sum() + stopWords.entries();
    }

    /** {@return how often ranges were stopped, whatever for} */
    public long stops() {
        return stops.sum();
    }

    /* ------------------------- Words ------------------------- */

    /** {@return 8 bytes of a range, single-copy atomic, in no order with others} */
    public long getOpaque(int range, int offset) {
        return (long) WORD.getOpaque(memory, start(range) + offset);
    }

    /** Sets 8 bytes of a range, single-copy atomic, in no order with others. */
    public void setOpaque(int range, int offset, long value) {
        WORD.setOpaque(memory, start(range) + offset, value);
    }

    /** {@return 8 bytes of a range, read before everything that the caller does afterwards} */
    public long getAcquire(int range, int offset) {
        return (long) WORD.getAcquire(memory, start(range) + offset);
    }

    /** Sets 8 bytes of a range, after everything that the caller did before. */
    public void setRelease(int range, int offset, long value) {
        WORD.setRelease(memory, start(range) + offset, value);
    }

    /** Adds to 8 bytes of a range by an atomic instruction. */
    void addAtomically(int range, long offset, long value) {
        WORD.getAndAdd(memory, start(range) + offset, value);
    }

    /** Zeros an item on every range, without touching pages that were never written. */
    public void clear(int offset, int bytes) {
        for (int range = 0; range < count; range++) {
            for (int word = offset; word < offset + bytes; word += Long.BYTES) {
                if (getOpaque(range, word) != 0) {
                    setOpaque(range, word, 0);
                }
            }
        }
    }
}
