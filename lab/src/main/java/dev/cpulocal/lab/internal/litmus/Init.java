// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The initial state of a test.
 *
 * @param items what it says, in its order
 */
public record Init(List<Item> items) {

    /**
     * One place.
     *
     * @param line the number of the line
     * @param type what it holds
     * @param declared whether the type is written there; else it is the default
     * @param place the place
     * @param value what it holds at first
     */
    public record Item(int line, Type type, boolean declared, Place place, Value value) {}

    /**
     * Reads.
     *
     * @param section the section
     * @param registers the names of registers
     * @throws Malformed if it is no initial state
     * @throws Refusal if it has something that is not covered
     */
    public static Init of(Section section, RegisterNames registers) {
        return new Parser(section, registers).init();
    }

    private static final class Parser {
        private final Tokens tokens;
        private final PlaceParser places;

        Parser(Section section, RegisterNames registers) {
            tokens = new Tokens(section);
            places = new PlaceParser(tokens, registers);
        }

        Init init() {
            List<Item> items = new ArrayList<>();
            Set<Place> seen = new HashSet<>();
            tokens.skip(";");
            while (!tokens.atEnd()) {
                Tokens.Token first = tokens.peek();
                Item item = item();
                if (!seen.add(item.place)) {
                    throw tokens.malformed(first, "this place has a value already");
                }
                items.add(item);
                if (!tokens.skip(";") && !tokens.atEnd()) {
                    throw tokens.malformed("(expected: ;)");
                }
            }
            return new Init(items);
        }

        private Item item() {
            int line = tokens.peek().line();
            tokens.skip("_Atomic");
            Type type = type();
            if (tokens.skip("*")) {
                type = (type == null ? Type.INT : type).pointerTo();
            }
            Tokens.Token at = tokens.peek();
            Place place = places.place();
            if (place instanceof Place.Element(String name, int length)) {
                return array(line, at, type, name, length);
            }
            Value value = tokens.skip("=") ? initial() : Value.of(0);
            if (value instanceof Value.Vector) {
                throw tokens.malformed(at, "it is no array (expected: TYPE NAME[LENGTH] = …)");
            }
            return new Item(line, type == null ? Type.INT : type, type != null, place, value);
        }

        private Item array(
                int line, Tokens.Token at, @Nullable Type type, String name, int length) {
            if (type == null) {
                throw tokens.malformed(
                        at, "an element cannot have a value alone (expected: TYPE NAME[LENGTH])");
            }
            List<Value> values = new ArrayList<>();
            if (!tokens.skip("=")) {
                for (int i = 0; i < length; i++) {
                    values.add(Value.of(0));
                }
            } else if (initial() instanceof Value.Vector(List<Value> elements)) {
                values.addAll(elements);
            }
            if (values.size() != length) {
                throw tokens.malformed(
                        at, values.size() + " values (expected: " + length + " in braces)");
            }
            return new Item(
                    line,
                    type.array(length),
                    true,
                    new Place.Global(name),
                    new Value.Vector(values));
        }

        private Value initial() {
            if (!tokens.skip("ATOMIC_INIT")) {
                return places.value();
            }
            tokens.expect("(");
            Value value = places.value();
            tokens.expect(")");
            return value;
        }

        /** A type is a name with a place after it. */
        private @Nullable Type type() {
            if (tokens.peek().kind() != Tokens.Kind.NAME || places.atRegister()) {
                return null;
            }
            Tokens.Token next = tokens.peek(1);
            boolean isType =
                    next.kind() == Tokens.Kind.NAME
                            || next.kind() == Tokens.Kind.NUMBER
                            || next.text().equals("*")
                            || (next.text().equals("[") && isBracketed());
            if (!isType) {
                return null;
            }
            Type type = Type.named(tokens.peek().text());
            if (type == null) {
                throw tokens.refusal("this type is not covered");
            }
            tokens.take();
            return type;
        }

        /** {@code int [x]}, not {@code x[2]}. */
        private boolean isBracketed() {
            return tokens.peek(2).kind() == Tokens.Kind.NAME;
        }
    }
}
