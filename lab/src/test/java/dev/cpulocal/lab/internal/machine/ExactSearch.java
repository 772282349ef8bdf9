// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.machine;

import java.nio.LongBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Looks at all states that a machine comes to, and keeps each as it is, not its fingerprint. */
public final class ExactSearch implements Machine.Sink {

    /**
     * What it finds.
     *
     * @param broken whether something ever does not hold
     * @param finals the values of what is observed in final states
     * @param states all states
     */
    public record Found(boolean broken, Set<List<Long>> finals, Set<LongBuffer> states) {}

    private final Machine machine;
    private final List<Eval> always;
    private final List<Eval> atEnd;
    private final List<Eval> observed;
    private final Set<LongBuffer> seen = new HashSet<>();
    private final Deque<long[]> waiting = new ArrayDeque<>();
    private final Set<List<Long>> finals = new HashSet<>();
    private boolean broken;
    private boolean stepped;

    private ExactSearch(Program program, Machine machine) {
        this.machine = machine;
        this.always = conditions(program, false);
        this.atEnd = conditions(program, true);
        this.observed =
                program.observed().stream()
                        .map(expr -> Eval.of(expr, machine.layout(), -1))
                        .toList();
    }

    private List<Eval> conditions(Program program, boolean end) {
        Stream<Program.Property> asked =
                program.properties().stream().filter(property -> property.atEnd() == end);
        return asked.map(property -> Eval.of(property.condition(), machine.layout(), -1)).toList();
    }

    /**
     * {@return what it finds}
     *
     * @param program what properties and observations are taken from
     * @param machine what takes the steps
     */
    public static Found run(Program program, Machine machine) {
        ExactSearch search = new ExactSearch(program, machine);
        machine.initial(search);
        while (!search.waiting.isEmpty()) {
            search.look(search.waiting.remove());
        }
        return new Found(search.broken, search.finals, search.seen);
    }

    private void look(long[] state) {
        stepped = false;
        machine.steps(state, this);
        boolean end = machine.isFinal(state);
        broken |= !stepped && !end && machine.isStuck(state);
        broken |= !holds(always, state) || (end && !holds(atEnd, state));
        if (end) {
            finals.add(observed.stream().map(eval -> eval.value(state, -1)).toList());
        }
    }

    private static boolean holds(List<Eval> conditions, long[] state) {
        return conditions.stream().allMatch(condition -> condition.isTrue(state, -1));
    }

    @Override
    public void step(long[] next, int actor) {
        stepped = true;
        long[] kept = machine.layout().kept(next);
        if (seen.add(LongBuffer.wrap(kept))) {
            waiting.add(kept);
        }
    }

    @Override
    public void broken(long[] next, int actor, String meaning) {
        broken = true;
        step(next, actor);
    }
}
