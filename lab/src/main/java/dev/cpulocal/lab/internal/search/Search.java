// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.search;

import dev.cpulocal.lab.Checker;
import dev.cpulocal.lab.Verdict;
import dev.cpulocal.lab.Verdict.Kind;
import dev.cpulocal.lab.Verdict.Statistics;
import dev.cpulocal.lab.Verdict.Trace;
import dev.cpulocal.lab.internal.machine.Field;
import dev.cpulocal.lab.internal.machine.Layout;
import dev.cpulocal.lab.internal.machine.Machine;
import dev.cpulocal.lab.internal.machine.Program;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Comes to a verdict about a program. */
public final class Search {

    private static final long MOST_STATES_FOR_SHORTEST = 5_000_000;

    private final Program program;
    private final Checker checker;
    private final Allowance allowance;

    private Search(Program program, Checker checker) {
        this.program = program;
        this.checker = checker;
        this.allowance = Allowance.of(checker.budget());
    }

    /**
     * {@return the verdict}
     *
     * @param program what is explored
     * @param checker how
     */
    public static Verdict run(Program program, Checker checker) {
        return new Search(program, checker).run();
    }

    private Verdict run() {
        if (program.progress() != null && checker.memoryModel().defersLoads()) {
            throw new IllegalArgumentException(
                    "model "
                            + program.name()
                            + ": againAndAgain under "
                            + checker.memoryModel().title()
                            + " (expected: SC, TSO or PSO)");
        }
        Layout layout = Layout.first(program, checker.memoryModel());
        while (true) {
            try (Exploration exploration = new Exploration(program, layout, checker, allowance)) {
                return verdict(exploration, layout);
            } catch (Field.Overflow overflow) {
                layout = layout.widened(overflow.group());
            }
        }
    }

    private Verdict verdict(Exploration exploration, Layout layout) {
        Exploration.End end = exploration.run();
        try {
            return end == Exploration.End.COMPLETE && program.progress() != null
                    ? progress(exploration, program.progress(), layout)
                    : verdict(exploration, end, layout);
        } catch (Allowance.Exceeded exceeded) {
            String limit = Objects.requireNonNull(exceeded.getMessage());
            return verdict(exploration, Kind.EXHAUSTED, null, limit);
        }
    }

    private Verdict progress(Exploration exploration, Program.Property progress, Layout layout) {
        Machine machine = Machine.of(program, checker.memoryModel(), layout, false);
        ProgressSearch search =
                new ProgressSearch(
                        machine, allowance.to("look for a way without progress"), progress);
        ProgressSearch.End end = search.run();
        return switch (end) {
            case ProgressSearch.Made _ -> verdict(exploration, Kind.HOLDS, null, "");
            case ProgressSearch.Lasso lasso ->
                    verdict(
                            exploration,
                            Kind.VIOLATED,
                            new Narrator(program, checker.unreduced(), layout)
                                    .tell(lasso.states(), lasso.loop(), progress.name(), false),
                            "");
        };
    }

    private Verdict verdict(Exploration exploration, Exploration.End end, Layout layout) {
        return switch (end) {
            case COMPLETE -> verdict(exploration, Kind.HOLDS, null, "");
            case EXHAUSTED -> verdict(exploration, Kind.EXHAUSTED, null, exploration.limit());
            case BROKEN -> {
                Trace trace = trace(layout);
                yield verdict(exploration, Kind.VIOLATED, trace, "");
            }
        };
    }

    /** The shortest way to what is broken, or, if that takes too long to find, a short one. */
    private Trace trace(Layout layout) {
        Allowance rest = allowance.to("find the way to what is broken");
        Allowance half = rest.withStates(MOST_STATES_FOR_SHORTEST).withHalfOfTime();
        try {
            TraceSearch.Way shortest = search(layout, false, half).find();
            return new Narrator(program, checker.unreduced(), layout).tell(shortest, true);
        } catch (Allowance.Exceeded _) {
            TraceSearch.Way way = search(layout, true, rest.withStates(Long.MAX_VALUE)).find();
            return new Narrator(program, checker, layout).tell(way, false);
        }
    }

    private TraceSearch search(Layout layout, boolean reduced, Allowance rest) {
        Machine machine = Machine.of(program, checker.memoryModel(), layout, reduced);
        return new TraceSearch(machine, checker.reduced(), rest);
    }

    private Verdict verdict(
            Exploration exploration, Kind kind, @Nullable Trace trace, String limit) {
        double states = exploration.states();
        return new Verdict(
                program.name(),
                checker.memoryModel(),
                kind,
                trace == null ? "" : trace.broken(),
                trace,
                limit,
                sorted(exploration),
                exploration.isWindowHit(),
                exploration.isAddressLost(),
                new Statistics(
                        exploration.states(),
                        exploration.transitions(),
                        exploration.depth(),
                        allowance.elapsed(),
                        exploration.bytes(),
                        states * states / 0x1p65));
    }

    private static List<List<Long>> sorted(Exploration exploration) {
        return exploration.finals().stream().sorted(Search::compare).toList();
    }

    private static int compare(List<Long> left, List<Long> right) {
        for (int i = 0; i < left.size(); i++) {
            int order = Comparator.<Long>naturalOrder().compare(left.get(i), right.get(i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }
}
