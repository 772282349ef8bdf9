// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.machine;

import dev.cpulocal.lab.internal.machine.Compiled.Kind;

/** What CPUs hold back, in program order, with what is known of it. */
final class Window {

    private static final int DOUBTFUL_SHIFT = 12;

    /** An operand is not known yet: bits 0 to 2, by number. */
    static final int PENDING = 7;

    /** Its read is performed. */
    static final int READ = 1 << 3;

    /** What was read comes from a store that this CPU still holds back. */
    static final int FORWARDED = 1 << 4;

    /** What was read has been overwritten in memory since. */
    static final int STALE = 1 << 5;

    /** The same, by another CPU. */
    static final int STALE_BY_OTHERS = 1 << 6;

    /** The branch is guessed to jump, the condition to be true, the comparison to succeed. */
    static final int TAKEN = 1 << 7;

    /** The store-exclusive or comparison is guessed to fail: it writes nothing. */
    static final int FAILS = 1 << 8;

    /** It has nothing left to write. */
    static final int WRITTEN = 1 << 9;

    /** A store-exclusive has used up this load-exclusive. */
    static final int USED = 1 << 10;

    /** What it guessed or computes is checked or given. */
    static final int DONE = 1 << 11;

    /** An operand rests on a pick that is not decided: bits 12 to 14, by number. */
    static final int DOUBTFUL = PENDING << DOUBTFUL_SHIFT;

    /** What it gave its register rests on a pick that is not decided. */
    static final int DOUBT = 1 << 15;

    /** What is known of a register: its value; nothing; its value, if a pick is right. */
    static final int REGISTER_KNOWN = 0;

    static final int REGISTER_PENDING = 1;
    static final int REGISTER_DOUBTFUL = 2;

    final int unknown;
    private final Layout layout;
    private final Compiled[][] code;
    private final Layout.Event[][] events;
    private final Field[][][] operands;
    private final long[] view;

    Window(Program program, Layout layout, Compiled[][] code) {
        this.layout = layout;
        this.code = code;
        this.unknown = program.locations();
        this.view = new long[layout.words()];
        this.events = new Layout.Event[layout.cpus()][];
        this.operands = new Field[layout.cpus()][][];
        for (int cpu = 0; cpu < events.length; cpu++) {
            events[cpu] = layout.events(cpu).toArray(Layout.Event[]::new);
            operands[cpu] = new Field[events[cpu].length][];
            for (int i = 0; i < events[cpu].length; i++) {
                operands[cpu][i] = events[cpu][i].operands().toArray(Field[]::new);
            }
        }
    }

    int size(long[] state, int cpu) {
        return layout.held(cpu).count(state);
    }

    boolean isFull(long[] state, int cpu) {
        return layout.isFull(cpu, size(state, cpu));
    }

    Compiled line(long[] state, int cpu, int event) {
        Layout.Event at = events[cpu][event];
        return code[at.task().count(state)][at.line().count(state)];
    }

    int location(long[] state, int cpu, int event) {
        return events[cpu][event].location().count(state);
    }

    boolean isLocated(long[] state, int cpu, int event) {
        return location(state, cpu, event) != unknown;
    }

    void locate(long[] state, int cpu, int event, int location) {
        events[cpu][event].location().setCount(state, location);
    }

    Field value(int cpu, int event) {
        return events[cpu][event].value();
    }

    int flags(long[] state, int cpu, int event) {
        return events[cpu][event].flags().count(state);
    }

    boolean is(long[] state, int cpu, int event, int flag) {
        return (flags(state, cpu, event) & flag) != 0;
    }

    void mark(long[] state, int cpu, int event, int flag) {
        events[cpu][event].flags().setCount(state, flags(state, cpu, event) | flag);
    }

    void unmark(long[] state, int cpu, int event, int flag) {
        events[cpu][event].flags().setCount(state, flags(state, cpu, event) & ~flag);
    }

    /** {@return the flags for operands that rest on picks} */
    static int doubtful(int uses) {
        return uses << DOUBTFUL_SHIFT;
    }

    /** {@return whether some operands are known, be it on a pick} */
    boolean knows(long[] state, int cpu, int event, int uses) {
        return (flags(state, cpu, event) & uses) == 0;
    }

    /** {@return whether some operands are known and rest on no pick} */
    boolean isSure(long[] state, int cpu, int event, int uses) {
        return (flags(state, cpu, event) & (uses | doubtful(uses))) == 0;
    }

    /* ------------------------- Kinds ------------------------- */

    /** {@return whether it accesses memory} */
    boolean isAccess(long[] state, int cpu, int event) {
        return switch (line(state, cpu, event).kind) {
            case LOAD, UPDATE -> true;
            case STORE -> !is(state, cpu, event, FAILS);
            default -> false;
        };
    }

    /** {@return whether a read of it is still to be performed} */
    boolean reads(long[] state, int cpu, int event) {
        Kind kind = line(state, cpu, event).kind;
        return (kind == Kind.LOAD || kind == Kind.UPDATE) && !is(state, cpu, event, READ);
    }

    /** {@return whether a write of it is still to be performed, or may be} */
    boolean writes(long[] state, int cpu, int event) {
        Kind kind = line(state, cpu, event).kind;
        return (kind == Kind.STORE || kind == Kind.UPDATE)
                && !is(state, cpu, event, FAILS | WRITTEN);
    }

    /** {@return whether something of it is still to be performed} */
    boolean isOpen(long[] state, int cpu, int event) {
        return reads(state, cpu, event) || writes(state, cpu, event);
    }

    /** {@return what reads that are still to be performed read, as Footprints number it} */
    long openReads(long[] state, int cpu) {
        long reads = 0;
        for (int event = 0; event < size(state, cpu); event++) {
            reads |= reads(state, cpu, event) ? footprint(state, cpu, event) : 0;
        }
        return reads;
    }

    /** {@return what writes that are still to be performed write, as Footprints number it} */
    long openWrites(long[] state, int cpu) {
        long writes = 0;
        for (int event = 0; event < size(state, cpu); event++) {
            writes |= writes(state, cpu, event) ? footprint(state, cpu, event) : 0;
        }
        return writes;
    }

    private long footprint(long[] state, int cpu, int event) {
        return isLocated(state, cpu, event)
                ? Footprints.location(location(state, cpu, event))
                : ~Footprints.CONTROL;
    }

    /* ------------------------- Registers ------------------------- */

    /** {@return whether a line reads registers that wait for an event} */
    boolean isPending(long[] state, Compiled line, int uses) {
        return most(state, line, uses) == REGISTER_PENDING;
    }

    /** {@return whether a line reads registers that wait for an event or rest on a pick} */
    boolean isUnsure(long[] state, Compiled line, int uses) {
        return most(state, line, uses) != REGISTER_KNOWN;
    }

    /** Pending if one is, else doubtful if one is, else known. */
    private int most(long[] state, Compiled line, int uses) {
        int most = REGISTER_KNOWN;
        for (int i = 0; i < line.uses.length; i++) {
            int known = layout.pending(line.task, line.uses[i]).count(state);
            boolean asked = (uses >> Math.min(i, Layout.OPERANDS - 1) & 1) != 0;
            if (asked && known != REGISTER_KNOWN && most != REGISTER_PENDING) {
                most = known;
            }
        }
        return most;
    }

    /* ------------------------- Coming and going ------------------------- */

    /** Holds back a line, with what is known of the registers that it reads. */
    int push(long[] state, int cpu, Compiled line, int flags) {
        int event = size(state, cpu);
        Layout.Event at = events[cpu][event];
        at.task().setCount(state, line.task);
        at.line().setCount(state, line.number);
        at.location().setCount(state, unknown);
        int all = flags;
        for (int i = 0; i < line.uses.length; i++) {
            int known = layout.pending(line.task, line.uses[i]).count(state);
            if (known == REGISTER_PENDING) {
                all |= 1 << i;
            } else {
                long value = layout.register(line.task, line.uses[i]).get(state);
                operands[cpu][event][i].set(state, value);
                all |= known == REGISTER_DOUBTFUL ? doubtful(1 << i) : 0;
            }
        }
        at.flags().setCount(state, all);
        layout.held(cpu).setCount(state, event + 1);
        return event;
    }

    void remove(long[] state, int cpu, int event) {
        int last = size(state, cpu) - 1;
        for (int i = event; i < last; i++) {
            Layout.Event to = events[cpu][i];
            Layout.Event from = events[cpu][i + 1];
            to.task().copy(state, from.task());
            to.line().copy(state, from.line());
            to.flags().copy(state, from.flags());
            to.location().copy(state, from.location());
            to.value().copy(state, from.value());
            for (int k = 0; k < Layout.OPERANDS; k++) {
                operands[cpu][i][k].copy(state, operands[cpu][i + 1][k]);
            }
        }
        Layout.Event gone = events[cpu][last];
        gone.task().clear(state);
        gone.line().clear(state);
        gone.flags().clear(state);
        gone.location().clear(state);
        gone.value().clear(state);
        for (int k = 0; k < Layout.OPERANDS; k++) {
            operands[cpu][last][k].clear(state);
        }
        layout.held(cpu).setCount(state, last);
    }

    /** {@return what an expression of a line is, with the operands that were held back with it} */
    long evaluate(long[] state, int cpu, int event, Eval eval) {
        Compiled line = line(state, cpu, event);
        if (line.uses.length == 0) {
            return eval.value(state, cpu);
        }
        System.arraycopy(state, 0, view, 0, view.length);
        for (int i = 0; i < line.uses.length; i++) {
            if (!is(state, cpu, event, 1 << i)) {
                long value = operands[cpu][event][i].get(state);
                layout.register(line.task, line.uses[i]).set(view, value);
            }
        }
        return eval.value(view, cpu);
    }

    /**
     * Tells those who wait for a register what it is.
     *
     * @param event the event that gives it its value
     * @param sure whether the value rests on no pick
     */
    void broadcast(long[] state, int cpu, int event, long value, boolean sure) {
        Compiled from = line(state, cpu, event);
        for (int later = event + 1; later < size(state, cpu); later++) {
            Compiled line = line(state, cpu, later);
            if (line.task == from.task) {
                give(state, cpu, later, from.register, value, sure);
                if (line.register == from.register) {
                    return;
                }
            }
        }
        Field pending = layout.pending(from.task, from.register);
        if (pending.count(state) == REGISTER_PENDING) {
            pending.setCount(state, sure ? REGISTER_KNOWN : REGISTER_DOUBTFUL);
            layout.register(from.task, from.register).set(state, value);
        }
    }

    private void give(long[] state, int cpu, int event, int register, long value, boolean sure) {
        int[] uses = line(state, cpu, event).uses;
        for (int i = 0; i < uses.length; i++) {
            if (uses[i] == register && is(state, cpu, event, 1 << i)) {
                operands[cpu][event][i].set(state, value);
                unmark(state, cpu, event, 1 << i);
                mark(state, cpu, event, sure ? 0 : doubtful(1 << i));
            }
        }
    }

    /** Tells those who have the value of a register that it rests on no pick any more. */
    void confirm(long[] state, int cpu, int event) {
        Compiled from = line(state, cpu, event);
        for (int later = event + 1; later < size(state, cpu); later++) {
            Compiled line = line(state, cpu, later);
            if (line.task == from.task) {
                for (int i = 0; i < line.uses.length; i++) {
                    unmark(state, cpu, later, line.uses[i] == from.register ? doubtful(1 << i) : 0);
                }
                if (line.register == from.register) {
                    return;
                }
            }
        }
        Field pending = layout.pending(from.task, from.register);
        if (pending.count(state) == REGISTER_DOUBTFUL) {
            pending.clear(state);
        }
    }
}
