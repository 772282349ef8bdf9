// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.axioms;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Order;
import dev.cpulocal.lab.axioms.Path.Barrier;
import dev.cpulocal.lab.internal.machine.Address;
import dev.cpulocal.lab.internal.machine.Instruction;
import dev.cpulocal.lab.internal.machine.Instruction.Change;
import dev.cpulocal.lab.internal.machine.Program;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Finds everything that a task without loops may do, whatever its reads read. */
final class Paths {

    /** What a register holds, and the reads that this is computed from. */
    private record Known(long value, long reads) {}

    /** A task in the middle of a path. */
    private static final class Walk {
        int line;
        long control;
        final Known[] registers;
        final List<Event> events;
        final List<Barrier> barriers;

        Walk(Known[] registers, List<Event> events, List<Barrier> barriers) {
            this.registers = registers.clone();
            this.events = new ArrayList<>(events);
            this.barriers = new ArrayList<>(barriers);
        }

        Walk copy() {
            Walk copy = new Walk(registers, events, barriers);
            copy.line = line;
            copy.control = control;
            return copy;
        }
    }

    private final Program.Task task;
    private final int number;
    private final List<Set<Long>> values;
    private final List<Path> found = new ArrayList<>();

    private Paths(Program.Task task, int number, List<Set<Long>> values) {
        this.task = task;
        this.number = number;
        this.values = values;
    }

    /**
     * {@return the paths of a task}
     *
     * @param values for each location, the values that reads may read
     */
    static List<Path> of(Program program, int number, List<Set<Long>> values) {
        Paths paths = new Paths(program.tasks().get(number), number, values);
        Known[] registers =
                paths.task.values().stream().map(one -> new Known(one, 0)).toArray(Known[]::new);
        paths.walk(new Walk(registers, List.of(), List.of()));
        return paths.found;
    }

    private void walk(Walk walk) {
        while (true) {
            Instruction instruction = task.lines().get(walk.line++).instruction();
            switch (instruction) {
                case Instruction.Load load -> {
                    load(walk, load);
                    return;
                }
                case Instruction.Update update -> {
                    update(walk, update);
                    return;
                }
                case Instruction.Store store -> {
                    Known place = place(walk, store.to());
                    Known value = value(walk, store.value());
                    write(walk, place, value, store.order(), false);
                }
                case Instruction.Fence fence ->
                        walk.barriers.add(
                                new Barrier(walk.events.size(), fence.before(), fence.after()));
                case Instruction.Assign assign ->
                        walk.registers[assign.to().index()] = value(walk, assign.value());
                case Instruction.Branch branch -> {
                    Known condition = value(walk, branch.condition());
                    walk.control |= condition.reads;
                    walk.line = condition.value != 0 ? branch.target().position() : walk.line;
                }
                case Instruction.Jump jump -> walk.line = jump.target().position();
                case Instruction.End _ -> {
                    List<Long> registers = Arrays.stream(walk.registers).map(Known::value).toList();
                    found.add(new Path(walk.events, walk.barriers, registers));
                    return;
                }
                default -> throw new IllegalArgumentException(instruction.toString());
            }
        }
    }

    /* ------------------------- Accesses ------------------------- */

    private void load(Walk walk, Instruction.Load load) {
        Known place = place(walk, load.from());
        for (long value : values.get((int) place.value)) {
            Walk next = walk.copy();
            next.registers[load.to().index()] = read(next, place, value, load.order(), false);
            walk(next);
        }
    }

    private void update(Walk walk, Instruction.Update update) {
        Known place = place(walk, update.place());
        Known operand = value(walk, update.operand());
        Known expected = value(walk, update.expected());
        for (long old : values.get((int) place.value)) {
            Walk next = walk.copy();
            Known was = read(next, place, old, update.order(), true);
            if (update.old() != null) {
                next.registers[update.old().index()] = was;
            }
            if (update.change() == Change.ARITHMETIC || old == expected.value) {
                long value = update.operator().apply(old, operand.value);
                write(next, place, new Known(value, operand.reads), update.order(), true);
            }
            walk(next);
        }
    }

    private Known read(Walk walk, Known place, long value, Order order, boolean atomic) {
        add(walk, false, place, new Known(value, 0), order, atomic);
        return new Known(value, 1L << (walk.events.size() - 1));
    }

    private void write(Walk walk, Known place, Known value, Order order, boolean atomic) {
        add(walk, true, place, value, order, atomic);
    }

    private void add(
            Walk walk, boolean write, Known place, Known value, Order order, boolean atomic) {
        walk.events.add(
                new Event(
                        number,
                        walk.events.size(),
                        write,
                        (int) place.value,
                        value.value,
                        order,
                        atomic,
                        place.reads,
                        value.reads,
                        walk.control));
    }

    /* ------------------------- Operands ------------------------- */

    private static Known place(Walk walk, Address address) {
        return switch (address) {
            case Address.Direct direct -> new Known(direct.location(), 0);
            case Address.Element element -> {
                Known index = value(walk, element.index());
                yield new Known(element.array().first() + index.value, index.reads);
            }
            case Address.Computed _ -> throw new IllegalArgumentException("of litmus tests only");
        };
    }

    private static Known value(Walk walk, Expr expr) {
        return switch (expr) {
            case Expr.Constant constant -> new Known(constant.value(), 0);
            case Expr.Local local -> walk.registers[local.index()];
            case Expr.Binary binary -> {
                Known left = value(walk, binary.left());
                Known right = value(walk, binary.right());
                yield new Known(
                        binary.operator().apply(left.value, right.value), left.reads | right.reads);
            }
            default -> throw new IllegalArgumentException(expr.toString());
        };
    }
}
