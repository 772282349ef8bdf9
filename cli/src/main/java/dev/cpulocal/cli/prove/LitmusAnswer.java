// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.prove;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.internal.litmus.LitmusResult;
import dev.cpulocal.lab.internal.litmus.StateSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a litmus file. Where a budget was used up first, it is none: what there is of it is
 * a part of the final states.
 *
 * @param file the file
 * @param name the name of the test
 * @param architecture the first word of the file
 * @param memoryModel under which it was run; null for C under the kernel's own
 * @param kind Allowed, Forbidden or Required
 * @param complete whether all final states were found
 * @param limit what ended the search, in a sentence; empty if it is complete
 * @param states the final states, each as herd prints it, in its order
 * @param ok whether the answer is Ok; else it is No
 * @param observation Never, Sometimes or Always
 * @param positive how many final states fulfil the formula
 * @param negative how many do not
 * @param condition what is asked
 * @param flags what else is to be said, in herd's words
 * @param explored how many states were looked at
 * @param nanos how long it took
 * @param herdOutput the whole as herd prints it, without a time
 */
public record LitmusAnswer(
        String file,
        String name,
        String architecture,
        @Nullable MemoryModel memoryModel,
        String kind,
        boolean complete,
        String limit,
        List<String> states,
        boolean ok,
        String observation,
        int positive,
        int negative,
        String condition,
        List<String> flags,
        long explored,
        long nanos,
        @JsonIgnore String herdOutput)
        implements LitmusOutcome {

    static LitmusAnswer of(LitmusResult result) {
        StateSet states = result.states();
        return new LitmusAnswer(
                result.source().file(),
                result.source().name(),
                result.source().architecture(),
                result.memoryModel(),
                states.condition().quantifier().kind(),
                result.isComplete(),
                result.limit(),
                states.lines(),
                result.holds(),
                states.observation(),
                states.positive(),
                states.negative(),
                states.condition().toString(),
                result.flags(),
                result.explored(),
                result.nanos(),
                result.herdOutput());
    }

    /** {@return whether an execution left memory, and was not followed any further} */
    boolean leftMemory() {
        return flags.contains(LitmusResult.OUTSIDE_MEMORY);
    }

    /** {@return the lines as herd prints them, ended, and a blank one} */
    String text() {
        return herdOutput + String.format(Locale.ROOT, "Time %s %.2f\n\n", name, nanos / 1e9);
    }

    /** {@return the name and the final states alone, each on a line, and a blank one} */
    String statesText() {
        return "Test "
                + name
                + " "
                + kind
                + "\nStates "
                + states.size()
                + "\n"
                + states.stream().map(state -> state + "\n").collect(Collectors.joining())
                + "\n";
    }
}
