// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.search;

import dev.cpulocal.lab.Verdict;
import dev.cpulocal.lab.Verdict.StepKind;
import dev.cpulocal.lab.internal.machine.Instruction;
import dev.cpulocal.lab.internal.machine.Layout;
import dev.cpulocal.lab.internal.machine.Program;
import dev.cpulocal.lab.internal.machine.Recording.Access;
import dev.cpulocal.lab.internal.machine.Recording.Part;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds out, step by step, which store each load reads from, and when what was executed. */
final class Accesses {

    /*
     * Of what a CPU holds back there is a list, in the order of execution. A machine that performs
     * stores to a place in order says the place of what it performs: that is the first one. One
     * that lets everything overtake says the line, and how many others of the same line wait before
     * it.
     */

    /** An access that is held back. */
    private static final class Held {
        final int step;
        final Part part;
        int location;
        boolean reads;
        boolean writes;

        Held(int step, Part part, Instruction instruction) {
            Access access = part.access();
            this.step = step;
            this.part = part;
            this.location = access == null ? -1 : access.location();
            this.reads = !(instruction instanceof Instruction.Store);
            this.writes = !(instruction instanceof Instruction.Load);
        }

        boolean isOf(Access access) {
            boolean waits = access.read() == null ? writes : reads;
            return waits
                    && (access.line() < 0
                            ? location == access.location()
                            : part.line() == access.line() && part.task() == access.task());
        }
    }

    private final Program program;
    private final List<List<Held>> held = new ArrayList<>();

    /** For each location, the step that executed the store that was performed last. */
    private final int[] last;

    Accesses(Program program, Layout layout) {
        this.program = program;
        for (int cpu = 0; cpu < layout.cpus(); cpu++) {
            held.add(new ArrayList<>());
        }
        this.last = new int[program.locations()];
        Arrays.fill(last, -1);
    }

    /** {@return what a step accesses, or null} */
    Verdict.@Nullable Access of(Part part, StepKind kind, int step) {
        Access access = part.access();
        if (kind == StepKind.ISSUE) {
            hold(part, step);
            return access == null ? null : access(access, step, -1);
        }
        if (access == null) {
            return null;
        }
        int executed = kind == StepKind.PERFORM ? perform(part.cpu(), access, step) : step;
        int from = access.read() == null ? -1 : from(part.cpu(), access, executed);
        if (access.written() != null) {
            last[access.location()] = executed;
        }
        return access(access, executed, from);
    }

    private Verdict.Access access(Access access, int executed, int from) {
        return new Verdict.Access(
                program.locationName(access.location()),
                access.read(),
                access.written(),
                executed,
                from);
    }

    private void hold(Part part, int step) {
        Instruction instruction =
                program.tasks().get(part.task()).lines().get(part.line()).instruction();
        switch (instruction) {
            case Instruction.Load _, Instruction.Store _, Instruction.Update _ ->
                    held.get(part.cpu()).add(new Held(step, part, instruction));
            default -> {}
        }
    }

    /** Takes note that something is performed. {@return the step that executed it} */
    private int perform(int cpu, Access access, int step) {
        List<Held> candidates = held.get(cpu).stream().filter(one -> one.isOf(access)).toList();
        if (candidates.size() <= access.earlier()) {
            return step;
        }
        Held performed = candidates.get(access.earlier());
        performed.location = access.location();
        performed.reads &= access.read() == null;
        performed.writes &= access.written() == null;
        if (!performed.reads && !performed.writes) {
            held.get(cpu).remove(performed);
        }
        return performed.step;
    }

    private int from(int cpu, Access access, int executed) {
        int from = last[access.location()];
        if (access.forwarded()) {
            for (Held one : held.get(cpu)) {
                boolean earlier = one.step < executed && one.writes;
                from = earlier && one.location == access.location() ? one.step : from;
            }
        }
        return from;
    }
}
