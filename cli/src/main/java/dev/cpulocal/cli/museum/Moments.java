// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.museum;

import dev.cpulocal.lab.ProgramText;
import dev.cpulocal.lab.ProgramText.When;
import dev.cpulocal.lab.Verdict.Trace;
import org.jspecify.annotations.Nullable;

/** When properties must hold. */
final class Moments {

    private static final String HERE = "here";

    private Moments() {}

    /** {@return the words for it} */
    static String words(When when) {
        return switch (when) {
            case ALWAYS -> "always";
            case AT_END -> "at the end";
            case AGAIN_AND_AGAIN -> "again and again";
        };
    }

    /** {@return when the property must hold that a trace breaks} */
    static String when(Trace trace, ProgramText program) {
        return program.properties().stream()
                .filter(property -> property.meaning().equals(trace.broken()))
                .findFirst()
                .map(property -> words(property.when()))
                .orElse(HERE);
    }

    /**
     * {@return whether the property holds after a step; null if nobody asks then}
     *
     * @param trace the trace that breaks it
     * @param when when it must hold
     * @param step the number of the step
     */
    static @Nullable Boolean holds(Trace trace, String when, int step) {
        boolean last = step == trace.steps().size() - 1;
        if (when.equals(HERE)) {
            return last ? Boolean.FALSE : null;
        }
        boolean asked = last || !when.equals(words(When.AT_END));
        return asked ? trace.steps().get(step).holds() : null;
    }
}
