// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.machine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts tasks that can change places into one order, so that states alike but for that are equal.
 */
public final class Symmetry {

    /*
     * Tasks that can change places pairwise (Swap) are a class. What a state has of each - its place in
     * the program, its registers, what its CPU holds back, the places that it has to itself - is a row
     * of numbers, and nothing else in the state depends on which task has which row. So the state with
     * the rows sorted stands for all orders of them: that is exact, and n! becomes 1. In what a CPU
     * holds back, places of the task's own are replaced by their rank among them.
     *
     * Looked for only where each task has a CPU of its own for good, without handlers and switches; and
     * not where final states are listed, for those are told apart by task.
     */

    /** A number of a row: where it is, and how it is read. */
    private sealed interface Slot {}

    private record Value(Field field) implements Slot {}

    private record Count(Field field) implements Slot {}

    /**
     * The location of an event, if there is one: one of the task's own is read as its rank,
     * negative.
     */
    private record Location(Field field, Field held, int event, List<Integer> own)
            implements Slot {}

    /** The task of an event, which is the one that the row is of. */
    private record Owner(Field field, Field held, int event, int task) implements Slot {}

    private final List<List<List<Slot>>> classes;

    private Symmetry(List<List<List<Slot>>> classes) {
        this.classes = classes;
    }

    /**
     * {@return the symmetry of a program, or null if it has none}
     *
     * @param program the program
     * @param layout where everything is in a state
     */
    public static @Nullable Symmetry of(Program program, Layout layout) {
        int tasks = program.tasks().size();
        if (!program.handlers().isEmpty()
                || !program.observed().isEmpty()
                || program.initial().size() != tasks) {
            return null;
        }
        List<List<List<Slot>>> classes = new ArrayList<>();
        boolean[] placed = new boolean[tasks];
        for (int first = 0; first < tasks; first++) {
            if (!placed[first]) {
                List<List<Slot>> rows = rowsOf(program, layout, first, placed);
                if (rows.size() > 1) {
                    classes.add(rows);
                }
            }
        }
        return classes.isEmpty() ? null : new Symmetry(classes);
    }

    private static List<List<Slot>> rowsOf(
            Program program, Layout layout, int first, boolean[] placed) {
        List<List<Slot>> rows = new ArrayList<>();
        List<Integer> own = null;
        List<Integer> members = new ArrayList<>(List.of(first));
        for (int other = first + 1; other < program.tasks().size(); other++) {
            Swap swap = placed[other] ? null : Swap.of(program, first, other);
            if (swap == null || (own != null && !own.equals(swap.own()))) {
                continue;
            }
            if (members.stream().skip(1).allMatch(member -> canSwap(program, member, swap))) {
                own = swap.own();
                members.add(other);
                placed[other] = true;
                rows.add(row(program, layout, other, own.stream().map(swap::imageOf).toList()));
            }
        }
        if (own != null) {
            rows.addFirst(row(program, layout, first, own));
        }
        return rows;
    }

    private static boolean canSwap(Program program, int member, Swap swap) {
        return Swap.of(program, member, swap.second()) != null;
    }

    private static List<Slot> row(Program program, Layout layout, int task, List<Integer> own) {
        List<Slot> row = new ArrayList<>();
        row.add(new Count(layout.pc(task)));
        for (int i = 0; i < program.tasks().get(task).registers().size(); i++) {
            if (layout.keeps(task, i)) {
                List<Field> register = layout.allOf(task, i);
                row.add(new Value(register.getFirst()));
                register.stream().skip(1).forEach(pending -> row.add(new Count(pending)));
            }
        }
        int cpu = program.initial().indexOf(task);
        Field held = layout.held(cpu);
        row.add(new Count(held));
        List<Layout.Event> events = layout.events(cpu);
        for (int i = 0; i < events.size(); i++) {
            Layout.Event event = events.get(i);
            row.add(new Location(event.location(), held, i, own));
            row.add(new Value(event.value()));
            if (!event.operands().isEmpty()) {
                event.operands().forEach(operand -> row.add(new Value(operand)));
                row.add(new Count(event.line()));
                row.add(new Count(event.flags()));
                row.add(new Owner(event.task(), held, i, task));
            }
        }
        for (int place : own) {
            row.add(new Value(place >= 0 ? layout.memory(place) : layout.hardware(-1 - place)));
        }
        return row;
    }

    /* ------------------------- Sorting ------------------------- */

    /** Changes a state into the one that stands for it. */
    public void sort(long[] state) {
        for (List<List<Slot>> members : classes) {
            long[][] rows = new long[members.size()][];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = read(state, members.get(i));
            }
            if (sort(rows)) {
                for (int i = 0; i < rows.length; i++) {
                    write(state, members.get(i), rows[i]);
                }
            }
        }
    }

    /** {@return whether their order has changed} */
    private static boolean sort(long[][] rows) {
        boolean changed = false;
        for (int i = 1; i < rows.length; i++) {
            long[] row = rows[i];
            int k = i;
            for (; k > 0 && Arrays.compare(rows[k - 1], row) > 0; k--) {
                rows[k] = rows[k - 1];
                changed = true;
            }
            rows[k] = row;
        }
        return changed;
    }

    private static long[] read(long[] state, List<Slot> slots) {
        long[] row = new long[slots.size()];
        for (int i = 0; i < row.length; i++) {
            row[i] =
                    switch (slots.get(i)) {
                        case Value value -> value.field.get(state);
                        case Count count -> count.field.count(state);
                        case Owner _ -> 0;
                        case Location location -> {
                            int found = location.field.count(state);
                            boolean used = location.event < location.held.count(state);
                            int rank = used ? location.own.indexOf(found) : -1;
                            yield rank < 0 ? found : -1L - rank;
                        }
                    };
        }
        return row;
    }

    private static void write(long[] state, List<Slot> slots, long[] row) {
        for (int i = 0; i < row.length; i++) {
            switch (slots.get(i)) {
                case Value value -> value.field.set(state, row[i]);
                case Count count -> count.field.setCount(state, (int) row[i]);
                case Owner owner ->
                        owner.field.setCount(
                                state, owner.event < owner.held.count(state) ? owner.task : 0);
                case Location location ->
                        location.field.setCount(
                                state,
                                row[i] >= 0 ? (int) row[i] : location.own.get((int) (-1 - row[i])));
            }
        }
    }
}
