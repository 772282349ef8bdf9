// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import dev.cpulocal.internal.RseqRuntime;

/**
 * What this process has of restartable sequences (rseq), Linux 4.18 and later.
 *
 * <p>The first call of any method, or the first {@link CpuMemory}, finds out everything once: some
 * ten milliseconds, most of them in the {@linkplain #selfTest self-test}. All methods can be called
 * by any thread.
 *
 * <p>The system property {@code cpulocal.rseq} chooses which threads use rseq: {@code on} (all, the
 * default), {@code off} (none: every operation is completed under the stop word), or {@code random}
 * (some threads do and some do not, for tests). Without the property, the environment variable
 * {@code RSEQ_DISABLE} does: {@code 1} for off, {@code random} for random.
 *
 * <p>The system property {@code cpulocal.symbols} chooses which tools are told the names of emitted
 * machine code: {@code perf}, {@code gdb}, or {@code perf,gdb}. They are told by files; {@code
 * docs/debugging.md} says where and how to use them.
 */
public final class Rseq {

    /** Who registers the threads of this process. */
    public enum Owner {
        /** The C library, in every thread that it creates. */
        GLIBC,
        /** This library, when a thread first uses a sequence. */
        CPULOCAL,
        /** Nobody: there is no rseq here. */
        NONE
    }

    /** Which of its two behaviours the kernel shows to a thread. */
    public enum Abi {
        /** Registered with 32 bytes: the ids are written after every context switch. */
        LEGACY,
        /**
         * Registered with more, as glibc 2.41 does where the kernel has more to tell: the ids are
         * written when they change, from Linux 7.0.10 on.
         */
        OPTIMIZED,
        /** Not registered, or the kernel does not say. */
        UNKNOWN
    }

    /** Which threads use rseq. */
    public enum Threads {
        /** All. */
        ALL,
        /** Some, by their number: for tests of the mixture. */
        SOME,
        /** None. */
        NONE
    }

    /**
     * The facts of the registration.
     *
     * @param owner who registers threads
     * @param areaOffset where a thread's {@code struct rseq} is, relative to its thread pointer:
     *     glibc's {@code __rseq_offset}
     * @param reportedBytes glibc's {@code __rseq_size}: 0 if it does not register, else 20, 32 or
     *     the feature size, depending on its version
     * @param featureBytes how much of the area the kernel writes: {@code AT_RSEQ_FEATURE_SIZE}
     * @param alignmentBytes how an area must be aligned: {@code AT_RSEQ_ALIGN}
     * @param lengthBytes the length that the asking thread is registered with; 0 if unknown
     * @param abi the behaviour that follows from the length
     * @param signature the four bytes before every abort handler
     */
    public record Registration(
            Owner owner,
            int areaOffset,
            int reportedBytes,
            int featureBytes,
            int alignmentBytes,
            int lengthBytes,
            Abi abi,
            int signature) {}

    private Rseq() {}

    /**
     * {@return whether sequences run as machine code in this process}
     *
     * <p>If not, everything works with the same results: operations are completed under the stop
     * word, and counters use atomic instructions.
     *
     * @throws IllegalArgumentException if the property or the variable has none of its values
     */
    public static Availability availability() {
        return RseqRuntime.get().availability();
    }

    /** {@return whether {@link IndexMode#CONCURRENCY_ID} is offered: Linux 6.3 and later} */
    public static Availability concurrencyId() {
        return RseqRuntime.get().concurrencyId();
    }

    /** {@return which threads use rseq} */
    public static Threads threads() {
        return RseqRuntime.get().threads();
    }

    /** {@return the facts of the registration, as the calling thread finds them} */
    public static Registration registration() {
        return RseqRuntime.get().registration();
    }

    /** {@return what the self-test saw} */
    public static SelfTest selfTest() {
        return RseqRuntime.get().selfTest();
    }
}
