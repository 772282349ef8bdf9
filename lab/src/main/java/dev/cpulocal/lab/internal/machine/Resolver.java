// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.machine;

import dev.cpulocal.lab.internal.machine.Compiled.Kind;
import dev.cpulocal.lab.internal.machine.Instruction.Change;
import java.util.Objects;

/** Draws the consequences of what has become known, and finds out which guesses were wrong. */
final class Resolver {
    private final Program program;
    private final Layout layout;
    private final Window window;
    private final LocalOrder order;
    private final Performer performer;
    private final Doubts doubts;

    /** Whether something was accessed at an address where nothing is, be it on a guess. */
    boolean addressLost;

    Resolver(
            Program program,
            Layout layout,
            Window window,
            LocalOrder order,
            Performer performer,
            Doubts doubts) {
        this.program = program;
        this.layout = layout;
        this.window = window;
        this.order = order;
        this.performer = performer;
        this.doubts = doubts;
    }

    /**
     * Draws the consequences on a CPU.
     *
     * @return whether all guesses can still be right
     */
    boolean resolve(long[] state, int cpu) {
        for (int event = 0; event < window.size(state, cpu); event++) {
            if (!resolve(state, cpu, event)) {
                return false;
            }
        }
        return true;
    }

    private boolean resolve(long[] state, int cpu, int event) {
        Compiled line = window.line(state, cpu, event);
        return switch (line.kind) {
            case COMPUTE -> {
                give(state, cpu, event, line.value, Window.PENDING, Window.PENDING);
                yield true;
            }
            case SELECT -> select(state, cpu, event, line);
            case BRANCH -> branch(state, cpu, event, line);
            case LOAD, STORE, UPDATE -> {
                boolean right = locate(state, cpu, event, line) && decide(state, cpu, event, line);
                if (right && doubts.any) {
                    endDoubt(state, cpu, event, line);
                }
                yield right;
            }
            default -> true;
        };
    }

    /**
     * Gives a register its value, and tells when it rests on no pick any more.
     *
     * @param needed the operands of the value
     * @param all those that it rests on
     */
    private void give(long[] state, int cpu, int event, Eval value, int needed, int all) {
        if (!window.knows(state, cpu, event, needed)) {
            return;
        }
        boolean sure = window.isSure(state, cpu, event, all);
        if (!window.is(state, cpu, event, Window.DONE)) {
            window.mark(state, cpu, event, sure ? Window.DONE : Window.DONE | Window.DOUBT);
            long number = window.evaluate(state, cpu, event, value);
            window.broadcast(state, cpu, event, number, sure);
        } else if (sure && window.is(state, cpu, event, Window.DOUBT)) {
            window.unmark(state, cpu, event, Window.DOUBT);
            window.confirm(state, cpu, event);
        }
    }

    private boolean branch(long[] state, int cpu, int event, Compiled line) {
        if (!window.knows(state, cpu, event, Window.PENDING)) {
            return true;
        }
        if (window.isSure(state, cpu, event, Window.PENDING)) {
            window.mark(state, cpu, event, Window.DONE);
        }
        boolean jumps = window.evaluate(state, cpu, event, line.value) != 0;
        return jumps == window.is(state, cpu, event, Window.TAKEN);
    }

    private boolean select(long[] state, int cpu, int event, Compiled line) {
        Compiled.Selection selection = Objects.requireNonNull(line.selection);
        boolean taken = window.is(state, cpu, event, Window.TAKEN);
        if (window.knows(state, cpu, event, selection.conditionUses())) {
            long condition = window.evaluate(state, cpu, event, selection.condition());
            if ((condition != 0) != taken) {
                return false;
            }
        }
        Eval value = taken ? selection.ifTrue() : selection.ifFalse();
        int uses = selection.uses(taken);
        give(state, cpu, event, value, uses, uses | selection.conditionUses());
        return true;
    }

    /* ------------------------- Accesses ------------------------- */

    /** Whether an update that compares writes at all. */
    private boolean decide(long[] state, int cpu, int event, Compiled line) {
        if (line.kind != Kind.UPDATE || line.change != Change.COMPARE_AND_EXCHANGE) {
            return true;
        }
        boolean known = window.knows(state, cpu, event, line.expectedUses);
        if (known && !window.is(state, cpu, event, Window.READ | Window.DOUBT)) {
            giveExpected(state, cpu, event, line);
        }
        if (!known || !window.is(state, cpu, event, Window.READ)) {
            return true;
        }
        long expected = window.evaluate(state, cpu, event, line.expected);
        boolean succeeds = window.value(cpu, event).get(state) == expected;
        if (window.is(state, cpu, event, succeeds ? Window.FAILS : Window.TAKEN)) {
            return false;
        }
        window.mark(state, cpu, event, succeeds ? Window.TAKEN : Window.FAILS);
        if (window.isSure(state, cpu, event, line.expectedUses)
                && !window.is(state, cpu, event, Window.DOUBT)) {
            window.mark(state, cpu, event, Window.DONE);
        }
        return true;
    }

    /** What a comparison that succeeds finds is what it expects. */
    private void giveExpected(long[] state, int cpu, int event, Compiled line) {
        if (line.register >= 0 && window.is(state, cpu, event, Window.TAKEN)) {
            long expected = window.evaluate(state, cpu, event, line.expected);
            window.mark(state, cpu, event, Window.DOUBT);
            window.broadcast(state, cpu, event, expected, false);
        }
    }

    /** Tells when what was read does not rest on a pick any more. */
    private void endDoubt(long[] state, int cpu, int event, Compiled line) {
        if (!window.is(state, cpu, event, Window.DOUBT)
                || !window.is(state, cpu, event, Window.READ)) {
            return;
        }
        int source =
                window.is(state, cpu, event, Window.FORWARDED)
                        ? performer.source(state, cpu, event, window.location(state, cpu, event))
                        : -1;
        if (doubts.isSureRead(state, cpu, event, source)) {
            window.unmark(state, cpu, event, Window.DOUBT);
            window.confirm(state, cpu, event);
            decide(state, cpu, event, line);
        }
    }

    private boolean locate(long[] state, int cpu, int event, Compiled line) {
        if (window.isLocated(state, cpu, event)
                || !window.knows(state, cpu, event, line.addressUses)) {
            return true;
        }
        int location = location(state, cpu, event, line);
        if (location < 0) {
            addressLost = true;
            return false;
        }
        window.locate(state, cpu, event, location);
        return !collides(state, cpu, event, location);
    }

    /** Whether a younger read that is performed should have come after this access. */
    private boolean collides(long[] state, int cpu, int event, int location) {
        boolean between = false;
        for (int later = event + 1; later < window.size(state, cpu); later++) {
            if (window.location(state, cpu, later) != location) {
                continue;
            }
            boolean passed =
                    window.is(state, cpu, later, Window.READ)
                            && !(between && window.is(state, cpu, later, Window.FORWARDED));
            if (passed && window.writes(state, cpu, event)) {
                if (!doubts.isUndecided(state, cpu, event)) {
                    return true;
                }
                window.mark(state, cpu, event, Window.FAILS);
            }
            between |= window.writes(state, cpu, later);
        }
        return false;
    }

    /** {@return the location that an event accesses; -1 if there is none at its address} */
    int location(long[] state, int cpu, int event, Compiled line) {
        if (line.location >= 0) {
            return line.location;
        }
        long index = window.evaluate(state, cpu, event, line.index);
        if (line.array == null) {
            return program.findLocation(index);
        }
        return index < 0 || index >= line.array.length() ? -1 : line.array.first() + (int) index;
    }

    /* ------------------------- Forgetting ------------------------- */

    /** Forgets what nobody will ask for again. */
    void forget(long[] state, int cpu) {
        for (int event = 0; event < window.size(state, cpu); event++) {
            if (isOver(state, cpu, event)) {
                window.remove(state, cpu, event--);
            }
        }
    }

    private boolean isOver(long[] state, int cpu, int event) {
        Compiled line = window.line(state, cpu, event);
        return switch (line.kind) {
            case COMPUTE, SELECT, BRANCH ->
                    window.is(state, cpu, event, Window.DONE)
                            && !window.is(state, cpu, event, Window.DOUBT);
            case FENCE, TSO_FENCE, CONTEXT_FENCE -> order.isPast(state, cpu, event);
            case STORE ->
                    window.is(state, cpu, event, Window.FAILS)
                            ? window.isLocated(state, cpu, event)
                            : !window.isOpen(state, cpu, event);
            default ->
                    !window.isOpen(state, cpu, event)
                            && !window.is(state, cpu, event, Window.DOUBT)
                            && !doubts.isGuess(state, cpu, event)
                            && !isAwaited(state, cpu, event, line)
                            && !canCollide(state, cpu, event);
        };
    }

    /** {@return whether a task cannot go on at another CPU before an event is over} */
    boolean keepsTask(long[] state, int cpu, int event) {
        Compiled line = window.line(state, cpu, event);
        return switch (line.kind) {
            case LOAD, UPDATE ->
                    window.isOpen(state, cpu, event) || doubts.isGuess(state, cpu, event);
            case STORE -> line.exclusive && window.isOpen(state, cpu, event);
            case FENCE -> (line.after & Instruction.READS) != 0;
            default -> true;
        };
    }

    private boolean canCollide(long[] state, int cpu, int event) {
        int location = window.location(state, cpu, event);
        for (int earlier = 0; earlier < event; earlier++) {
            if (window.isAccess(state, cpu, earlier)
                    && window.isOpen(state, cpu, earlier)
                    && (!window.isLocated(state, cpu, earlier)
                            || window.location(state, cpu, earlier) == location)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a store-exclusive may still come for a load-exclusive. */
    private boolean isAwaited(long[] state, int cpu, int event, Compiled line) {
        if (!line.exclusive
                || line.kind != Kind.LOAD
                || window.is(state, cpu, event, Window.USED)) {
            return false;
        }
        for (int later = event + 1; later < window.size(state, cpu); later++) {
            Compiled next = window.line(state, cpu, later);
            if (next.exclusive) {
                return next.kind == Kind.STORE;
            }
        }
        return canStoreExclusively(state, line.task);
    }

    private boolean canStoreExclusively(long[] state, int task) {
        int pc = layout.pc(task).count(state);
        return program.tasks().get(task).lines().stream()
                .skip(pc)
                .anyMatch(line ->
                        line.instruction() instanceof Instruction.Store store
                                && store.status() != null);
    }
}
