// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.machine;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.MemoryModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Where in a state, a row of 64-bit words, everything is. */
public final class Layout {

    /*
     * A state, in this order, fields packed and none across two words:
     *
     *     task 0    | pc | interrupted pc, for each handler | registers (value, pending)
     *     task 1    | ...
     *     cpu 0     | current task | number of events held back | event 0 | event 1 | ...
     *     cpu 1     | ...
     *     memory    | a value for each location
     *     hardware  | a value for each variable
     *
     *     event     | location | value                                           SC, TSO, PSO
     *               | task | line | flags | location | value | operand 0 | 1 | 2  ARMv8, RISC-V
     *
     * Values have as many bits as they turn out to need. Each variable, the registers of each task
     * and the operands of events are a group; a search begins with 8 bits for each, and when a
     * value does not fit, it begins again with twice as many for that group. So small models have
     * small states and nobody has to declare a range.
     *
     * Dead registers and unused events are 0, so states that differ in nothing that matters are
     * equal.
     */

    /** What a CPU holds back. */
    record Event(
            Field task,
            Field line,
            Field flags,
            Field location,
            Field value,
            List<Field> operands) {}

    private static final int FIRST_BITS = 8;
    private static final int FLAG_BITS = 16;
    static final int OPERANDS = 3;

    private final Program program;
    private final int[] widths;
    private final List<Field> pcs = new ArrayList<>();
    private final List<List<Field>> interrupted = new ArrayList<>();
    private final List<List<Field>> registers = new ArrayList<>();
    private final List<List<Field>> pending = new ArrayList<>();
    private final List<Field> current = new ArrayList<>();
    private final List<Field> held = new ArrayList<>();
    private final List<List<Event>> events = new ArrayList<>();
    private final List<Field> memory = new ArrayList<>();
    private final List<Field> hardware = new ArrayList<>();
    private int word;
    private int bit;

    private Layout(Program program, MemoryModel model, int[] widths) {
        this.program = program;
        this.widths = widths;
        int group = 0;
        for (Program.Task task : program.tasks()) {
            task(task, group++, model.defersLoads());
        }
        int eventGroup = group++;
        for (int cpu = 0; cpu < program.initial().size(); cpu++) {
            cpu(model, eventGroup);
        }
        for (Expr.Variable variable : program.memory()) {
            values(memory, variable, group++);
        }
        for (Expr.Variable variable : program.hardware()) {
            values(hardware, variable, group++);
        }
    }

    /** {@return the layout to begin with} */
    public static Layout first(Program program, MemoryModel model) {
        int[] widths =
                new int
                        [program.tasks().size()
                                + 1
                                + program.memory().size()
                                + program.hardware().size()];
        Arrays.fill(widths, FIRST_BITS);
        return new Layout(program, model, widths);
    }

    /** {@return the layout with more bits for what did not fit} */
    public Layout widened(MemoryModel model, int group) {
        int[] wider = widths.clone();
        wider[group] = Math.min(Long.SIZE, 2 * wider[group]);
        return new Layout(program, model, wider);
    }

    private void task(Program.Task task, int group, boolean deferred) {
        int lines = task.lines().size();
        pcs.add(count(lines));
        List<Field> places = new ArrayList<>();
        for (int entry : task.entries()) {
            places.add(count(entry < 0 ? 0 : lines + 1));
        }
        interrupted.add(places);
        List<Field> values = new ArrayList<>();
        List<Field> marks = new ArrayList<>();
        for (int i = 0; i < task.registers().size(); i++) {
            values.add(field(widths[group], group));
            if (deferred) {
                marks.add(count(Window.REGISTER_DOUBTFUL));
            }
        }
        registers.add(values);
        pending.add(marks);
    }

    private void cpu(MemoryModel model, int group) {
        current.add(count(program.tasks().size() - 1));
        held.add(count(model.defersStores() ? program.window() : 0));
        List<Event> all = new ArrayList<>();
        for (int i = 0; model.defersStores() && i < program.window(); i++) {
            all.add(event(model.defersLoads(), group));
        }
        events.add(all);
    }

    private Event event(boolean deferred, int group) {
        Field none = new Field(0, 0, 1, -1);
        Field task = deferred ? count(program.tasks().size() - 1) : none;
        Field line =
                deferred
                        ? count(
                                program.tasks().stream()
                                        .mapToInt(t -> t.lines().size())
                                        .max()
                                        .orElse(0))
                        : none;
        Field flags = deferred ? count((1 << FLAG_BITS) - 1) : none;
        Field location = count(program.locations() + 1);
        Field value = field(widths[group], group);
        List<Field> operands = new ArrayList<>();
        for (int i = 0; deferred && i < OPERANDS; i++) {
            operands.add(field(widths[group], group));
        }
        return new Event(task, line, flags, location, value, operands);
    }

    private void values(List<Field> all, Expr.Variable variable, int group) {
        for (int i = 0; i < variable.length(); i++) {
            all.add(field(widths[group], group));
        }
    }

    private Field count(int most) {
        return field(Math.max(1, Integer.SIZE - Integer.numberOfLeadingZeros(most)), -1);
    }

    private Field field(int bits, int group) {
        if (bit + bits > Long.SIZE) {
            word++;
            bit = 0;
        }
        Field field = new Field(word, bit, bits, group);
        bit += bits;
        return field;
    }

    /** {@return how many CPUs there are} */
    public int cpus() {
        return current.size();
    }

    /** {@return the number of the line at which a task ends} */
    int end(int task) {
        List<Instruction.Line> lines = program.tasks().get(task).lines();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).instruction() instanceof Instruction.End) {
                return i;
            }
        }
        return lines.size();
    }

    /** {@return how many words a state has} */
    public int words() {
        return word + 1;
    }

    /** {@return the number of the line that a task is at} */
    Field pc(int task) {
        return pcs.get(task);
    }

    /** {@return 0, or one more than the line at which a handler interrupted a task} */
    Field interrupted(int task, int handler) {
        return interrupted.get(task).get(handler);
    }

    /** {@return a register} */
    Field register(int task, int register) {
        return registers.get(task).get(register);
    }

    /** {@return what is known of a register, where loads are held back: see {@link Window}} */
    Field pending(int task, int register) {
        return pending.get(task).get(register);
    }

    /** {@return all that is known of a register} */
    List<Field> allOf(int task, int register) {
        return pending.get(task).isEmpty()
                ? List.of(register(task, register))
                : List.of(register(task, register), pending(task, register));
    }

    /** {@return the task that a CPU runs} */
    Field current(int cpu) {
        return current.get(cpu);
    }

    /** {@return how many events a CPU holds back} */
    Field held(int cpu) {
        return held.get(cpu);
    }

    /** {@return what a CPU can hold back, in program order} */
    List<Event> events(int cpu) {
        return Collections.unmodifiableList(events.get(cpu));
    }

    /** {@return what a location holds} */
    Field memory(int location) {
        return memory.get(location);
    }

    /** {@return hardware state} */
    Field hardware(int number) {
        return hardware.get(number);
    }

    /** {@return the first state, before anything was executed} */
    public long[] initial() {
        long[] state = new long[words()];
        for (int task = 0; task < program.tasks().size(); task++) {
            List<Long> values = program.tasks().get(task).values();
            for (int i = 0; i < values.size(); i++) {
                register(task, i).set(state, values.get(i));
            }
        }
        for (int cpu = 0; cpu < program.initial().size(); cpu++) {
            current(cpu).setCount(state, program.initial().get(cpu));
        }
        for (Expr.Variable variable : program.memory()) {
            for (int i = 0; i < variable.length(); i++) {
                memory(variable.first() + i).set(state, variable.values().get(i));
            }
        }
        for (Expr.Variable variable : program.hardware()) {
            for (int i = 0; i < variable.length(); i++) {
                hardware(variable.first() + i).set(state, variable.values().get(i));
            }
        }
        return state;
    }
}
