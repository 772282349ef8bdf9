// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.machine;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.internal.machine.Compiled.Kind;
import dev.cpulocal.lab.internal.machine.Instruction.Change;
import java.util.BitSet;

/** What rests on picks that are not decided yet. */
final class Doubts {

    /*
     * On Arm, a selection (CSEL) and a comparison (CAS) pick: one of two values, or whether there is a
     * write. A pick does not wait for what decides it. It is guessed, and whatever depends on it goes
     * on, in doubt: values are computed, reads are performed at addresses and from stores in doubt. Only
     * writes are never performed in doubt, nor a write that a read in doubt has to come before, nor what
     * is behind a branch or address in doubt and waits for such (LocalOrder).
     *
     * An operand in doubt is marked (DOUBTFUL), and an event that gave a register a value in doubt stays
     * in the window (DOUBT), so that it can tell when the doubt is over. A pick that turns out otherwise
     * drops the state, as a wrong branch does.
     *
     * A selection is guessed when it is issued and its condition is not known. A comparison is not
     * guessed before something needs it: a younger read of the place, which is to be performed before
     * the comparison is decided; or an access whose address depends on the old value, which, if the
     * comparison succeeds, is the one that was expected and so known early.
     */

    private final Window window;
    private final boolean arm;

    /** Whether there is any pick, so any doubt. */
    final boolean any;

    Doubts(MemoryModel model, Window window, Compiled[][] code) {
        this.window = window;
        this.arm = model == MemoryModel.ARMV8;
        boolean found = false;
        for (Compiled[] task : code) {
            for (Compiled line : task) {
                found |= line.kind == Kind.SELECT || isComparison(line);
            }
        }
        this.any = arm && found;
    }

    /** {@return whether a line is a comparison that picks} */
    boolean isComparison(Compiled line) {
        return arm && line.kind == Kind.UPDATE && line.change == Change.COMPARE_AND_EXCHANGE;
    }

    /** {@return whether an event is a comparison of which nobody has said yet how it ends} */
    boolean isUndecided(long[] state, int cpu, int event) {
        return isComparison(window.line(state, cpu, event))
                && !window.is(state, cpu, event, Window.TAKEN | Window.FAILS);
    }

    /** {@return whether what a read has read rests on no pick} */
    boolean isSureRead(long[] state, int cpu, int event, int source) {
        Compiled line = window.line(state, cpu, event);
        return !any
                || (window.isSure(state, cpu, event, line.addressUses)
                        && (source < 0 || isSureStore(state, cpu, source)));
    }

    /** Whether that there is a store, where, and what it stores, rests on no pick. */
    private boolean isSureStore(long[] state, int cpu, int event) {
        Compiled line = window.line(state, cpu, event);
        if (!window.isSure(state, cpu, event, line.addressUses | line.valueUses)) {
            return false;
        }
        if (isComparison(line)) {
            return window.is(state, cpu, event, Window.DONE);
        }
        return line.kind == Kind.STORE
                || line.operator == Expr.Operator.SECOND
                || !window.is(state, cpu, event, Window.DOUBT);
    }

    /** {@return whether something is guessed that is not checked yet} */
    boolean isGuess(long[] state, int cpu, int event) {
        Compiled line = window.line(state, cpu, event);
        return switch (line.kind) {
            case BRANCH, SELECT -> true;
            case UPDATE ->
                    isComparison(line)
                            && !window.is(state, cpu, event, Window.DONE)
                            && !isUndecided(state, cpu, event);
            default -> window.is(state, cpu, event, Window.DOUBT);
        };
    }

    /**
     * {@return whether an address or the value of a younger access waits for an event's register}
     */
    boolean isAwaited(long[] state, int cpu, int event) {
        Compiled from = window.line(state, cpu, event);
        if (from.register < 0) {
            return false;
        }
        BitSet waiting = new BitSet();
        waiting.set(from.register);
        for (int later = event + 1; later < window.size(state, cpu); later++) {
            Compiled line = window.line(state, cpu, later);
            if (line.task != from.task) {
                continue;
            }
            int waits = 0;
            for (int i = 0; i < line.uses.length; i++) {
                boolean pending = !window.knows(state, cpu, later, 1 << i);
                waits |= pending && waiting.get(line.uses[i]) ? 1 << i : 0;
            }
            boolean accesses = window.isAccess(state, cpu, later);
            if (accesses && (waits & (line.addressUses | line.valueUses)) != 0) {
                return true;
            }
            if (line.register >= 0) {
                waiting.set(line.register, !accesses && waits != 0);
            }
        }
        return false;
    }
}
