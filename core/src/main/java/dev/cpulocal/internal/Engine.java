// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.cpulocal.Cpu;
import dev.cpulocal.IndexMode;
import dev.cpulocal.Result;
import dev.cpulocal.Rseq.Threads;
import dev.cpulocal.Sequence;
import dev.cpulocal.Value;
import dev.cpulocal.internal.Target.Injection;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How the sequences on one memory are executed: by which index, and by which threads as machine
 * code.
 *
 * <p>The choice is made where a sequence is linked, so that it costs nothing where it is called:
 * with rseq off, the linked handle is a constant that answers {@link Result#UNREGISTERED}.
 *
 * @param index what chooses the range
 * @param threads which threads run machine code
 * @param injection what is injected into every linked sequence, for tests
 */
public record Engine(IndexMode index, Threads threads, Injection injection) {

    private record Key(Sequence sequence, Target target) {}

    /** Code is never unmapped, so each distinct sequence is emitted once for each target. */
    private static final ConcurrentHashMap<Key, MethodHandle> EMITTED = new ConcurrentHashMap<>();

    private static final MethodHandle IS_CHOSEN_THREAD = isChosenThread();

    /**
     * {@return the engine that this process uses}
     *
     * @param index what chooses the range
     */
    public static Engine of(IndexMode index) {
        RseqRuntime runtime = RseqRuntime.get();
        return of(index, runtime.threads());
    }

    /**
     * {@return an engine of which only some or no threads run machine code}
     *
     * @param index what chooses the range
     * @param threads which threads may run machine code; none will where rseq is not available
     */
    public static Engine of(IndexMode index, Threads threads) {
        RseqRuntime runtime = RseqRuntime.get();
        boolean available =
                index == IndexMode.CPU_ID
                        ? runtime.availability().isAvailable()
                        : runtime.concurrencyId().isAvailable();
        return new Engine(index, available ? threads : Threads.NONE, Injection.NONE);
    }

    /** {@return the same with an injection into every sequence} */
    public Engine with(Injection newInjection) {
        return new Engine(index, threads, newInjection);
    }

    /** {@return whether machine code runs, so that working from elsewhere needs a fence} */
    public boolean usesRseq() {
        return threads != Threads.NONE;
    }

    /* ------------------------- Linking ------------------------- */

    /** {@return the type of a linked sequence: (base, parameters…) → result} */
    static MethodType type(Sequence sequence) {
        MethodType type = MethodType.methodType(long.class, long.class);
        for (Value.Parameter parameter : sequence.parameters()) {
            boolean segment = parameter.kind() == Value.Kind.SEGMENT;
            type = type.appendParameterTypes(segment ? MemorySegment.class : long.class);
        }
        return type;
    }

    /**
     * {@return a handle that tries a sequence once}
     *
     * <p>It does not check its arguments: offsets must lie in the range.
     *
     * @param sequence the sequence
     * @param strideBytes the stride of the memory
     * @param ranges the number of its ranges
     */
    public MethodHandle link(Sequence sequence, int strideBytes, int ranges) {
        MethodHandle none =
                MethodHandles.dropArguments(
                        MethodHandles.constant(long.class, Result.UNREGISTERED),
                        0,
                        type(sequence).parameterList());
        if (threads == Threads.NONE) {
            return none;
        }
        Target target = RseqRuntime.get().target(index, strideBytes, ranges).with(injection);
        MethodHandle emitted =
                EMITTED.computeIfAbsent(
                        new Key(sequence, target), key -> emit(key.sequence, key.target));
        return threads == Threads.ALL
                ? emitted
                : MethodHandles.guardWithTest(IS_CHOSEN_THREAD, emitted, none);
    }

    private static MethodHandle emit(Sequence sequence, Target target) {
        Code code = RseqRuntime.get().machine().emit(sequence, target);
        String name =
                sequence.name() + " [" + target.index().field() + ", " + target.strideBytes() + "]";
        MemoryLayout[] parameters =
                type(sequence).parameterList().stream()
                        .map(type -> type == long.class ? JAVA_LONG : ADDRESS)
                        .toArray(MemoryLayout[]::new);
        return Libc.linkCritical(
                RseqRuntime.publish(name, code).address(),
                FunctionDescriptor.of(JAVA_LONG, parameters));
    }

    private static MethodHandle isChosenThread() {
        try {
            return MethodHandles.lookup()
                    .findStatic(
                            RseqRuntime.class,
                            "isChosenThread",
                            MethodType.methodType(boolean.class));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    /* ------------------------- Threads and fences ------------------------- */

    /**
     * Registers the calling thread if it has no rseq area and may use one.
     *
     * @return whether it is worth trying again
     */
    boolean registerThread() {
        return switch (threads) {
            case NONE -> false;
            case SOME -> RseqRuntime.isChosenThread() && RseqRuntime.get().registerThread();
            case ALL -> RseqRuntime.get().registerThread();
        };
    }

    /**
     * {@return the range that the calling thread would use now, or any one where the platform does
     * not say}
     */
    int currentRange(int ranges) {
        int current =
                switch (index) {
                    case CPU_ID -> Cpu.current();
                    case CONCURRENCY_ID -> Cpu.concurrencyId();
                };
        return current >= 0 && current < ranges ? current : rangeOfThread(ranges);
    }

    /** {@return a range that depends on the calling thread only; neighbours get different ones} */
    static int rangeOfThread(int ranges) {
        long hash = Thread.currentThread().threadId() * 0x9E37_79B9_7F4A_7C15L;
        return (int) (((hash >>> 32) * ranges) >>> 32);
    }

    /**
     * Waits until no sequence that began before runs on a range: it has committed, visibly to the
     * caller, or it will abort.
     *
     * @throws UnsupportedOperationException if the kernel refuses
     */
    void fence(int range) {
        if (usesRseq()) {
            switch (index) {
                case CPU_ID -> Fences.SHARED.fence(range);
                case CONCURRENCY_ID -> fenceAll();
            }
        }
    }

    /** The same for all ranges, at once. */
    void fenceAll() {
        if (usesRseq()) {
            Fences.SHARED.fenceAll();
        }
    }
}
