// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.machine;

import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.internal.machine.Compiled.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A machine whose CPUs hold back loads too: ARMv8, RISC-V. */
final class WindowMachine extends Machine {

    /*
     * Lines are issued in program order into the CPU's window, a row of events: reads, writes,
     * barriers, computations and branches whose operands are not known yet. Reads and writes are then
     * performed one at a time, in any order that the table of LocalOrder leaves open; the order in
     * which writes are performed is the order of memory. Registers that wait for an event are marked;
     * who reads such a register waits in the window too, or, where hardware state is concerned, at its
     * place in the program.
     *
     * A branch whose condition is not known is issued twice, once for each way, and the state that
     * guessed wrong is dropped as soon as the condition is known. A loop is not entered again on a
     * guess: that matters only for loops that access several places before hardware state, where
     * guesses end, and then the verdict says that the window was too small. A store-exclusive succeeds
     * or fails by choice; where another CPU has written in between it cannot be performed, and that
     * state comes to nothing.
     * What Arm calls a pick is guessed too, and what rests on it is in doubt (Doubts).
     *
     * Hardware state is changed and read at once, but after all that a barrier before it orders: a
     * barrier whose later accesses include reads is one for what the hardware does, too. So it is in the
     * other machine, where such a barrier waits.
     *
     * A task goes on at another CPU only when its registers have their values, since whoever switches
     * saves and loads them, and when no barrier of it is open that later reads wait for. Stores may be
     * held back where it was.
     *
     * So there are states that cannot be reached, because a guess in them is wrong that is not found
     * out yet. They add no final state: it has no guesses. When a property does not hold in a state
     * with guesses, they are checked first, by performing what is held back and nothing else (isReal).
     */

    private final Window window;
    private final LocalOrder order;
    private final Performer performer;
    private final Resolver resolver;
    private final Doubts doubts;
    private final Guesses guesses;
    private final Notes notes;
    private final MemoryModel model;
    private final boolean arm;

    /** Whether nothing new is issued. */
    private boolean draining;

    /** One that drains; another one, because this one may be in the middle of a step. */
    private @Nullable WindowMachine drain;

    WindowMachine(Program program, MemoryModel model, Layout layout, boolean reduced) {
        super(program, layout, reduced);
        this.window = new Window(program, layout, code);
        this.order = new LocalOrder(model, window);
        this.doubts = new Doubts(model, window, code);
        this.performer = new Performer(model, layout, window, order, doubts);
        this.resolver = new Resolver(program, layout, window, order, performer, doubts);
        this.guesses = new Guesses(this, model, window, order, doubts, performer);
        this.notes = new Notes(program, layout, window, performer, resolver);
        this.model = model;
        this.arm = model == MemoryModel.ARMV8;
    }

    /* ------------------------- Issuing ------------------------- */

    @Override
    boolean access(long[] state, int cpu, Compiled line) {
        if (isFence(line) && window.size(state, cpu) == 0) {
            goOn(state, cpu, line);
            return true;
        }
        return issue(state, cpu, line, 0);
    }

    private static boolean isFence(Compiled line) {
        return line.kind == Kind.FENCE
                || line.kind == Kind.TSO_FENCE
                || line.kind == Kind.CONTEXT_FENCE;
    }

    /** Holds back a line. {@return whether there is room} */
    boolean issue(long[] state, int cpu, Compiled line, int flags) {
        if (window.isFull(state, cpu)) {
            windowHit = true;
            return false;
        }
        int event = window.push(state, cpu, line, flags);
        if (recording != null) {
            notes.held(recording, state, cpu, event, line);
        }
        if (line.register >= 0) {
            layout.pending(line.task, line.register).setCount(state, Window.REGISTER_PENDING);
            line.to.clear(state);
        }
        goOn(state, cpu, line);
        return true;
    }

    @Override
    boolean guesses(long[] state, int cpu, Compiled line) {
        return switch (line.kind) {
            case BRANCH -> window.isPending(state, line, Window.PENDING);
            case SELECT -> arm && window.isPending(state, line, selection(line).conditionUses());
            default -> false;
        };
    }

    private static Compiled.Selection selection(Compiled line) {
        return Objects.requireNonNull(line.selection);
    }

    @Override
    boolean isSilent(Compiled line) {
        return switch (line.kind) {
            case FENCE, TSO_FENCE, CONTEXT_FENCE -> true;
            case LOAD, UPDATE -> isHidden(line);
            case STORE -> !line.exclusive && isHidden(line);
            default -> false;
        };
    }

    @Override
    boolean compute(long[] state, int cpu, Compiled line) {
        if (line.kind == Kind.SELECT && arm) {
            return select(state, cpu, line);
        }
        if (window.isUnsure(state, line, Window.PENDING)) {
            return issue(state, cpu, line, 0);
        }
        return super.compute(state, cpu, line);
    }

    /** Selects by a condition that is known, be it on another pick. */
    private boolean select(long[] state, int cpu, Compiled line) {
        if (guesses(state, cpu, line)) {
            return false;
        }
        Compiled.Selection selection = selection(line);
        boolean taken = selection.condition().isTrue(state, cpu);
        int uses = selection.conditionUses() | selection.uses(taken);
        return window.isUnsure(state, line, uses)
                ? issue(state, cpu, line, taken ? Window.TAKEN : 0)
                : super.compute(state, cpu, line);
    }

    @Override
    void define(long[] state, Compiled line, long value) {
        layout.pending(line.task, line.register).clear(state);
        super.define(state, line, value);
    }

    @Override
    @Nullable Long valueSet(long[] state, Compiled line) {
        boolean waits =
                line.register >= 0
                        && layout.pending(line.task, line.register).count(state)
                                == Window.REGISTER_PENDING;
        return waits ? null : super.valueSet(state, line);
    }

    @Override
    void finish(long[] state, int cpu, int level, int actor, Sink sink) {
        int held = window.size(state, cpu);
        if (!resolver.resolve(state, cpu)) {
            return;
        }
        resolver.forget(state, cpu);
        if (draining) {
            tell(state, actor, sink);
        } else if (window.size(state, cpu) < held) {
            settle(state, cpu, level, actor, sink);
        } else {
            guesses.guess(state, cpu, level, actor, sink);
        }
    }

    /* ------------------------- Performing ------------------------- */

    @Override
    void performances(long[] state, int cpu, Sink sink) {
        for (int event = 0; event < window.size(state, cpu); event++) {
            if (doubts.any && doubts.isUndecided(state, cpu, event)) {
                guesses.compare(state, cpu, event, sink);
            }
            if (window.reads(state, cpu, event) && order.canPerform(state, cpu, event, false)) {
                perform(state, cpu, event, false, sink);
            } else if (window.writes(state, cpu, event)
                    && window.isAccess(state, cpu, event)
                    && order.canPerform(state, cpu, event, true)) {
                perform(state, cpu, event, true, sink);
            }
        }
    }

    private void perform(long[] state, int cpu, int event, boolean write, Sink sink) {
        long[] next = copy(state, 0);
        boolean both =
                !write
                        && order.updatesAtOnce()
                        && window.line(state, cpu, event).kind == Kind.UPDATE;
        if (write ? !performer.write(next, cpu, event) : !performer.read(next, cpu, event)) {
            return;
        }
        if (both && !writeToo(next, cpu, event)) {
            return;
        }
        if (recording != null) {
            notes.performed(recording, state, next, cpu, event, write, both);
        }
        goOnFrom(next, cpu, sink);
    }

    /** Completes a step. */
    void goOnFrom(long[] next, int cpu, Sink sink) {
        if (draining) {
            finish(next, cpu, 0, actors().buffer(cpu), sink);
        } else {
            settle(next, cpu, 0, actors().buffer(cpu), sink);
        }
    }

    /** The other half of an update that is one event. */
    private boolean writeToo(long[] state, int cpu, int event) {
        return resolver.resolve(state, cpu)
                && (!window.writes(state, cpu, event)
                        || (order.canPerform(state, cpu, event, true)
                                && performer.write(state, cpu, event)));
    }

    @Override
    public boolean isAddressLost() {
        return resolver.addressLost;
    }

    /* ------------------------- Control ------------------------- */

    @Override
    boolean canRead(long[] state, int cpu, Compiled line) {
        return !window.isUnsure(state, line, Window.PENDING)
                && mayInterrupt(state, cpu)
                && !(line.isOfHardware() && isFenced(state, cpu));
    }

    /** Whether a barrier is held back that orders whatever comes after it. */
    private boolean isFenced(long[] state, int cpu) {
        for (int event = 0; event < window.size(state, cpu); event++) {
            Compiled line = window.line(state, cpu, event);
            if (line.kind == Kind.FENCE && (line.after & Instruction.READS) != 0) {
                return true;
            }
        }
        return false;
    }

    @Override
    boolean mayInterrupt(long[] state, int cpu) {
        for (int event = 0; event < window.size(state, cpu); event++) {
            if (doubts.isGuess(state, cpu, event)) {
                return false;
            }
        }
        return true;
    }

    @Override
    boolean canJump(long[] state, int cpu, Compiled line) {
        if (window.isPending(state, line, Window.PENDING)) {
            return false;
        }
        boolean back = line.target <= line.number;
        boolean taken = line.kind == Kind.JUMP || line.value.isTrue(state, cpu);
        if (back && taken && !mayInterrupt(state, cpu)) {
            windowHit |= guesses.loads(line) > 1;
            return false;
        }
        return !window.isUnsure(state, line, Window.PENDING)
                || holdsBranch(state, cpu, line, taken);
    }

    /** Holds back a branch that is known but rests on a pick: writes wait for it. */
    private boolean holdsBranch(long[] state, int cpu, Compiled line, boolean taken) {
        if (window.isFull(state, cpu)) {
            windowHit = true;
            return false;
        }
        window.push(state, cpu, line, taken ? Window.TAKEN : 0);
        return true;
    }

    @Override
    boolean canMove(long[] state, int cpu, int task) {
        for (int other = 0; other < layout.cpus(); other++) {
            for (int event = 0; other != cpu && event < window.size(state, other); event++) {
                if (window.line(state, other, event).task == task
                        && resolver.keepsTask(state, other, event)) {
                    return false;
                }
            }
        }
        return true;
    }

    /* ------------------------- What is real ------------------------- */

    @Override
    public boolean isStuck(long[] state) {
        for (int cpu = 0; cpu < layout.cpus(); cpu++) {
            if (!isIdle(state, cpu)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean isReal(long[] state) {
        if (drain == null) {
            drain = new WindowMachine(program, model, layout, reduced);
            drain.draining = true;
        }
        return drain.drains(state);
    }

    private boolean drains(long[] state) {
        boolean open = false;
        List<long[]> reached = new ArrayList<>();
        for (int cpu = 0; cpu < layout.cpus(); cpu++) {
            for (int event = 0; event < window.size(state, cpu); event++) {
                open |= window.isOpen(state, cpu, event) || doubts.isGuess(state, cpu, event);
            }
            performances(state, cpu, new Collector(reached));
        }
        return !open || reached.stream().anyMatch(this::drains);
    }

    private record Collector(List<long[]> states) implements Sink {
        @Override
        public void step(long[] next, int actor) {
            states.add(next.clone());
        }

        @Override
        public void broken(long[] next, int actor, String meaning) {
            states.add(next.clone());
        }
    }

    /* ------------------------- For reduction and traces ------------------------- */

    @Override
    long heldReads(long[] state, int cpu) {
        return window.openReads(state, cpu);
    }

    @Override
    long heldWrites(long[] state, int cpu) {
        return window.openWrites(state, cpu);
    }

    @Override
    public List<String> held(long[] state, int cpu) {
        List<String> held = new ArrayList<>();
        for (int event = 0; event < window.size(state, cpu); event++) {
            if (window.isOpen(state, cpu, event) || !window.isAccess(state, cpu, event)) {
                held.add(window.line(state, cpu, event).line.text());
            }
        }
        return held;
    }
}
