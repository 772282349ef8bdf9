// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.search;

import dev.cpulocal.lab.internal.machine.Eval;
import dev.cpulocal.lab.internal.machine.Layout;
import dev.cpulocal.lab.internal.machine.Machine;
import dev.cpulocal.lab.internal.machine.Program;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What must hold in states, and what final states are told apart by. Serves one thread. */
final class Properties {

    static final String DEADLOCK = "some task can go on";

    private record Compiled(String name, Eval condition) {}

    private final List<Compiled> always = new ArrayList<>();
    private final List<Compiled> atEnd = new ArrayList<>();
    private final List<Eval> observed = new ArrayList<>();
    private final Set<List<Long>> finals = new HashSet<>();

    Properties(Program program, Layout layout) {
        for (Program.Property property : program.properties()) {
            Eval condition = Eval.of(property.condition(), layout, -1);
            (property.atEnd() ? atEnd : always).add(new Compiled(property.name(), condition));
        }
        program.observed().forEach(expr -> observed.add(Eval.of(expr, layout, -1)));
    }

    /** {@return the property that a state breaks, or null} */
    @Nullable String brokenIn(long[] state) {
        return firstBroken(always, state);
    }

    /** Takes note of a final state. {@return the property that it breaks, or null} */
    @Nullable String brokenAtEnd(Machine machine, long[] state) {
        if ((atEnd.isEmpty() && observed.isEmpty()) || !machine.isFinal(state)) {
            return null;
        }
        if (!observed.isEmpty()) {
            finals.add(observed.stream().map(eval -> eval.value(state, -1)).toList());
        }
        return firstBroken(atEnd, state);
    }

    private static @Nullable String firstBroken(List<Compiled> properties, long[] state) {
        for (int i = 0; i < properties.size(); i++) {
            if (!properties.get(i).condition.isTrue(state, -1)) {
                return properties.get(i).name;
            }
        }
        return null;
    }

    /** {@return the final states so far} */
    Set<List<Long>> finals() {
        return finals;
    }
}
