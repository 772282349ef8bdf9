// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import dev.cpulocal.lab.internal.litmus.Condition.Quantifier;
import java.util.List;

/**
 * The answer to a test, line for line as herd prints it. Where herd counts executions, after
 * Positive and Observation, this counts final states.
 */
public final class HerdOutput {

    private HerdOutput() {}

    /**
     * {@return the lines, without a time}
     *
     * @param name the name of the test
     * @param states its final states
     * @param flags what else is to be said of it
     */
    public static String of(String name, StateSet states, List<String> flags) {
        Quantifier quantifier = states.condition().quantifier();
        boolean flipped = quantifier == Quantifier.NOT_EXISTS;
        StringBuilder out = new StringBuilder();
        out.append("Test %s %s\n".formatted(name, quantifier.kind()));
        out.append("States %d\n".formatted(states.states().size()));
        states.lines().forEach(line -> out.append(line).append('\n'));
        out.append(states.holds() ? "Ok\n" : "No\n");
        out.append("Witnesses\n");
        out.append(
                "Positive: %d Negative: %d\n"
                        .formatted(
                                flipped ? states.negative() : states.positive(),
                                flipped ? states.positive() : states.negative()));
        flags.forEach(flag -> out.append("Flag %s\n".formatted(flag)));
        out.append("Condition %s\n".formatted(states.condition()));
        out.append(
                "Observation %s %s %d %d\n"
                        .formatted(
                                name, states.observation(), states.positive(), states.negative()));
        return out.toString();
    }
}
