// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.machine;

import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Order;
import dev.cpulocal.lab.internal.machine.Compiled.Kind;

/** Which of two accesses of one CPU must be performed first, where loads are held back. */
final class LocalOrder {

    /*
     * ARMv8 (the relation lob of the Arm architecture's aarch64.cat)
     *     acquire read        before everything later
     *     everything earlier  before a release write
     *     release write       before a later acquire read, but not before Arm's acquirePC
     *     read of an update   before its write; the two are performed apart
     *     update with acquire and release that writes: everything earlier before everything later
     *     DMB                 by the kinds of accesses it names; the read of an update that returns
     *                         nothing is none that DMB LD orders
     *     access              before a later write to the same place
     *     ISB                 earlier branches and addresses before later reads
     *     read in doubt       what it comes before, if that is a write, waits for the doubt (Doubts)
     * RISC-V (the thirteen rules of RVWMO)
     *     acquire             before everything later, for both halves of an atomic instruction
     *     everything earlier  before a release, the same
     *     atomic with .aq or .rl before a later atomic with .aq or .rl
     *     load-reserved       before its store-conditional
     *     FENCE               by the kinds of accesses it names; an atomic instruction is of both
     *     access              before a later write to the same place
     * Both
     *     a write waits for all earlier branches and addresses to be known
     *     a read of an address, a write of data, wait for what they are computed from: those are not
     *     known before
     * Reads of one place may be performed in any order; that they then read the same write is checked
     * when the older one is performed (Performer).
     */

    private final boolean arm;
    private final Window window;

    LocalOrder(MemoryModel model, Window window) {
        this.arm = model == MemoryModel.ARMV8;
        this.window = window;
    }

    /** {@return whether an atomic update is one event, not a read and later a write} */
    boolean updatesAtOnce() {
        return !arm;
    }

    /** {@return whether a half of an event can be performed now} */
    boolean canPerform(long[] state, int cpu, int event, boolean write) {
        if (!window.isLocated(state, cpu, event)) {
            return false;
        }
        Compiled line = window.line(state, cpu, event);
        boolean careful = write || (line.kind == Kind.UPDATE && updatesAtOnce());
        if (careful && window.is(state, cpu, event, Window.PENDING | Window.DOUBTFUL)) {
            return false;
        }
        if (write && window.reads(state, cpu, event)) {
            return false;
        }
        for (int earlier = 0; earlier < event; earlier++) {
            if (isBefore(state, cpu, earlier, event, write)
                    || (careful && isUncertain(state, cpu, earlier))
                    || (write && isDoubtBefore(state, cpu, earlier, event))) {
                return false;
            }
        }
        return write || !isBehindContextFence(state, cpu, event);
    }

    /** Whether an earlier event is still open in a way that this one must wait for. */
    private boolean isBefore(long[] state, int cpu, int earlier, int event, boolean write) {
        return (window.reads(state, cpu, earlier)
                        && comesFirst(state, cpu, earlier, false, event, write))
                || (window.writes(state, cpu, earlier)
                        && comesFirst(state, cpu, earlier, true, event, write));
    }

    /**
     * Whether an earlier read has read something that rests on a pick, and comes before a write.
     */
    private boolean isDoubtBefore(long[] state, int cpu, int earlier, int event) {
        return window.is(state, cpu, earlier, Window.DOUBT)
                && window.is(state, cpu, earlier, Window.READ)
                && comesFirst(state, cpu, earlier, false, event, true);
    }

    /** Whether it is not known yet if or where something happens. */
    private boolean isUncertain(long[] state, int cpu, int event) {
        Compiled line = window.line(state, cpu, event);
        return switch (line.kind) {
            case BRANCH -> true;
            case LOAD, STORE, UPDATE ->
                    !window.isLocated(state, cpu, event)
                            || !window.isSure(state, cpu, event, line.addressUses);
            default -> false;
        };
    }

    private boolean isBehindContextFence(long[] state, int cpu, int event) {
        boolean uncertain = false;
        for (int earlier = 0; earlier < event; earlier++) {
            if (uncertain && window.line(state, cpu, earlier).kind == Kind.CONTEXT_FENCE) {
                return true;
            }
            uncertain |= isUncertain(state, cpu, earlier);
        }
        return false;
    }

    /* ------------------------- The table ------------------------- */

    private boolean comesFirst(
            long[] state,
            int cpu,
            int first,
            boolean firstWrites,
            int second,
            boolean secondWrites) {
        Compiled a = window.line(state, cpu, first);
        Compiled b = window.line(state, cpu, second);
        if (a.order.acquires() && !(arm && firstWrites && !isFull(state, cpu, first))) {
            return true;
        }
        if (b.order.releases() && (!arm || secondWrites)) {
            return true;
        }
        if (arm
                ? isArmPair(a, firstWrites, b, secondWrites)
                : isRiscVPair(state, cpu, first, second)) {
            return true;
        }
        if (isFenced(state, cpu, first, firstWrites, second, secondWrites)) {
            return true;
        }
        return (secondWrites || (b.kind == Kind.UPDATE && updatesAtOnce()))
                && window.isLocated(state, cpu, first)
                && window.location(state, cpu, first) == window.location(state, cpu, second);
    }

    private static boolean isArmPair(
            Compiled a, boolean firstWrites, Compiled b, boolean secondWrites) {
        return a.order.releases()
                && firstWrites
                && b.order.acquires()
                && b.order != Order.ACQUIRE_PC
                && !secondWrites;
    }

    private boolean isRiscVPair(long[] state, int cpu, int first, int second) {
        Compiled a = window.line(state, cpu, first);
        Compiled b = window.line(state, cpu, second);
        return (isAtomic(a) && isAtomic(b) && a.order != Order.PLAIN && b.order != Order.PLAIN)
                || (a.kind == Kind.LOAD
                        && a.exclusive
                        && b.kind == Kind.STORE
                        && b.exclusive
                        && pairOf(state, cpu, second) == first);
    }

    private static boolean isAtomic(Compiled line) {
        return line.exclusive || line.kind == Kind.UPDATE;
    }

    /** {@return the load-exclusive that a store-exclusive belongs to, or -1} */
    int pairOf(long[] state, int cpu, int event) {
        for (int earlier = event - 1; earlier >= 0; earlier--) {
            Compiled line = window.line(state, cpu, earlier);
            if (line.exclusive) {
                boolean pairs =
                        line.kind == Kind.LOAD && !window.is(state, cpu, earlier, Window.USED);
                return pairs ? earlier : -1;
            }
        }
        return -1;
    }

    private boolean isFenced(
            long[] state,
            int cpu,
            int first,
            boolean firstWrites,
            int second,
            boolean secondWrites) {
        Compiled a = window.line(state, cpu, first);
        int before = arm && isReturnless(a) && !firstWrites ? 0 : kinds(a, firstWrites);
        int after = kinds(window.line(state, cpu, second), secondWrites);
        for (int between = first + 1; between < second; between++) {
            Compiled fence = window.line(state, cpu, between);
            boolean orders =
                    switch (fence.kind) {
                        case FENCE -> (fence.before & before) != 0 && (fence.after & after) != 0;
                        case TSO_FENCE ->
                                (before & Instruction.READS) != 0
                                        || (after & Instruction.WRITES) != 0;
                        case UPDATE -> arm && isFull(state, cpu, between);
                        default -> false;
                    };
            if (orders) {
                return true;
            }
        }
        return false;
    }

    private boolean isFull(long[] state, int cpu, int event) {
        Compiled line = window.line(state, cpu, event);
        return line.kind == Kind.UPDATE
                && line.order.acquires()
                && line.order.releases()
                && !window.is(state, cpu, event, Window.FAILS);
    }

    /** Whether it is an update that does not tell what it has read. */
    private static boolean isReturnless(Compiled line) {
        return line.kind == Kind.UPDATE && line.register < 0;
    }

    private int kinds(Compiled line, boolean write) {
        if (line.kind == Kind.UPDATE && updatesAtOnce()) {
            return Instruction.READS | Instruction.WRITES;
        }
        return write ? Instruction.WRITES : Instruction.READS;
    }

    /** {@return whether a barrier has nothing left to order} */
    boolean isPast(long[] state, int cpu, int fence) {
        Compiled line = window.line(state, cpu, fence);
        for (int earlier = 0; earlier < fence; earlier++) {
            boolean open =
                    switch (line.kind) {
                        case CONTEXT_FENCE -> isUncertain(state, cpu, earlier);
                        case TSO_FENCE -> window.isOpen(state, cpu, earlier);
                        default ->
                                ((line.before & Instruction.READS) != 0
                                                && window.reads(state, cpu, earlier))
                                        || ((line.before & Instruction.WRITES) != 0
                                                && window.writes(state, cpu, earlier))
                                        || (window.line(state, cpu, earlier).kind == Kind.UPDATE
                                                && window.isOpen(state, cpu, earlier));
                    };
            if (open) {
                return false;
            }
        }
        return true;
    }
}
