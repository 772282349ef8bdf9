// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a test asks of its final states.
 *
 * @param shown places that are printed even if nothing else mentions them
 * @param filter what a final state must fulfil to count at all, or null
 * @param quantifier how many states must fulfil the formula
 * @param formula the formula
 */
public record Condition(
        List<Place> shown, @Nullable Formula filter, Quantifier quantifier, Formula formula) {

    /** How many states. */
    public enum Quantifier {
        /** At least one. */
        EXISTS("exists", "Allowed"),
        /** None. */
        NOT_EXISTS("~exists", "Forbidden"),
        /** All. */
        FORALL("forall", "Required");

        private final String word;
        private final String kind;

        Quantifier(String word, String kind) {
            this.word = word;
            this.kind = kind;
        }

        /** {@return the word in the first line of the output} */
        public String kind() {
            return kind;
        }

        /** {@return whether it is fulfilled by so many states that fulfil the formula and not} */
        public boolean holds(int fulfil, int fail) {
            return switch (this) {
                case EXISTS -> fulfil > 0;
                case NOT_EXISTS -> fulfil == 0;
                case FORALL -> fail == 0;
            };
        }
    }

    /**
     * Reads the end of a test.
     *
     * @param question the section
     * @param registers the names of registers
     * @throws Malformed if it is no question
     * @throws Refusal if it asks for something that is not covered
     */
    public static Condition of(Section question, RegisterNames registers) {
        return new ConditionParser(question, registers).condition();
    }

    @Override
    public String toString() {
        return quantifier.word + " (" + formula + ")";
    }
}
