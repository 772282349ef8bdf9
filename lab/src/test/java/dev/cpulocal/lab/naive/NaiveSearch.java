// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.naive;

import dev.cpulocal.lab.internal.machine.Program;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks at every state of a naive machine, level by level. */
public final class NaiveSearch {

    /**
     * What is found.
     *
     * @param states how many, until something was broken
     * @param transitions how many steps
     * @param depth the length of the longest shortest way
     * @param broken the sentences that do not hold at the end of the shortest ways; empty if all do
     * @param distance the length of the shortest way to something broken; -1 if there is none
     * @param finals the values of what is observed in final states
     */
    public record Found(
            long states,
            long transitions,
            int depth,
            Set<String> broken,
            int distance,
            Set<List<Long>> finals) {}

    private final Program program;
    private final NaiveMachine machine;
    private final Values values;
    private final Set<State> seen = new HashSet<>();
    private final Set<List<Long>> finals = new HashSet<>();
    private final Set<String> broken = new HashSet<>();
    private long transitions;
    private int distance = Integer.MAX_VALUE;

    private NaiveSearch(Program program, NaiveMachine machine) {
        this.program = program;
        this.machine = machine;
        this.values = new Values(program);
    }

    /** {@return what is found} */
    public static Found run(Program program, NaiveMachine machine) {
        return new NaiveSearch(program, machine).run();
    }

    private Found run() {
        List<State> level = new ArrayList<>();
        NaiveMachine.Step begin = machine.begin();
        reach(begin.next(), begin.broken(), 0, level);
        int depth = 0;
        while (!level.isEmpty() && broken.isEmpty()) {
            List<State> next = new ArrayList<>();
            for (State state : level) {
                look(state, depth, next);
            }
            depth += next.isEmpty() ? 0 : 1;
            level = next;
        }
        int found = broken.isEmpty() ? -1 : distance;
        return new Found(seen.size(), transitions, depth, broken, found, finals);
    }

    private void look(State state, int depth, List<State> next) {
        List<NaiveMachine.Step> steps = machine.steps(state);
        transitions += steps.size();
        if (steps.isEmpty() && !machine.isFinal(state)) {
            isBroken("some task can go on", depth);
        }
        for (NaiveMachine.Step step : steps) {
            reach(step.next(), step.broken(), depth + 1, next);
        }
    }

    private void reach(State state, @Nullable String check, int depth, List<State> next) {
        if (check != null) {
            isBroken(check, depth);
        }
        if (!seen.add(state)) {
            return;
        }
        next.add(state);
        boolean isFinal = machine.isFinal(state);
        for (Program.Property property : program.properties()) {
            if ((isFinal || !property.atEnd()) && !values.isTrue(property.condition(), state)) {
                isBroken(property.name(), depth);
            }
        }
        if (isFinal && !program.observed().isEmpty()) {
            finals.add(
                    program.observed().stream()
                            .map(expr -> values.of(expr, state, -1, -1))
                            .toList());
        }
    }

    private void isBroken(String meaning, int depth) {
        broken.add(meaning);
        distance = Math.min(distance, depth);
    }
}
