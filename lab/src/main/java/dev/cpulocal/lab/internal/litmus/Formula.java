// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import java.util.function.Consumer;

/** What can be said of a final state. Prints as herd prints it. */
public sealed interface Formula {

    /** {@return whether it is true} */
    boolean holds(Valuation state);

    /** Visits every place that it speaks of. */
    void places(Consumer<Place> visitor);

    /** True or false. */
    record Constant(boolean value) implements Formula {
        @Override
        public boolean holds(Valuation state) {
            return value;
        }

        @Override
        public void places(Consumer<Place> visitor) {}

        @Override
        public String toString() {
            return Boolean.toString(value);
        }
    }

    /**
     * A place holds a value, in as many bits as its type has.
     *
     * @param place the place
     * @param value the value
     */
    record Holds(Place place, Value value) implements Formula {
        @Override
        public boolean holds(Valuation state) {
            Type type = state.type(place);
            return type.mask(state.value(place)).equals(type.mask(value));
        }

        @Override
        public void places(Consumer<Place> visitor) {
            visitor.accept(place);
        }

        @Override
        public String toString() {
            boolean whole = value instanceof Value.Vector;
            String left =
                    whole && place instanceof Place.Global(String name) ? name : place.toString();
            return left + "=" + value;
        }
    }

    /**
     * Two places hold the same.
     *
     * @param left one
     * @param right the other
     */
    record Same(Place left, Place right) implements Formula {
        @Override
        public boolean holds(Valuation state) {
            return state.value(left).equals(state.value(right));
        }

        @Override
        public void places(Consumer<Place> visitor) {
            visitor.accept(left);
            visitor.accept(right);
        }

        @Override
        public String toString() {
            return left + "=" + right;
        }
    }

    /**
     * The contrary.
     *
     * @param formula of what
     */
    record Not(Formula formula) implements Formula {
        @Override
        public boolean holds(Valuation state) {
            return !formula.holds(state);
        }

        @Override
        public void places(Consumer<Place> visitor) {
            formula.places(visitor);
        }

        @Override
        public String toString() {
            return "not (" + formula + ")";
        }
    }

    /**
     * Two formulas and a word between them.
     *
     * @param junction the word
     * @param left the left one
     * @param right the right one
     */
    record Joined(Junction junction, Formula left, Formula right) implements Formula {
        @Override
        public boolean holds(Valuation state) {
            return switch (junction) {
                case AND -> left.holds(state) && right.holds(state);
                case OR -> left.holds(state) || right.holds(state);
                case IMPLIES -> !left.holds(state) || right.holds(state);
            };
        }

        @Override
        public void places(Consumer<Place> visitor) {
            left.places(visitor);
            right.places(visitor);
        }

        @Override
        public String toString() {
            return operand(left) + " " + junction.sign + " " + operand(right);
        }

        private String operand(Formula formula) {
            return formula instanceof Joined inner && junction.encloses(inner.junction)
                    ? "(" + inner + ")"
                    : formula.toString();
        }
    }

    /** What stands between two formulas. */
    enum Junction {
        /** Either or both. */
        OR("\\/"),
        /** Both. */
        AND("/\\"),
        /** The right one, if the left one. */
        IMPLIES("=>");

        private final String sign;

        Junction(String sign) {
            this.sign = sign;
        }

        /** {@return how it is written} */
        public String sign() {
            return sign;
        }

        private boolean encloses(Junction inner) {
            return this != inner && !(this == OR && inner == AND);
        }
    }
}
