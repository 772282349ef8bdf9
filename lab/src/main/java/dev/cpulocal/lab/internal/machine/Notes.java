// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.machine;

import dev.cpulocal.lab.internal.machine.Compiled.Kind;

/** Tells a recording what is held back in windows and performed from there. */
final class Notes {

    private final Program program;
    private final Layout layout;
    private final Window window;
    private final Performer performer;
    private final Resolver resolver;

    Notes(Program program, Layout layout, Window window, Performer performer, Resolver resolver) {
        this.program = program;
        this.layout = layout;
        this.window = window;
        this.performer = performer;
        this.resolver = resolver;
    }

    /** Notes what is known already of a store that is held back. */
    void held(Recording recording, long[] state, int cpu, int event, Compiled line) {
        int operands = line.addressUses | line.valueUses;
        if (line.kind == Kind.STORE && window.knows(state, cpu, event, operands)) {
            int location = resolver.location(state, cpu, event, line);
            if (location >= 0) {
                recording.writes(location, window.evaluate(state, cpu, event, line.value));
            }
        }
    }

    /**
     * Notes that an event is performed.
     *
     * @param before the state before it
     * @param after the state after it
     * @param write whether it is its write
     * @param both whether it is its read, and its write if it has one
     */
    void performed(
            Recording recording,
            long[] before,
            long[] after,
            int cpu,
            int event,
            boolean write,
            boolean both) {
        Compiled line = window.line(before, cpu, event);
        int location = window.location(before, cpu, event);
        long stored = layout.memory(location).get(after);
        recording.begin();
        if (!write) {
            recording.reads(location, performer.lastRead(), performer.isForwarded());
        }
        if (write || (both && window.writes(before, cpu, event))) {
            recording.writes(location, stored);
        }
        recording.isOf(line, earlier(before, cpu, event, write));
        String text =
                write
                        ? program.locationName(location) + " = " + stored
                        : line.line.text() + " → " + performer.lastRead();
        recording.performed(cpu, text, after);
    }

    /** How many other events of its line wait for the same before an event. */
    private int earlier(long[] state, int cpu, int event, boolean write) {
        Compiled line = window.line(state, cpu, event);
        int earlier = 0;
        for (int other = 0; other < event; other++) {
            boolean waits =
                    write ? window.writes(state, cpu, other) : window.reads(state, cpu, other);
            earlier += waits && window.line(state, cpu, other) == line ? 1 : 0;
        }
        return earlier;
    }
}
