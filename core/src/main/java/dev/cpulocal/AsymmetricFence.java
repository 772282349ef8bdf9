// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import dev.cpulocal.internal.Architecture;
import dev.cpulocal.internal.Errno;
import dev.cpulocal.internal.Platform;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * A pair of full memory fences of which the frequent one costs nothing: {@link #light} where
 * protocols have their fast side, {@link #heavy} where they have their slow side.
 *
 * <p>Two threads that each write one variable and then read the other's need a full fence in
 * between on both sides, or both may miss the other's write. With this pair, {@code light} is no
 * instruction on x86-64, and {@code heavy} is membarrier(2), which makes every CPU that runs this
 * process execute a full fence on the others' behalf.
 *
 * <p><b>What is guaranteed.</b>
 *
 * <ol>
 *   <li>If one thread calls {@code light} and another calls {@code heavy}, then either everything
 *       before {@code light} in its thread is visible to everything after {@code heavy} in the
 *       other, or everything before {@code heavy} is visible to everything after {@code light}.
 *       Both may be the case.
 *   <li>Two calls of {@code heavy} are in the same relation.
 *   <li>Two calls of {@code light} are in none.
 *   <li>"Before" and "after" are those of the program: of plain accesses too. Neither the JIT nor
 *       the CPU moves an access across {@code heavy}, and the JIT moves none across {@code light}.
 *   <li>Where membarrier is missing, or {@code light} would need an instruction all the same, both
 *       sides are full fences: they change together, at the first use of this class, and never
 *       after. {@link #availability} says which it is.
 * </ol>
 *
 * {@snippet lang = java :
 * // Often                                // Seldom
 * active = true;                          closing = true;
 * AsymmetricFence.light();                AsymmetricFence.heavy();
 * if (closing) { active = false; }        while (active) { Thread.onSpinWait(); }
 * }
 *
 * <p>{@code heavy} costs 1 to 30 microseconds, depending on how many CPUs run this process, and
 * interrupts them. The first call of any method takes some milliseconds, since the kernel waits for
 * an RCU grace period when a process registers. All methods can be called by any thread. The system
 * property {@code cpulocal.membarrier=off} chooses two full fences.
 *
 * @see Membarrier
 */
public final class AsymmetricFence {

    /*
     * Why light() is enough
     * ---------------------
     * The kernel's side of it is in kernel/sched/membarrier.c: a CPU that runs a thread of the process
     * is interrupted and executes smp_mb(); one that does not has executed, or will execute, a full
     * barrier in the scheduler between that thread and now. So a thread that is anywhere in its program
     * when another calls heavy() has a full barrier at that place, and all that light() must do is to
     * keep the program's order as it is at any place where an interrupt can come: between the accesses
     * as they are executed. That is a matter of the compiler alone.
     *
     * VarHandle.acquireFence() is that for all compilers of HotSpot, though its contract promises less:
     *
     *  - The interpreter executes bytecodes in order.
     *  - C1 moves no accesses of memory; it only forgets what it knows of their values, at every
     *    intrinsic that is not known to keep them, and the fences are not.
     *  - C2 makes it a LoadFence, a MemBarNode. It takes the whole state of memory and gives a new one.
     *    Stores before it are part of the state that it takes, stores and loads after it depend on
     *    what it gives, and loads before it may not sink below, since it counts as a writer of all
     *    they read.
     *  - Graal makes it a MembarNode that kills LocationIdentity.any(): the same.
     *
     * On x86-64 all of them emit nothing for it. On other architectures it is an instruction, dmb ishld
     * or fence r,rw: cheaper than a full fence, and Java has no cheaper way to hold a compiler back
     * without leaving Java. Until that is measured there, light() is a full fence on them, and so is
     * heavy().
     *
     * A one-sided change is a bug that others had: liburcu took the signal out of its slow side and
     * left the compiler barrier in its fast side (c5b26a3e57e3). So there is one constant for both.
     */

    private static final Availability AVAILABILITY = decide();

    /** A constant to the JIT, so that the choice costs nothing. */
    private static final boolean ASYMMETRIC = AVAILABILITY.isAvailable();

    private static final int MOST_REFUSALS = 1_000;
    private static final long RETRY_NANOS = 100_000;

    private AsymmetricFence() {}

    private static Availability decide() {
        String setting = System.getProperty("cpulocal.membarrier", "on");
        if (!setting.equals("on")) {
            return Availability.unavailable(
                    "the system property cpulocal.membarrier is " + setting,
                    "leave it out, or set it to on");
        }
        Availability access = Platform.nativeAccess();
        if (!access.isAvailable()) {
            return access;
        }
        if (Architecture.current().orElseThrow() != Architecture.X64) {
            return Availability.unavailable(
                    "on this architecture a fence for the compiler alone is an instruction too",
                    "");
        }
        try {
            Membarrier.fence(Membarrier.Command.PRIVATE_EXPEDITED);
            return Availability.available();
        } catch (UnsupportedOperationException e) {
            return Availability.unavailable(
                    String.valueOf(e.getMessage()),
                    "use Linux 4.14 or later, and allow membarrier in the seccomp filter");
        }
    }

    /** {@return whether {@link #light} is no instruction; if not, why both are full fences} */
    public static Availability availability() {
        return AVAILABILITY;
    }

    /** The frequent side. */
    public static void light() {
        if (ASYMMETRIC) {
            VarHandle.acquireFence();
        } else {
            VarHandle.fullFence();
        }
    }

    /**
     * The rare side.
     *
     * @throws IllegalStateException if the kernel goes on refusing, for want of memory or because a
     *     seccomp filter came later; then nothing is guaranteed
     */
    public static void heavy() {
        VarHandle.fullFence();
        if (ASYMMETRIC) {
            membarrier();
        }
    }

    private static void membarrier() {
        for (int refusals = 0; ; refusals++) {
            int result = Membarrier.call(Membarrier.Command.PRIVATE_EXPEDITED, 0, 0);
            if (result == 0) {
                return;
            }
            if (result != -Errno.ENOMEM || refusals == MOST_REFUSALS) {
                throw new IllegalStateException(
                        "membarrier(PRIVATE_EXPEDITED): " + Errno.name(-result));
            }
            LockSupport.parkNanos(RETRY_NANOS);
        }
    }
}
