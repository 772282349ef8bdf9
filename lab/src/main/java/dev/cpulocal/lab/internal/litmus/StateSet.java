// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * All final states of a test, sorted as herd sorts them.
 *
 * @param display what is looked at
 * @param condition what is asked
 * @param states the values of the printed places, for each state
 * @param positive how many of them fulfil the formula
 */
public record StateSet(
        Display display, Condition condition, SortedSet<List<Value>> states, int positive) {

    /**
     * Collects.
     *
     * @param display what is looked at
     * @param condition what is asked
     * @param found for each final state, the values of {@link Display#all() all places}
     * @return those that the filter lets through
     */
    public static StateSet of(Display display, Condition condition, Collection<List<Value>> found) {
        SortedSet<List<Value>> states = new TreeSet<>(Value::compareLists);
        int positive = 0;
        for (List<Value> values : found) {
            Valuation valuation = display.valuation(values);
            Formula filter = condition.filter();
            boolean counts = filter == null || filter.holds(valuation);
            if (counts && states.add(values.subList(0, display.places().size()))) {
                positive += condition.formula().holds(valuation) ? 1 : 0;
            }
        }
        return new StateSet(display, condition, states, positive);
    }

    /** {@return how many states do not fulfil the formula} */
    public int negative() {
        return states.size() - positive;
    }

    /** {@return whether the answer is Ok} */
    public boolean holds() {
        return condition.quantifier().holds(positive, negative());
    }

    /** {@return Never, Always or Sometimes} */
    public String observation() {
        return positive == 0 ? "Never" : negative() == 0 ? "Always" : "Sometimes";
    }

    /** {@return the states as they are printed, in that order} */
    public List<String> lines() {
        return states.stream().map(display::line).toList();
    }
}
