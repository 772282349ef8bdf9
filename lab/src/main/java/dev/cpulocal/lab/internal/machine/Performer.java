// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.machine;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.internal.machine.Compiled.Kind;
import dev.cpulocal.lab.internal.machine.Instruction.Change;

/** Performs what CPUs hold back. */
final class Performer {

    /*
     * A read takes the youngest older store of its CPU to its place that is still held back
     * (forwarding), else what memory has; what it read goes to those who wait for the register.
     *
     * Reads may be performed before older accesses whose place is not known, or before older reads of
     * the same place. That is a guess. It is wrong, and the whole state could not be reached, if
     *     an older store turns out to be to the same place, and the read does not come from a store
     *     between the two, or
     *     an older read of the same place then reads another write than the younger one did, with no
     *     store of this CPU between the two.
     * To know the latter, a read that is performed stays in the window, while that can happen, with
     * three bits: it came from a store that is still held back; what it read was overwritten since; by
     * another CPU. The bits stand for the identity of the write, so states with equal values are equal.
     *
     * That is checked when the place becomes known (Resolver) and when the older read is performed
     * (agrees). Writes are never performed on a guess.
     */

    private final Layout layout;
    private final Window window;
    private final LocalOrder order;
    private final Doubts doubts;
    private final boolean arm;

    private long lastRead;
    private boolean lastForwarded;

    Performer(MemoryModel model, Layout layout, Window window, LocalOrder order, Doubts doubts) {
        this.layout = layout;
        this.window = window;
        this.order = order;
        this.doubts = doubts;
        this.arm = model == MemoryModel.ARMV8;
    }

    /** {@return what was read last, for traces} */
    long lastRead() {
        return lastRead;
    }

    /** {@return whether that came from a store that is held back} */
    boolean isForwarded() {
        return lastForwarded;
    }

    /* ------------------------- Reads ------------------------- */

    /** Performs a read. {@return whether that can be} */
    boolean read(long[] state, int cpu, int event) {
        int location = window.location(state, cpu, event);
        int source = source(state, cpu, event, location);
        long value;
        if (source < 0) {
            value = layout.memory(location).get(state);
        } else {
            if (!forwards(state, cpu, source, event)) {
                return false;
            }
            value = written(state, cpu, source);
            window.mark(state, cpu, event, Window.FORWARDED);
        }
        lastRead = value;
        lastForwarded = source >= 0;
        window.mark(state, cpu, event, Window.READ);
        Compiled line = window.line(state, cpu, event);
        if (line.kind == Kind.UPDATE) {
            window.value(cpu, event).set(state, value);
        }
        if (!agrees(state, cpu, event, location)) {
            return false;
        }
        if (line.register >= 0) {
            give(state, cpu, event, value, doubts.isSureRead(state, cpu, event, source));
        }
        return true;
    }

    /** A comparison that is guessed to succeed may have given its register what it expects. */
    private void give(long[] state, int cpu, int event, long value, boolean sure) {
        if (!window.is(state, cpu, event, Window.DOUBT)) {
            window.broadcast(state, cpu, event, value, sure);
            window.mark(state, cpu, event, sure ? 0 : Window.DOUBT);
        } else if (sure) {
            window.confirm(state, cpu, event);
            window.unmark(state, cpu, event, Window.DOUBT);
        }
    }

    /** {@return the youngest older store to a place that is held back, or -1} */
    int source(long[] state, int cpu, int event, int location) {
        for (int earlier = event - 1; earlier >= 0; earlier--) {
            if (window.writes(state, cpu, earlier)
                    && window.location(state, cpu, earlier) == location) {
                return earlier;
            }
        }
        return -1;
    }

    private boolean forwards(long[] state, int cpu, int source, int event) {
        Compiled store = window.line(state, cpu, source);
        if (!window.knows(state, cpu, source, store.addressUses | store.valueUses)
                || doubts.isUndecided(state, cpu, source)) {
            return false;
        }
        if (store.kind == Kind.STORE && !store.exclusive) {
            return true;
        }
        int pair = store.exclusive ? order.pairOf(state, cpu, source) : source;
        boolean read = pair >= 0 && window.is(state, cpu, pair, Window.READ);
        boolean computes =
                store.kind == Kind.UPDATE
                        && store.change == Change.ARITHMETIC
                        && store.operator != Expr.Operator.SECOND;
        boolean acquires = window.line(state, cpu, event).order.acquires();
        return arm && (read || !(computes || acquires));
    }

    /** Whether younger reads of the same place that are performed already read the same write. */
    private boolean agrees(long[] state, int cpu, int event, int location) {
        if (window.writes(state, cpu, event)) {
            return true;
        }
        boolean forwarded = window.is(state, cpu, event, Window.FORWARDED);
        for (int later = event + 1; later < window.size(state, cpu); later++) {
            if (window.location(state, cpu, later) == location) {
                if (window.is(state, cpu, later, Window.READ)
                        && (window.is(state, cpu, later, Window.FORWARDED) != forwarded
                                || window.is(state, cpu, later, Window.STALE))) {
                    return false;
                }
                if (window.writes(state, cpu, later)) {
                    return true;
                }
            }
        }
        return true;
    }

    /* ------------------------- Writes ------------------------- */

    private long written(long[] state, int cpu, int event) {
        Compiled line = window.line(state, cpu, event);
        long operand = window.evaluate(state, cpu, event, line.value);
        return line.kind == Kind.STORE || line.change == Change.COMPARE_AND_EXCHANGE
                ? operand
                : line.operator.apply(window.value(cpu, event).get(state), operand);
    }

    /** Performs a write. {@return whether that can be} */
    boolean write(long[] state, int cpu, int event) {
        Compiled line = window.line(state, cpu, event);
        int location = window.location(state, cpu, event);
        int read = line.kind == Kind.UPDATE ? event : -1;
        if (line.exclusive) {
            read = order.pairOf(state, cpu, event);
            if (read < 0
                    || !window.is(state, cpu, read, Window.READ)
                    || window.location(state, cpu, read) != location) {
                return false;
            }
        }
        if (read >= 0
                && window.is(
                        state,
                        cpu,
                        read,
                        Window.FORWARDED | Window.STALE_BY_OTHERS | Window.DOUBT)) {
            return false;
        }
        if (doubts.isComparison(line) && !window.is(state, cpu, event, Window.DONE)) {
            return false;
        }
        long value = written(state, cpu, event);
        layout.memory(location).set(state, value);
        overwrite(state, cpu, event, location);
        window.mark(state, cpu, event, Window.WRITTEN);
        if (line.exclusive) {
            window.mark(state, cpu, read, Window.USED);
            if (!arm) {
                window.broadcast(state, cpu, event, 0, true);
            }
        }
        return true;
    }

    /** Takes note in all windows of a write to memory. */
    private void overwrite(long[] state, int cpu, int event, int location) {
        for (int other = 0; other < layout.cpus(); other++) {
            boolean own = other == cpu;
            boolean followsStore = false;
            for (int i = 0; i < window.size(state, other); i++) {
                if (window.location(state, other, i) != location) {
                    continue;
                }
                if (window.is(state, other, i, Window.READ) && !(own && i == event)) {
                    overwrite(state, other, i, own, i > event && !followsStore);
                }
                followsStore |= i > event && window.writes(state, other, i);
            }
        }
    }

    /** Takes note in a read, which may come from just this write. */
    private void overwrite(long[] state, int cpu, int read, boolean own, boolean follows) {
        if (!window.is(state, cpu, read, Window.FORWARDED)) {
            int stale = own ? Window.STALE : Window.STALE | Window.STALE_BY_OTHERS;
            window.mark(state, cpu, read, stale);
        } else if (own && follows) {
            window.unmark(state, cpu, read, Window.FORWARDED);
        }
    }
}
