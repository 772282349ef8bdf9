// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.machine;

import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.internal.machine.Compiled.Kind;

/** Takes each way that something may go which is not known yet. */
final class Guesses {
    private final WindowMachine machine;
    private final Window window;
    private final LocalOrder order;
    private final Doubts doubts;
    private final Performer performer;
    private final boolean arm;

    Guesses(
            WindowMachine machine,
            MemoryModel model,
            Window window,
            LocalOrder order,
            Doubts doubts,
            Performer performer) {
        this.machine = machine;
        this.window = window;
        this.order = order;
        this.doubts = doubts;
        this.performer = performer;
        this.arm = model == MemoryModel.ARMV8;
    }

    /** Guesses what a CPU is at, if that has to be guessed, and ends the step. */
    void guess(long[] state, int cpu, int level, int actor, Machine.Sink sink) {
        Compiled line = machine.present(state, cpu);
        if (line.kind == Kind.SELECT && machine.guesses(state, cpu, line)) {
            select(state, cpu, line, level, actor, sink);
        } else if (machine.guesses(state, cpu, line)) {
            branch(state, cpu, line, level, actor, sink);
        } else if (line.kind == Kind.STORE && line.exclusive && !window.isFull(state, cpu)) {
            exclusive(state, cpu, line, level, actor, sink);
        } else {
            machine.tell(state, actor, sink);
        }
    }

    /** {@return how many accesses a loop has, up to hardware state that it surely comes to} */
    int loads(Compiled branch) {
        int loads = 0;
        boolean straight = true;
        for (int i = branch.target; i < branch.number; i++) {
            Compiled line = machine.code[branch.task][i];
            if (straight && line.isOfHardware()) {
                return loads;
            }
            Kind kind = line.kind;
            straight &= kind != Kind.BRANCH && kind != Kind.JUMP;
            loads += kind == Kind.LOAD || kind == Kind.UPDATE || kind == Kind.STORE ? 1 : 0;
        }
        return loads;
    }

    private void branch(
            long[] state, int cpu, Compiled line, int level, int actor, Machine.Sink sink) {
        if (window.isFull(state, cpu)) {
            machine.windowHit = true;
            machine.tell(state, actor, sink);
            return;
        }
        String before = machine.broken;
        boolean back = line.target <= line.number;
        if (back) {
            machine.windowHit |= loads(line) > 1;
            machine.tell(state, actor, sink);
        }
        for (int jumps = back ? 0 : 1; jumps >= 0; jumps--) {
            machine.broken = before;
            long[] next = machine.copy(state, level + 1);
            window.push(next, cpu, line, jumps == 1 ? Window.TAKEN : 0);
            machine.jump(next, line, jumps == 1);
            machine.settle(next, cpu, level + 1, actor, sink);
        }
    }

    private void select(
            long[] state, int cpu, Compiled line, int level, int actor, Machine.Sink sink) {
        String before = machine.broken;
        for (int taken = 1; taken >= 0; taken--) {
            machine.broken = before;
            long[] next = machine.copy(state, level + 1);
            if (!machine.issue(next, cpu, line, taken == 1 ? Window.TAKEN : 0)) {
                machine.tell(state, actor, sink);
                return;
            }
            machine.settle(next, cpu, level + 1, actor, sink);
        }
    }

    private void exclusive(
            long[] state, int cpu, Compiled line, int level, int actor, Machine.Sink sink) {
        String before = machine.broken;
        for (int fails = 1; fails >= 0; fails--) {
            machine.broken = before;
            long[] next = machine.copy(state, level + 1);
            int event = window.push(next, cpu, line, fails == 1 ? Window.FAILS : 0);
            int pair = order.pairOf(next, cpu, event);
            if (fails == 0 && pair < 0) {
                continue;
            }
            if (fails == 1 && pair >= 0) {
                window.mark(next, cpu, pair, Window.USED);
            }
            if (fails == 1 || arm) {
                machine.layout.pending(line.task, line.register).clear(next);
                line.to.set(next, fails);
            } else {
                machine.layout
                        .pending(line.task, line.register)
                        .setCount(next, Window.REGISTER_PENDING);
                line.to.clear(next);
            }
            machine.goOn(next, cpu, line);
            machine.settle(next, cpu, level + 1, actor, sink);
        }
    }

    /** Guesses how a comparison ends, if something needs it before that is decided. */
    void compare(long[] state, int cpu, int event, Machine.Sink sink) {
        boolean read = isReadThrough(state, cpu, event);
        if (read || doubts.isAwaited(state, cpu, event)) {
            compare(state, cpu, event, Window.TAKEN, sink);
        }
        if (read) {
            compare(state, cpu, event, Window.FAILS, sink);
        }
    }

    /** Whether a younger read of its place could be performed if it were decided. */
    private boolean isReadThrough(long[] state, int cpu, int event) {
        int location = window.location(state, cpu, event);
        for (int later = event + 1; later < window.size(state, cpu); later++) {
            if (window.location(state, cpu, later) == location
                    && window.isLocated(state, cpu, later)
                    && window.reads(state, cpu, later)
                    && performer.source(state, cpu, later, location) == event
                    && order.canPerform(state, cpu, later, false)) {
                return true;
            }
        }
        return false;
    }

    private void compare(long[] state, int cpu, int event, int guess, Machine.Sink sink) {
        long[] next = machine.copy(state, 0);
        window.mark(next, cpu, event, guess);
        if (machine.recording != null) {
            machine.recording.begin();
            String text = window.line(state, cpu, event).line.text();
            String end = guess == Window.TAKEN ? " will succeed" : " will fail";
            machine.recording.performed(cpu, text + end, next);
        }
        machine.goOnFrom(next, cpu, sink);
    }
}
