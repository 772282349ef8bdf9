// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.machine;

import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.internal.machine.Instruction.Change;
import java.util.ArrayList;
import java.util.List;

/** A machine whose CPUs hold back stores at most: sequential consistency, TSO, PSO. */
final class BufferMachine extends Machine {

    /*
     * Lines are executed in program order. A load is performed then, and takes the youngest store of
     * its own CPU to the same place that is still held back, else what memory has. A store is performed
     * then too (SC) or enters the CPU's buffer. From there stores leave in order (TSO), or in order for
     * each place and across marks (PSO); a mark is a barrier between stores. A barrier between stores
     * and later loads waits for the buffer to be empty, and is no step: a CPU that is past it and one
     * that is before it with an empty buffer cannot be told apart. An atomic update needs an empty
     * buffer (TSO; PSO if it is ordered), else one without stores to the same place and without marks.
     */

    private final boolean buffers;
    private final boolean inOrder;
    private final int mark;
    private final Field[][] locations;
    private final Field[][] values;
    private final Field[] memory;

    BufferMachine(Program program, MemoryModel model, Layout layout, boolean reduced) {
        super(program, layout, reduced);
        this.buffers = model.defersStores();
        this.inOrder = model == MemoryModel.TSO;
        this.mark = program.locations();
        this.locations = new Field[layout.cpus()][];
        this.values = new Field[layout.cpus()][];
        for (int cpu = 0; cpu < layout.cpus(); cpu++) {
            List<Layout.Event> events = layout.events(cpu);
            locations[cpu] = events.stream().map(Layout.Event::location).toArray(Field[]::new);
            values[cpu] = events.stream().map(Layout.Event::value).toArray(Field[]::new);
        }
        this.memory = new Field[program.locations()];
        for (int location = 0; location < memory.length; location++) {
            memory[location] = layout.memory(location);
        }
    }

    private int location(long[] state, int cpu, Compiled line) {
        if (line.location >= 0) {
            return line.location;
        }
        long index = line.index.value(state, cpu);
        return line.array == null
                ? program.locationAt(index)
                : line.array.first() + Eval.index(line.array, index);
    }

    /* ------------------------- Executing ------------------------- */

    @Override
    boolean access(long[] state, int cpu, Compiled line) {
        boolean done =
                switch (line.kind) {
                    case LOAD -> load(state, cpu, line);
                    case STORE -> store(state, cpu, line);
                    case UPDATE -> update(state, cpu, line);
                    case FENCE -> fence(state, cpu, line.before, line.after);
                    case TSO_FENCE -> inOrder || !buffers || mark(state, cpu);
                    default -> true;
                };
        if (done) {
            goOn(state, cpu, line);
        }
        return done;
    }

    private boolean load(long[] state, int cpu, Compiled line) {
        refuseExclusive(line);
        int location = location(state, cpu, line);
        int source = source(state, cpu, location);
        long value = source < 0 ? memory[location].get(state) : values[cpu][source].get(state);
        line.to.set(state, value);
        if (recording != null) {
            recording.reads(location, value, source >= 0);
        }
        return true;
    }

    private static void refuseExclusive(Compiled line) {
        if (line.exclusive) {
            throw new IllegalStateException(
                    line.line.text()
                            + ": exclusive accesses are of ARMv8 and RISC-V only (expected: an"
                            + " atomic update)");
        }
    }

    /** The youngest store to a place that the CPU holds back, or -1. */
    private int source(long[] state, int cpu, int location) {
        for (int i = held[cpu].count(state) - 1; i >= 0; i--) {
            if (locations[cpu][i].count(state) == location) {
                return i;
            }
        }
        return -1;
    }

    private boolean store(long[] state, int cpu, Compiled line) {
        refuseExclusive(line);
        int location = location(state, cpu, line);
        long value = line.value.value(state, cpu);
        if (!buffers) {
            memory[location].set(state, value);
            noteWrite(location, value);
            return true;
        }
        int size = held[cpu].count(state);
        boolean marks = line.order.releases() && !inOrder && size > 0 && !isMark(state, cpu, size);
        if (layout.isFull(cpu, marks ? size + 1 : size)) {
            windowHit = true;
            return false;
        }
        if (marks) {
            push(state, cpu, mark, 0);
        }
        push(state, cpu, location, value);
        noteWrite(location, value);
        return true;
    }

    private void noteWrite(int location, long value) {
        if (recording != null) {
            recording.writes(location, value);
        }
    }

    private boolean isMark(long[] state, int cpu, int size) {
        return size > 0 && locations[cpu][size - 1].count(state) == mark;
    }

    private void push(long[] state, int cpu, int location, long value) {
        int size = held[cpu].count(state);
        locations[cpu][size].setCount(state, location);
        values[cpu][size].set(state, value);
        held[cpu].setCount(state, size + 1);
    }

    private boolean update(long[] state, int cpu, Compiled line) {
        int location = location(state, cpu, line);
        boolean all = inOrder || line.order.releases();
        for (int i = held[cpu].count(state) - 1; i >= 0; i--) {
            int waiting = locations[cpu][i].count(state);
            if (all || waiting == location || waiting == mark) {
                return false;
            }
        }
        long old = memory[location].get(state);
        boolean writes = line.change == Change.ARITHMETIC || old == line.expected.value(state, cpu);
        if (recording != null) {
            recording.reads(location, old, false);
        }
        if (writes) {
            long operand = line.value.value(state, cpu);
            boolean computes = line.change == Change.ARITHMETIC;
            long value = computes ? line.operator.apply(old, operand) : operand;
            memory[location].set(state, value);
            noteWrite(location, value);
        }
        if (line.register >= 0) {
            line.to.set(state, old);
        }
        return true;
    }

    private boolean fence(long[] state, int cpu, int before, int after) {
        if (isIdle(state, cpu) || (before & Instruction.WRITES) == 0) {
            return true;
        }
        if ((after & Instruction.READS) != 0) {
            return false;
        }
        return inOrder || mark(state, cpu);
    }

    private boolean mark(long[] state, int cpu) {
        int size = held[cpu].count(state);
        if (size > 0 && !isMark(state, cpu, size)) {
            if (layout.isFull(cpu, size)) {
                windowHit = true;
                return false;
            }
            push(state, cpu, mark, 0);
        }
        return true;
    }

    /* ------------------------- Performing ------------------------- */

    @Override
    void performances(long[] state, int cpu, Sink sink) {
        int size = held[cpu].count(state);
        for (int i = 0; i < size; i++) {
            int location = locations[cpu][i].count(state);
            if (location == mark) {
                return;
            }
            if (i == 0 || isFirst(state, cpu, i, location)) {
                perform(state, cpu, i, location, sink);
            }
            if (inOrder) {
                return;
            }
        }
    }

    private boolean isFirst(long[] state, int cpu, int event, int location) {
        for (int i = 0; i < event; i++) {
            if (locations[cpu][i].count(state) == location) {
                return false;
            }
        }
        return true;
    }

    private void perform(long[] state, int cpu, int event, int location, Sink sink) {
        long[] next = copy(state, 0);
        memory[location].set(next, values[cpu][event].get(state));
        remove(next, cpu, event);
        while (!isIdle(next, cpu) && locations[cpu][0].count(next) == mark) {
            remove(next, cpu, 0);
        }
        performed(next, cpu, event, location, sink);
    }

    private void performed(long[] next, int cpu, int event, int location, Sink sink) {
        if (recording != null) {
            String text = program.locationName(location) + " = " + memory[location].get(next);
            recording.begin();
            recording.writes(location, memory[location].get(next));
            recording.performed(cpu, text, next);
        }
        settle(next, cpu, 0, event == 0 ? actors().buffer(cpu) : actors().overtaking(cpu), sink);
    }

    private void remove(long[] state, int cpu, int event) {
        int last = held[cpu].count(state) - 1;
        for (int i = event; i < last; i++) {
            locations[cpu][i].copy(state, locations[cpu][i + 1]);
            values[cpu][i].copy(state, values[cpu][i + 1]);
        }
        locations[cpu][last].clear(state);
        values[cpu][last].clear(state);
        held[cpu].setCount(state, last);
    }

    /* ------------------------- Control ------------------------- */

    @Override
    boolean canRead(long[] state, int cpu, Compiled line) {
        return true;
    }

    @Override
    boolean canJump(long[] state, int cpu, Compiled line) {
        return true;
    }

    @Override
    boolean canMove(long[] state, int cpu, int task) {
        return true;
    }

    @Override
    boolean mayInterrupt(long[] state, int cpu) {
        return true;
    }

    @Override
    boolean isSilent(Compiled line) {
        return switch (line.kind) {
            case FENCE, TSO_FENCE, CONTEXT_FENCE -> true;
            case STORE -> buffers && isHidden(line);
            default -> false;
        };
    }

    @Override
    boolean guesses(long[] state, int cpu, Compiled line) {
        return false;
    }

    @Override
    void finish(long[] state, int cpu, int level, int actor, Sink sink) {
        tell(state, actor, sink);
    }

    /* ------------------------- For reduction and traces ------------------------- */

    @Override
    long heldReads(long[] state, int cpu) {
        return 0;
    }

    @Override
    long heldWrites(long[] state, int cpu) {
        long writes = 0;
        for (int i = held[cpu].count(state) - 1; i >= 0; i--) {
            int location = locations[cpu][i].count(state);
            writes |= location == mark ? 0 : Footprints.location(location);
        }
        return writes;
    }

    @Override
    public boolean isStuck(long[] state) {
        return true;
    }

    @Override
    public boolean isReal(long[] state) {
        return true;
    }

    @Override
    public List<String> held(long[] state, int cpu) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < held[cpu].count(state); i++) {
            int location = locations[cpu][i].count(state);
            texts.add(
                    location == mark
                            ? "--"
                            : program.locationName(location) + " = " + values[cpu][i].get(state));
        }
        return texts;
    }
}
