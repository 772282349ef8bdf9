// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum;

import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario.Variant;

/**
 * Makes the variants of an entry that has one model, to which each variant is a change.
 *
 * @param <C> what a change is: an enum, mostly
 * @param id of the entry
 * @param modelled the model
 */
public record Variants<C>(String id, Modelled<C> modelled) {

    /** A model with a change made to it. */
    @FunctionalInterface
    public interface Modelled<C> {

        /**
         * Adds everything to a model.
         *
         * @param change what is different
         * @param never what is claimed never to happen
         */
        void build(Model.Builder m, C change, Never never);
    }

    /** {@return a variant of which nothing is expected yet} */
    public Variant of(String name, String text, C change) {
        return Variant.of(name, text, model(name, change, Never.NOTHING));
    }

    /** {@return a variant that is said never to take a step, to be violated} */
    public Variant reached(String step, C change) {
        return reached(step, "Today's code, said never to do this.", change);
    }

    /** {@return the same, told in other words} */
    public Variant reached(String step, String text, C change) {
        String name = Exhibit.REACHED + step;
        return Variant.of(name, text, model(name, change, new Never(step)));
    }

    /** {@return the model of a variant} */
    public Model model(String name, C change, Never never) {
        return Model.build(id + " " + name, m -> modelled.build(m, change, never));
    }
}
