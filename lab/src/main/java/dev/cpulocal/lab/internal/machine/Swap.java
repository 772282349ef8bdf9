// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.machine;

import dev.cpulocal.lab.Expr;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds out whether two tasks can change places and nobody can tell. */
final class Swap {

    /*
     * Two tasks can change places if their programs are the same line by line, but for the places in
     * memory and hardware that each has to itself: where one has x[0] the other has x[1], each time. All
     * other tasks, and the properties, must be unchanged when those places change places too. Programs
     * that know numbers of tasks or CPUs, or switch tasks, are not looked at: values would have to
     * change with the places.
     */

    /** A place: memory if it is not negative, else hardware, as -1 - number. */
    private final Map<Integer, Integer> image = new HashMap<>();

    /** The places that the first task has to itself, in the order in which it names them. */
    private final List<Integer> own = new ArrayList<>();

    private final Program program;
    private final int first;
    private final int second;
    private boolean possible = true;

    private Swap(Program program, int first, int second) {
        this.program = program;
        this.first = first;
        this.second = second;
    }

    /** {@return the places that change places: those of the first task; null if they cannot} */
    static @Nullable Swap of(Program program, int first, int second) {
        Swap swap = new Swap(program, first, second);
        swap.match(first, second);
        for (int task = 0; task < program.tasks().size() && swap.possible; task++) {
            if (task != first && task != second) {
                swap.match(task, task);
            }
        }
        return swap.possible && swap.keepsValues() && swap.keepsProperties() ? swap : null;
    }

    List<Integer> own() {
        return own;
    }

    int second() {
        return second;
    }

    int imageOf(int place) {
        return image.getOrDefault(place, place);
    }

    private void refuse() {
        possible = false;
    }

    private void map(int from, int to) {
        Integer there = image.put(from, to);
        Integer back = image.put(to, from);
        if ((there != null && there != to) || (back != null && back != from)) {
            refuse();
        }
        if (there == null && from != to) {
            own.add(from);
        } else if (from != to && !own.contains(from)) {
            // One that the second task has is used by the first one, too.
            refuse();
        }
    }

    /* ------------------------- Programs ------------------------- */

    private void match(int left, int right) {
        Program.Task a = program.tasks().get(left);
        Program.Task b = program.tasks().get(right);
        if (a.lines().size() != b.lines().size()
                || !a.values().equals(b.values())
                || a.background() != b.background()) {
            refuse();
            return;
        }
        for (int i = 0; i < a.lines().size() && possible; i++) {
            match(a.lines().get(i), b.lines().get(i));
        }
    }

    private void match(Instruction.Line left, Instruction.Line right) {
        Operands a = Operands.of(left.instruction());
        Operands b = Operands.of(right.instruction());
        boolean same =
                a.kind() == b.kind()
                        && a.kind() != Compiled.Kind.SWITCH
                        && left.masked() == right.masked()
                        && left.joined() == right.joined()
                        && shape(a).equals(shape(b));
        if (!same) {
            refuse();
            return;
        }
        match(a.value(), b.value());
        if (a.hardware() == null || b.hardware() == null) {
            match(a.expected(), b.expected());
        } else {
            match(
                    new Expr.Hardware(a.hardware(), a.expected()),
                    new Expr.Hardware(b.hardware(), b.expected()));
        }
        match(a.address(), b.address());
    }

    private static List<Object> shape(Operands operands) {
        return Arrays.asList(
                operands.to() == null ? -1 : operands.to().index(),
                operands.order(),
                operands.change(),
                operands.operator(),
                operands.exclusive(),
                operands.before(),
                operands.after(),
                operands.targetNumber(),
                operands.count());
    }

    private void match(Address left, Address right) {
        if (left instanceof Address.Direct a && right instanceof Address.Direct b) {
            if (a.location() >= 0) {
                map(a.location(), b.location());
            }
        } else if (left instanceof Address.Element a && right instanceof Address.Element b) {
            arrays(a.array(), b.array());
            match(a.index(), b.index());
        } else {
            refuse();
        }
    }

    private void arrays(Expr.Variable left, Expr.Variable right) {
        if (left.length() != right.length() || left.shared() != right.shared()) {
            refuse();
            return;
        }
        for (int i = 0; i < left.length(); i++) {
            map(place(left, i), place(right, i));
        }
    }

    private static int place(Expr.Variable variable, int index) {
        int number = variable.first() + index;
        return variable.shared() ? number : -1 - number;
    }

    private void match(Expr left, Expr right) {
        switch (left) {
            case Expr.Constant a when right instanceof Expr.Constant b -> {
                if (a.value() != b.value()) {
                    refuse();
                }
            }
            case Expr.Local a when right instanceof Expr.Local b -> {
                if (a.index() != b.index()) {
                    refuse();
                }
            }
            case Expr.Binary a when right instanceof Expr.Binary b -> {
                if (a.operator() != b.operator()) {
                    refuse();
                }
                match(a.left(), b.left());
                match(a.right(), b.right());
            }
            case Expr.Hardware a when right instanceof Expr.Hardware b ->
                    match(a.variable(), a.index(), b.variable(), b.index());
            default -> refuse();
        }
    }

    private void match(Expr.Variable left, Expr at, Expr.Variable right, Expr otherAt) {
        if (at instanceof Expr.Constant a && otherAt instanceof Expr.Constant b) {
            map(place(left, (int) a.value()), place(right, (int) b.value()));
        } else {
            arrays(left, right);
            match(at, otherAt);
        }
    }

    /* ------------------------- Values and properties ------------------------- */

    private boolean keepsValues() {
        List<Long> memory = values(program.memory());
        List<Long> hardware = values(program.hardware());
        return image.entrySet().stream()
                .allMatch(pair ->
                        value(pair.getKey(), memory, hardware)
                                == value(pair.getValue(), memory, hardware));
    }

    private static List<Long> values(List<Expr.Variable> variables) {
        return variables.stream().flatMap(variable -> variable.values().stream()).toList();
    }

    private static long value(int place, List<Long> memory, List<Long> hardware) {
        return place >= 0 ? memory.get(place) : hardware.get(-1 - place);
    }

    private boolean keepsProperties() {
        return program.properties().stream()
                .allMatch(property ->
                        text(property.condition(), false).equals(text(property.condition(), true)));
    }

    /** An expression in words, alike for expressions that differ in the order of operands only. */
    private String text(Expr expr, boolean swapped) {
        return switch (expr) {
            case Expr.Constant constant -> Long.toString(constant.value());
            case Expr.Ended ended -> "ended " + task(ended.task(), swapped);
            case Expr.LocalOf local ->
                    "local " + task(local.task(), swapped) + " " + local.local().index();
            case Expr.Memory memory -> text(memory.variable(), memory.index(), swapped);
            case Expr.Hardware hardware -> text(hardware.variable(), hardware.index(), swapped);
            case Expr.Binary binary ->
                    "("
                            + binary.operator()
                            + " "
                            + operands(binary, binary.operator())
                                    .map(operand -> text(operand, swapped))
                                    .sorted(
                                            isCommutative(binary.operator())
                                                    ? String::compareTo
                                                    : (_, _) -> 0)
                                    .collect(Collectors.joining(" "))
                            + ")";
            default -> "number of a task or CPU " + swapped;
        };
    }

    private static boolean isCommutative(Expr.Operator operator) {
        return switch (operator) {
            case ADD, AND, OR, XOR, EQUAL, NOT_EQUAL, MIN, MAX -> true;
            default -> false;
        };
    }

    private static Stream<Expr> operands(Expr expr, Expr.Operator operator) {
        boolean flat =
                switch (operator) {
                    case ADD, AND, OR, XOR, MIN, MAX -> true;
                    default -> false;
                };
        if (expr instanceof Expr.Binary binary && binary.operator() == operator) {
            return flat
                    ? Stream.concat(
                            operands(binary.left(), operator), operands(binary.right(), operator))
                    : Stream.of(binary.left(), binary.right());
        }
        return Stream.of(expr);
    }

    private String text(Expr.Variable variable, Expr index, boolean swapped) {
        if (index instanceof Expr.Constant constant) {
            int place = place(variable, (int) constant.value());
            return "place " + (swapped ? imageOf(place) : place);
        }
        boolean moves = false;
        for (int i = 0; i < variable.length(); i++) {
            moves |= imageOf(place(variable, i)) != place(variable, i);
        }
        return variable.name()
                + (moves ? " moved " + swapped : "")
                + "["
                + text(index, swapped)
                + "]";
    }

    private int task(int task, boolean swapped) {
        return !swapped ? task : task == first ? second : task == second ? first : task;
    }
}
