// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.search;

import dev.cpulocal.lab.Checker;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Verdict.Step;
import dev.cpulocal.lab.Verdict.StepKind;
import dev.cpulocal.lab.Verdict.Trace;
import dev.cpulocal.lab.internal.machine.Eval;
import dev.cpulocal.lab.internal.machine.Instruction;
import dev.cpulocal.lab.internal.machine.Layout;
import dev.cpulocal.lab.internal.machine.Machine;
import dev.cpulocal.lab.internal.machine.Program;
import dev.cpulocal.lab.internal.machine.Recording;
import dev.cpulocal.lab.internal.machine.Recording.Part;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Says in words what happens on a way from state to state. */
final class Narrator {

    private static final Machine.Sink NOBODY =
            new Machine.Sink() {
                @Override
                public void step(long[] next, int actor) {}

                @Override
                public void broken(long[] next, int actor, String meaning) {}
            };

    private record Place(String name, Eval value) {}

    private final Program program;
    private final Checker checker;
    private final Layout layout;
    private final Machine machine;
    private final List<Place> places = new ArrayList<>();

    /** The states after the steps so far. */
    private final List<long[]> reached = new ArrayList<>();

    private Accesses accesses;
    private Program.@Nullable Property property;

    Narrator(Program program, Checker checker, Layout layout) {
        this.program = program;
        this.checker = checker;
        this.layout = layout;
        this.accesses = new Accesses(program, layout);
        this.machine = Machine.of(program, checker.memoryModel(), layout, checker.reduced());
        program.memory().forEach(this::add);
        program.hardware().forEach(this::add);
    }

    private void add(Expr.Variable variable) {
        for (int i = 0; i < variable.length(); i++) {
            places.add(
                    new Place(variable.describe(Expr.of(i)), Eval.of(variable.get(i), layout, -1)));
        }
    }

    Trace tell(TraceSearch.Way way, boolean shortest) {
        return tell(way.states(), -1, way.meaning(), shortest);
    }

    /**
     * {@return a trace}
     *
     * @param states the states on the way
     * @param loop the index of the state to which the last one returns; -1 if it does not
     * @param broken the sentence that does not hold
     * @param shortest whether no way has fewer steps
     */
    Trace tell(List<long[]> states, int loop, String broken, boolean shortest) {
        property = property(broken);
        accesses = new Accesses(program, layout);
        reached.clear();
        List<Step> steps = new ArrayList<>();
        begin(states.getFirst(), steps);
        int loopStep = -1;
        for (int i = 0; i + 1 < states.size(); i++) {
            if (i == loop) {
                loopStep = steps.size();
            }
            tell(states.get(i), states.get(i + 1), steps);
        }
        return new Trace(
                checker.memoryModel(),
                values(layout.initial()),
                steps,
                loopStep,
                program.initial().size(),
                broken,
                property == null ? "" : property.condition().toString(),
                shortest);
    }

    private Program.@Nullable Property property(String meaning) {
        return Stream.concat(program.properties().stream(), Stream.ofNullable(program.progress()))
                .filter(one -> one.name().equals(meaning))
                .findFirst()
                .orElse(null);
    }

    /** What tasks do at once, before the first step. */
    private void begin(long[] first, List<Step> steps) {
        Recording recording = new Recording(layout, first);
        machine.record(recording);
        machine.initial(NOBODY);
        machine.record(null);
        add(recording, layout.initial(), steps);
    }

    private void tell(long[] from, long[] to, List<Step> steps) {
        Recording recording = new Recording(layout, to);
        machine.record(recording);
        machine.allSteps(from, NOBODY);
        machine.record(null);
        add(recording, from, steps);
    }

    private void add(Recording recording, long[] from, List<Step> steps) {
        long[] before = from;
        for (Part part : recording.parts()) {
            if (!isJump(part)) {
                steps.add(step(part, before, steps.size()));
                reached.add(part.after());
            }
            before = part.after();
        }
    }

    private boolean isJump(Part part) {
        return part.line() >= 0 && line(part).instruction() instanceof Instruction.Jump;
    }

    private Instruction.Line line(Part part) {
        return program.tasks().get(part.task()).lines().get(part.line());
    }

    private Step step(Part part, long[] before, int number) {
        long[] after = part.after();
        List<String> held = machine.held(after, part.cpu());
        StepKind kind = StepKind.PERFORM;
        String text = part.text();
        List<String> scope = List.of();
        if (part.handler() >= 0) {
            kind = StepKind.INTERRUPT;
            text = program.handlers().get(part.handler()).name();
        } else if (part.line() >= 0) {
            Instruction.Line line = line(part);
            boolean heldBack = held.size() > machine.held(before, part.cpu()).size();
            kind =
                    line.instruction() instanceof Instruction.Switch
                            ? StepKind.SWITCH
                            : heldBack ? StepKind.ISSUE : StepKind.EXECUTE;
            text = heldBack ? line.text() : text(part, line);
            scope = line.scope();
        }
        return new Step(
                part.cpu(),
                program.tasks().get(part.task()).name(),
                scope,
                kind,
                text,
                part.line(),
                changes(before, after),
                held,
                accesses.of(part, kind, number),
                cause(part),
                holds(after));
    }

    /** The step that made it possible for a handler to begin, or for a line not to wait. */
    private int cause(Part part) {
        Expr condition = condition(part);
        if (condition == null) {
            return -1;
        }
        Eval guard = Eval.of(condition, layout, part.task());
        int cause = reached.size() - 1;
        while (cause >= 0 && guard.isTrue(before(cause), part.cpu())) {
            cause--;
        }
        return cause;
    }

    private @Nullable Expr condition(Part part) {
        if (part.handler() >= 0) {
            return program.handlers().get(part.handler()).guards().get(part.task());
        }
        return part.line() >= 0
                        && line(part).instruction() instanceof Instruction.Await(Expr condition)
                ? condition
                : null;
    }

    private long[] before(int step) {
        return step == 0 ? layout.initial() : reached.get(step - 1);
    }

    private @Nullable Boolean holds(long[] state) {
        return property == null
                ? null
                : (Boolean) Eval.of(property.condition(), layout, -1).isTrue(state, -1);
    }

    private static String text(Part part, Instruction.Line line) {
        Long value = part.value();
        if (value == null) {
            return line.text();
        }
        String shown =
                line.instruction() instanceof Instruction.Branch branch
                        ? (value != 0) == branch.inverted() ? "no" : "yes"
                        : value.toString();
        return line.text() + " → " + shown;
    }

    private Map<String, Long> values(long[] state) {
        Map<String, Long> values = new LinkedHashMap<>();
        places.forEach(place -> values.put(place.name, place.value.value(state, -1)));
        return values;
    }

    private Map<String, Long> changes(long[] before, long[] after) {
        Map<String, Long> changes = new LinkedHashMap<>();
        for (Place place : places) {
            long value = place.value.value(after, -1);
            if (value != place.value.value(before, -1)) {
                changes.put(place.name, value);
            }
        }
        return changes;
    }
}
