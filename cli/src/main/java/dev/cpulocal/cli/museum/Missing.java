// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.museum;

import dev.cpulocal.lab.ProgramText.Line;
import dev.cpulocal.lab.ProgramText.Part;
import dev.cpulocal.lab.Verdict.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds the places in a trace at which the other program has lines that this one lacks. */
final class Missing {

    /*
     * A line is missing between two lines of the program. It is missing in the trace where a task has
     * gone from the one to the other; if it has jumped there, only just before the line to which it
     * has, and not if what is missing belonged to the block that it has jumped over.
     */

    private record Place(String task, Part part) {}

    private final Comparison comparison;
    private final Map<Place, Integer> last = new HashMap<>();

    Missing(Comparison comparison) {
        this.comparison = comparison;
    }

    /** Takes note that a handler begins again. */
    void enter(Step step) {
        comparison.program().parts().stream()
                .filter(part -> part.handler() && part.name().equals(step.text()))
                .forEach(part -> last.remove(new Place(step.task(), part)));
    }

    /** {@return the lines that are missing just before a step} */
    List<Line> before(Step step) {
        Part part = comparison.program().part(step.task(), step.line());
        int to = part.index(step.task(), step.line());
        Integer previous = last.put(new Place(step.task(), part), to);
        int from = previous == null ? 0 : previous + 1;
        Difference difference = comparison.difference(part);
        List<Line> missing = new ArrayList<>();
        if (isStraight(part, from, to)) {
            for (int index = from; index <= to; index++) {
                missing.addAll(difference.missingBefore(index));
            }
        } else if (to < part.lines().size()) {
            int depth = part.lines().get(to).depth();
            difference.missingBefore(to).stream()
                    .filter(line -> line.depth() <= depth)
                    .forEach(missing::add);
        }
        missing.removeIf(line -> line.number() < 0);
        return missing;
    }

    /** Whether there is no line between that is executed. */
    private static boolean isStraight(Part part, int from, int to) {
        return from <= to && part.lines().subList(from, to).stream().allMatch(l -> l.number() < 0);
    }

    /** {@return whether the line that a step executes is not in the other program} */
    boolean isNew(Step step) {
        Part part = comparison.program().part(step.task(), step.line());
        return comparison.difference(part).isNew(part.index(step.task(), step.line()));
    }
}
