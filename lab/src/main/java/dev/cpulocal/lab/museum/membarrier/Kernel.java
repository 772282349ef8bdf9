// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.membarrier;

import dev.cpulocal.lab.Code;
import java.util.EnumSet;
import java.util.Set;

/**
 * Which barriers there are.
 *
 * @param flavour where an architecture has the barrier after the store to rq-&gt;curr
 * @param removed those of it that are missing
 * @param skipsKthreads whether membarrier() skips kernel threads even if they use the mm
 * @param answer how an interrupt is answered
 */
record Kernel(Flavour flavour, Set<Barrier> removed, boolean skipsKthreads, Answer answer) {

    /** Where an architecture has the barrier after the store to rq-&gt;curr (B2). */
    enum Flavour {
        /** x86, powerpc, RISC-V, s390, sparc. */
        SWITCH_MM("x86, powerpc, RISC-V, s390, sparc", Barrier.SWITCH_MM, Barrier.MMDROP),
        /** The same, with {@code CONFIG_MMU_LAZY_TLB_REFCOUNT=n}: some powerpc. */
        UNCOUNTED("powerpc without lazy TLB references", Barrier.SWITCH_MM, Barrier.MMDROP_LAZY),
        /** arm64. */
        SWITCH_TO("arm64", Barrier.SWITCH_TO, Barrier.MMDROP),
        /** alpha, arc, arm, hexagon, mips. */
        UNLOCK("alpha, arc, arm, hexagon, mips", Barrier.UNLOCK, Barrier.MMDROP);

        private final String architectures;
        private final Barrier always;
        private final Barrier behindKthread;

        Flavour(String architectures, Barrier always, Barrier behindKthread) {
            this.architectures = architectures;
            this.always = always;
            this.behindKthread = behindKthread;
        }

        private boolean has(Barrier barrier) {
            return barrier == always || barrier == behindKthread;
        }

        /** {@return which have it so} */
        String architectures() {
            return architectures;
        }
    }

    /** How a CPU that was interrupted answers. */
    enum Answer {
        /** At once and for all to see: what comes after waiting comes after the answer. */
        AT_ONCE,
        /** By a store in memory, for which a loop of loads waits. */
        PLAIN,
        /** The same with release and acquire, as {@code csd_lock_wait()} has it. */
        ORDERED
    }

    private static final Set<Barrier> AFTER_CURR = EnumSet.range(Barrier.MMDROP, Barrier.UNLOCK);

    /** Today's, of x86 and others. */
    static final Kernel TODAY = of(Flavour.SWITCH_MM);

    /** {@return today's} */
    static Kernel of(Flavour flavour) {
        return new Kernel(flavour, EnumSet.noneOf(Barrier.class), false, Answer.AT_ONCE);
    }

    /** {@return the same with a barrier less} */
    Kernel without(Barrier barrier) {
        Set<Barrier> all = EnumSet.of(barrier);
        all.addAll(removed);
        return new Kernel(flavour, all, skipsKthreads, answer);
    }

    /** {@return the same, skipping kernel threads whatever their mm is} */
    Kernel skippingKthreads() {
        return new Kernel(flavour, removed, true, answer);
    }

    /** {@return the same with another way to answer interrupts} */
    Kernel answering(Answer newAnswer) {
        return new Kernel(flavour, removed, skipsKthreads, newAnswer);
    }

    /** {@return whether it has a barrier} */
    boolean has(Barrier barrier) {
        return !removed.contains(barrier)
                && (flavour.has(barrier) || !AFTER_CURR.contains(barrier));
    }

    /** {@return whether kernel threads hold a reference to the mm that they have lazily} */
    boolean counts() {
        return flavour != Flavour.UNCOUNTED;
    }

    /** The place of a barrier. */
    void barrier(Code c, Barrier barrier) {
        if (has(barrier)) {
            c.as(barrier.text()).mb();
        }
    }
}
