// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import java.util.List;
import java.util.stream.Collectors;

/** What is in a place. Numbers are less than vectors, and vectors less than addresses. */
public sealed interface Value extends Comparable<Value> {

    /**
     * A number.
     *
     * @param value the number, as a signed one of 64 bits
     */
    record Scalar(long value) implements Value {
        @Override
        public String toString() {
            return Long.toString(value);
        }
    }

    /**
     * What is in an array.
     *
     * @param elements what is in its elements
     */
    record Vector(List<Value> elements) implements Value {
        @Override
        public String toString() {
            return elements.stream()
                    .map(Value::toString)
                    .collect(Collectors.joining(",", "{", "}"));
        }
    }

    /**
     * An address.
     *
     * @param name the name of a place in memory
     * @param offset how many bytes after its beginning
     */
    record Symbol(String name, long offset) implements Value {
        @Override
        public String toString() {
            return offset == 0 ? name : name + "+" + offset;
        }
    }

    /** {@return the number} */
    static Value of(long value) {
        return new Scalar(value);
    }

    @Override
    default int compareTo(Value other) {
        return switch (this) {
            case Scalar(long value) ->
                    other instanceof Scalar right ? Long.compare(value, right.value) : -1;
            case Vector(List<Value> elements) ->
                    switch (other) {
                        case Scalar _ -> 1;
                        case Vector right -> compareLists(elements, right.elements);
                        case Symbol _ -> -1;
                    };
            case Symbol(String name, long offset) -> {
                if (!(other instanceof Symbol right)) {
                    yield 1;
                }
                int order = name.compareTo(right.name);
                yield order != 0 ? order : Long.compare(offset, right.offset);
            }
        };
    }

    /** Compares from the first to the last; what begins the other one is less. */
    static int compareLists(List<Value> left, List<Value> right) {
        for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
            int order = left.get(i).compareTo(right.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(left.size(), right.size());
    }
}
