// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.lab;

import dev.cpulocal.bench.Machine;
import dev.cpulocal.bench.Spread;
import dev.cpulocal.bench.lab.LabRun.Outcome;
import dev.cpulocal.bench.lab.LabRun.Plan;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Measures the checker and prints our half of the table of docs/checker-speed.md, some five minutes
 * later; with the argument {@code quick} each model once.
 *
 * <pre>{@code
 * ./jdk java --enable-native-access=ALL-UNNAMED -cp bench/target/benchmarks.jar \
 *     dev.cpulocal.bench.lab.LabTables [quick]
 * }</pre>
 */
public final class LabTables {

    private static final int ROUNDS = 7;

    private LabTables() {}

    /**
     * Measures and prints.
     *
     * @param arguments {@code quick} or none
     * @throws IOException if something cannot be measured
     */
    public static void main(String[] arguments) throws IOException {
        int rounds = List.of(arguments).contains("quick") ? 1 : ROUNDS;
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        out.println(Machine.describe());
        out.println();
        out.print(markdown(measure(plans(LabModel.measured()), rounds)));
    }

    /** {@return plans of models: by one thread and by two, and by two with reductions} */
    static List<Plan> plans(List<LabModel> models) {
        List<Plan> plans = new ArrayList<>();
        for (LabModel model : models) {
            plans.add(new Plan(model, 1, false));
            plans.add(new Plan(model, 2, false));
            plans.add(new Plan(model, 2, true));
        }
        return plans;
    }

    /** {@return what the plans took, one after the other, some rounds long} */
    static Map<Plan, List<Outcome>> measure(List<Plan> plans, int rounds) throws IOException {
        Map<Plan, List<Outcome>> outcomes = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (Plan plan : plans) {
                System.err.printf(
                        Locale.ROOT, "\r\033[K%d/%d %s", round + 1, rounds, plan.model().label());
                outcomes.computeIfAbsent(plan, _ -> new ArrayList<>()).add(LabRun.run(plan));
            }
        }
        System.err.println();
        return outcomes;
    }

    /** {@return the table} */
    static String markdown(Map<Plan, List<Outcome>> outcomes) {
        StringBuilder table =
                new StringBuilder(
                        """
                        | model | threads | states | transitions | depth | process, s | lowest - highest | CPU, s | states/s and thread | bytes/state | resident, MB |
                        |:---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
                        """);
        outcomes.forEach((plan, runs) -> table.append(row(plan, runs)));
        return table.toString();
    }

    private static String row(Plan plan, List<Outcome> runs) {
        Outcome first = runs.getFirst();
        Spread process = spread(runs, run -> run.processNanos() / 1e9);
        return String.format(
                Locale.ROOT,
                "| %s | %d%s | %,d | %,d | %d | %.2f | %.2f - %.2f | %.2f | %,.0f | %.1f | %.0f"
                        + " |%n",
                plan.model().label(),
                plan.threads(),
                plan.reduced() ? ", reduced" : "",
                first.states(),
                first.transitions(),
                first.depth(),
                process.median(),
                process.low(),
                process.high(),
                spread(runs, run -> run.cpuNanos() / 1e9).median(),
                spread(runs, run -> run.states() / (run.searchNanos() / 1e9)).median()
                        / plan.threads(),
                spread(runs, run -> (double) run.stateBytes() / run.states()).median(),
                spread(runs, run -> run.residentKib() / 1024.0).median());
    }

    private static Spread spread(List<Outcome> runs, ToDoubleFunction<Outcome> number) {
        return Spread.of(runs.stream().map(number::applyAsDouble).toList());
    }
}
