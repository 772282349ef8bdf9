// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.museum;

import dev.cpulocal.lab.ProgramText;
import dev.cpulocal.lab.ProgramText.Line;
import dev.cpulocal.lab.ProgramText.Part;
import dev.cpulocal.lab.Scenario;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.Verdict.Kind;
import dev.cpulocal.lab.museum.Exhibit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The program of a variant beside that of the variant to which it is the smallest change.
 *
 * @param base the name of the latter; empty if there is none to compare with
 * @param variant the name of the former
 * @param program the program of the variant
 * @param parts for each task and handler of either, the two side by side
 */
record Comparison(String base, String variant, ProgramText program, List<Pair> parts) {

    /**
     * A task or handler of both.
     *
     * @param left of the base; null if only the variant has it
     * @param right of the variant; null if only the base has it
     * @param difference their lines
     */
    record Pair(@Nullable Part left, @Nullable Part right, Difference difference) {

        private static Pair of(@Nullable Part left, @Nullable Part right) {
            return new Pair(left, right, Difference.of(lines(left), lines(right)));
        }

        private static List<Line> lines(@Nullable Part part) {
            return part == null ? List.of() : part.lines();
        }
    }

    /** Copies the list. */
    Comparison {
        parts = List.copyOf(parts);
    }

    /**
     * {@return a variant beside the nearest one of which nothing is violated; if it is such a one
     * itself, beside one that comes before it}
     *
     * @param scenario the variants
     * @param reference the variant that is preferred; empty for the first that will do
     * @param variant which one
     */
    static Comparison of(Scenario scenario, String reference, Variant variant) {
        List<Variant> bases = new ArrayList<>(scenario.variants());
        bases.sort(Comparator.comparing(other -> !other.name().equals(reference)));
        if (isRight(variant)) {
            bases = bases.subList(0, bases.indexOf(variant));
        }
        return bases.stream()
                .filter(Comparison::isRight)
                .map(base -> of(base, variant))
                .min(Comparator.comparingInt(Comparison::size))
                .orElseGet(() -> alone(variant));
    }

    private static boolean isRight(Variant variant) {
        return !Exhibit.isReached(variant)
                && variant.expected().containsValue(Kind.HOLDS)
                && !variant.expected().containsValue(Kind.VIOLATED);
    }

    private static Comparison of(Variant base, Variant variant) {
        ProgramText left = ProgramText.of(base.model());
        ProgramText right = ProgramText.of(variant.model());
        List<Part> rest = new ArrayList<>(left.parts());
        List<Pair> pairs = new ArrayList<>();
        for (Part part : right.parts()) {
            Optional<Part> same =
                    rest.stream()
                            .filter(other ->
                                    other.name().equals(part.name())
                                            && other.handler() == part.handler())
                            .findFirst();
            same.ifPresent(rest::remove);
            pairs.add(Pair.of(same.orElse(null), part));
        }
        rest.forEach(part -> pairs.add(Pair.of(part, null)));
        return new Comparison(base.name(), variant.name(), right, pairs);
    }

    /** {@return a variant with nothing to compare it with} */
    static Comparison alone(Variant variant) {
        ProgramText program = ProgramText.of(variant.model());
        return new Comparison(
                "",
                variant.name(),
                program,
                program.parts().stream().map(part -> Pair.of(part, part)).toList());
    }

    /** {@return how many lines are different} */
    int size() {
        return parts.stream().mapToInt(pair -> pair.difference().size()).sum();
    }

    /** {@return the lines of a part side by side} */
    Difference difference(Part part) {
        return parts.stream()
                .filter(pair -> part.equals(pair.right()))
                .findFirst()
                .orElseThrow()
                .difference();
    }
}
