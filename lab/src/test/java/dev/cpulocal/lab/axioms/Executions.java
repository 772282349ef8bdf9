// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.axioms;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.axioms.LocalRules.Rule;
import dev.cpulocal.lab.internal.machine.Program;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Finds the final states of a program without loops as the axioms of a memory model define them.
 */
public final class Executions {

    /*
     * No machine, no steps: every way in which the tasks may go (Paths), every choice of the write that
     * each read reads, every order of the writes to each place, and then
     *
     *     internal   program order of one place, reads-from, order of writes, from-read: no cycle
     *     atomic     no write between the two halves of an update
     *     external   local order (LocalRules), order of writes, from-read, and reads-from between
     *                tasks: no cycle
     *
     * Where an update is one event, its halves are one node of the last graph. On Arm they are two.
     */

    private final Program program;
    private final List<Rule> rules;
    private final boolean updatesAtOnce;
    private final int locations;
    private final Set<List<Long>> finals = new HashSet<>();

    private Executions(Program program, List<Rule> rules, boolean updatesAtOnce) {
        this.program = program;
        this.rules = rules;
        this.updatesAtOnce = updatesAtOnce;
        this.locations = program.locations();
    }

    /** {@return the values of what is observed, for each final state} */
    public static Set<List<Long>> finals(Program program, MemoryModel model) {
        return finals(program, model, LocalRules.of(model));
    }

    /**
     * {@return the values of what is observed, for each final state}
     *
     * @param rules those of the memory model, or fewer
     */
    public static Set<List<Long>> finals(Program program, MemoryModel model, List<Rule> rules) {
        Executions executions = new Executions(program, rules, model != MemoryModel.ARMV8);
        List<List<Path>> paths = executions.paths();
        executions.combine(paths, new ArrayList<>());
        return executions.finals;
    }

    private long initial(int location) {
        Expr.Variable variable = program.variable(location);
        return variable.values().get(location - variable.first());
    }

    /* ------------------------- Paths ------------------------- */

    private List<List<Path>> paths() {
        List<Set<Long>> values = new ArrayList<>();
        for (int location = 0; location < locations; location++) {
            values.add(new TreeSet<>(Set.of(initial(location))));
        }
        List<List<Path>> paths = List.of();
        int writes = 0;
        for (int round = 0; round <= writes; round++) {
            paths =
                    IntStream.range(0, program.tasks().size())
                            .mapToObj(task -> Paths.of(program, task, values))
                            .toList();
            writes = 0;
            for (List<Path> alternatives : paths) {
                writes += alternatives.stream().mapToInt(Executions::writes).max().orElse(0);
                alternatives.stream()
                        .flatMap(path -> path.events().stream())
                        .filter(Event::write)
                        .forEach(event -> values.get(event.location()).add(event.value()));
            }
        }
        return paths;
    }

    private static int writes(Path path) {
        return (int) path.events().stream().filter(Event::write).count();
    }

    private void combine(List<List<Path>> paths, List<Path> chosen) {
        if (chosen.size() < paths.size()) {
            for (Path path : paths.get(chosen.size())) {
                chosen.add(path);
                combine(paths, chosen);
                chosen.removeLast();
            }
            return;
        }
        List<Event> events = chosen.stream().flatMap(path -> path.events().stream()).toList();
        List<Event> reads = events.stream().filter(Event::read).toList();
        if (reads.stream().allMatch(read -> hasSource(events, read))) {
            choose(new Candidate(rules, updatesAtOnce, List.copyOf(chosen), events), reads, 0);
        }
    }

    private boolean hasSource(List<Event> events, Event read) {
        return read.value() == initial(read.location())
                || events.stream().anyMatch(write -> isSource(write, read));
    }

    private static boolean isSource(Event write, Event read) {
        return write.write()
                && write.location() == read.location()
                && write.value() == read.value();
    }

    /* ------------------------- Reads-from and order of writes ------------------------- */

    private void choose(Candidate candidate, List<Event> reads, int which) {
        if (which == reads.size()) {
            order(candidate, 0);
            return;
        }
        Event read = reads.get(which);
        if (read.value() == initial(read.location())) {
            candidate.sources.remove(read);
            choose(candidate, reads, which + 1);
        }
        for (Event write : candidate.events) {
            if (isSource(write, read)) {
                candidate.sources.put(read, write);
                choose(candidate, reads, which + 1);
                candidate.sources.remove(read);
            }
        }
    }

    private void order(Candidate candidate, int location) {
        if (location == locations) {
            if (candidate.isAllowed()) {
                finals.add(finalState(candidate));
            }
            return;
        }
        List<Event> writes =
                candidate.events.stream()
                        .filter(event -> event.write() && event.location() == location)
                        .toList();
        permute(new ArrayList<>(writes), 0, candidate, location);
    }

    private void permute(List<Event> writes, int from, Candidate candidate, int location) {
        if (from == writes.size()) {
            candidate.orders.put(location, List.copyOf(writes));
            order(candidate, location + 1);
            return;
        }
        for (int i = from; i < writes.size(); i++) {
            Collections.swap(writes, from, i);
            permute(writes, from + 1, candidate, location);
            Collections.swap(writes, from, i);
        }
    }

    private List<Long> finalState(Candidate candidate) {
        Map<Integer, Long> memory = new HashMap<>();
        candidate.orders.forEach((location, writes) ->
                memory.put(
                        location, writes.isEmpty() ? initial(location) : writes.getLast().value()));
        return program.observed().stream()
                .map(expr -> observed(expr, candidate.paths, memory))
                .toList();
    }

    private static long observed(Expr expr, List<Path> paths, Map<Integer, Long> memory) {
        return switch (expr) {
            case Expr.LocalOf local ->
                    paths.get(local.task()).registers().get(local.local().index());
            case Expr.Memory place -> {
                int element = (int) ((Expr.Constant) place.index()).value();
                yield Objects.requireNonNull(memory.get(place.variable().first() + element));
            }
            case Expr.Hardware hardware -> hardware.variable().values().getFirst();
            default -> throw new IllegalArgumentException(expr.toString());
        };
    }
}
