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
     * A field goes to the first word that has room for it.
     *
     * Values have as many bits as they turn out to need. Each variable, the registers of each task
     * and the operands of events are a group; a search begins with 8 bits for each, and when a
     * value does not fit, it begins again with twice as many for that group. In the same way CPUs
     * have room for two events at first, and for twice as many when one holds back a third, up to
     * the window. So small models have small states and nobody has to declare a range.
     *
     * What never changes has no bits: the task of a CPU in a program without switches, or a number
     * of which there is only one. Registers that are dead wherever a task rests (Liveness) have
     * none in what is kept of a state either: they have whole words behind it, for the machine to
     * compute with while it takes a step. A task uses these alone, so all tasks have the same.
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
    private static final int FIRST_EVENTS = 2;
    private static final int FLAG_BITS = 16;
    static final int OPERANDS = 3;

    private final Program program;
    private final MemoryModel model;
    private final int[] widths;
    private final List<Liveness> liveness = new ArrayList<>();
    private final List<Field> pcs = new ArrayList<>();
    private final List<List<Field>> interrupted = new ArrayList<>();
    private final List<List<Field>> registers = new ArrayList<>();
    private final List<List<Field>> pending = new ArrayList<>();
    private final List<Field> current = new ArrayList<>();
    private final List<Field> held = new ArrayList<>();
    private final List<List<Event>> events = new ArrayList<>();
    private final List<Field> memory = new ArrayList<>();
    private final List<Field> hardware = new ArrayList<>();

    /** How many bits of each word are used. */
    private final List<Integer> used = new ArrayList<>();

    private final boolean switches;
    private int passing;

    private Layout(Program program, MemoryModel model, int[] widths) {
        this.program = program;
        this.model = model;
        this.widths = widths;
        this.switches = switches(program);
        int group = 0;
        for (int task = 0; task < program.tasks().size(); task++) {
            liveness.add(Liveness.of(program, task));
            task(task, group++);
        }
        int eventGroup = group++;
        for (int cpu = 0; cpu < program.initial().size(); cpu++) {
            cpu(eventGroup);
        }
        for (Expr.Variable variable : program.memory()) {
            values(memory, variable, group++);
        }
        for (Expr.Variable variable : program.hardware()) {
            values(hardware, variable, group++);
        }
        placePassing();
    }

    /** {@return the layout to begin with} */
    public static Layout first(Program program, MemoryModel model) {
        int groups =
                program.tasks().size() + 1 + program.memory().size() + program.hardware().size();
        int[] widths = new int[groups + 1];
        Arrays.fill(widths, FIRST_BITS);
        widths[groups] = model.defersStores() ? Math.min(FIRST_EVENTS, program.window()) : 0;
        return new Layout(program, model, widths);
    }

    /** {@return the layout with more room for what did not fit} */
    public Layout widened(int group) {
        int[] wider = widths.clone();
        int most = group == roomGroup() ? program.window() : Long.SIZE;
        wider[group] = Math.min(most, 2 * wider[group]);
        return new Layout(program, model, wider);
    }

    /** The group of which the width is for how many events a CPU has room. */
    private int roomGroup() {
        return widths.length - 1;
    }

    private static boolean switches(Program program) {
        return program.tasks().stream()
                .flatMap(task -> task.lines().stream())
                .anyMatch(line -> line.instruction() instanceof Instruction.Switch);
    }

    private void task(int number, int group) {
        Program.Task task = program.tasks().get(number);
        int lines = task.lines().size();
        pcs.add(count(lines - 1));
        interrupted.add(
                task.entries().stream().map(entry -> count(entry < 0 ? 0 : lines)).toList());
        List<Field> values = new ArrayList<>();
        List<Field> marks = new ArrayList<>();
        for (int i = 0; i < task.registers().size(); i++) {
            values.add(keeps(number, i) ? field(widths[group], group) : Field.NONE);
            if (model.defersLoads()) {
                marks.add(count(Window.REGISTER_DOUBTFUL));
            }
        }
        registers.add(values);
        pending.add(marks);
    }

    /** Gives the registers a place that are not kept. */
    private void placePassing() {
        for (List<Field> values : registers) {
            int next = words();
            for (int i = 0; i < values.size(); i++) {
                if (values.get(i) == Field.NONE) {
                    values.set(i, new Field(next++, 0, Long.SIZE, -1));
                }
            }
            passing = Math.max(passing, next - words());
        }
    }

    private void cpu(int group) {
        current.add(count(switches ? program.tasks().size() - 1 : 0));
        int room = widths[roomGroup()];
        held.add(count(room));
        List<Event> all = new ArrayList<>();
        for (int i = 0; i < room; i++) {
            all.add(model.defersLoads() ? event(group) : store(group));
        }
        events.add(all);
    }

    private Event store(int group) {
        Field location = count(program.locations());
        Field value = field(widths[group], group);
        return new Event(Field.NONE, Field.NONE, Field.NONE, location, value, List.of());
    }

    private Event event(int group) {
        int lines = program.tasks().stream().mapToInt(task -> task.lines().size()).max().orElse(1);
        Field task = count(program.tasks().size() - 1);
        Field line = count(lines - 1);
        Field flags = count((1 << FLAG_BITS) - 1);
        Field location = count(program.locations());
        Field value = field(widths[group], group);
        List<Field> operands = new ArrayList<>();
        for (int i = 0; i < OPERANDS; i++) {
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
        return most == 0
                ? Field.NONE
                : field(Integer.SIZE - Integer.numberOfLeadingZeros(most), -1);
    }

    private Field field(int bits, int group) {
        int word = 0;
        while (word < used.size() && used.get(word) + bits > Long.SIZE) {
            word++;
        }
        if (word == used.size()) {
            used.add(0);
        }
        int bit = used.get(word);
        used.set(word, bit + bits);
        return new Field(word, bit, bits, group);
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

    /** {@return how many words of a state are kept between steps} */
    public int words() {
        return used.size();
    }

    /** {@return how many words a machine needs to take a step} */
    int allWords() {
        return words() + passing;
    }

    /** {@return what is kept of a state} */
    public long[] kept(long[] state) {
        return Arrays.copyOf(state, words());
    }

    /** {@return which registers of a task are live where} */
    Liveness liveness(int task) {
        return liveness.get(task);
    }

    /** {@return the number of the line that a task is at} */
    Field pc(int task) {
        return pcs.get(task);
    }

    /** {@return 0, or one more than the line at which a handler interrupted a task} */
    Field interrupted(int task, int handler) {
        return interrupted.get(task).get(handler);
    }

    /** {@return whether a register is part of what is kept of a state} */
    boolean keeps(int task, int register) {
        return model.defersLoads() || liveness.get(task).isKept(register);
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

    /** {@return whether CPUs ever run another task than at first} */
    boolean switches() {
        return switches;
    }

    /** {@return the task that a CPU runs, if that ever changes} */
    Field current(int cpu) {
        return current.get(cpu);
    }

    /** {@return the number of the task that a CPU runs} */
    int task(long[] state, int cpu) {
        return switches ? current.get(cpu).count(state) : program.initial().get(cpu);
    }

    /** {@return how many events a CPU holds back} */
    Field held(int cpu) {
        return held.get(cpu);
    }

    /**
     * {@return whether a CPU that holds back some events can hold back no more}
     *
     * @throws Field.Overflow if there is no room but the window allows it
     */
    boolean isFull(int cpu, int size) {
        int room = events.get(cpu).size();
        if (size >= room && room < program.window()) {
            throw new Field.Overflow(roomGroup());
        }
        return size >= room;
    }

    /** {@return what a CPU has room to hold back, in program order} */
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
        long[] state = new long[allWords()];
        for (int task = 0; task < program.tasks().size(); task++) {
            List<Long> values = program.tasks().get(task).values();
            for (int i = 0; i < values.size(); i++) {
                if (keeps(task, i)) {
                    register(task, i).set(state, values.get(i));
                }
            }
        }
        for (int cpu = 0; switches && cpu < cpus(); cpu++) {
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
