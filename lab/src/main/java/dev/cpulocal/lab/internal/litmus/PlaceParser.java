// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** Reads places and values, as initial states and questions have them in common. */
final class PlaceParser {
    private static final BigInteger LIMIT = BigInteger.ONE.shiftLeft(64);

    private final Tokens tokens;
    private final RegisterNames registers;

    PlaceParser(Tokens tokens, RegisterNames registers) {
        this.tokens = tokens;
        this.registers = registers;
    }

    /** {@return whether a register follows: a thread, a colon and a name} */
    boolean atRegister() {
        return isThread(tokens.peek()) && tokens.peek(1).text().equals(":");
    }

    private static boolean isThread(Tokens.Token token) {
        return token.kind() == Tokens.Kind.NUMBER || token.text().matches("P\\d+");
    }

    /** {@return the place that follows} */
    Place place() {
        if (atRegister()) {
            return register();
        }
        if (tokens.skip("[")) {
            Place place = new Place.Global(name());
            tokens.expect("]");
            return place;
        }
        String name = name();
        if (tokens.skip("[")) {
            int index = index();
            tokens.expect("]");
            return new Place.Element(name, index);
        }
        return new Place.Global(name);
    }

    private Place register() {
        int thread = Integer.parseInt(tokens.take().text().replace("P", ""));
        tokens.expect(":");
        if (tokens.peek().text().startsWith("%")) {
            throw tokens.refusal("symbolic registers are not covered");
        }
        String name = tokens.peek().text();
        String canonical = registers.canonical(name);
        if (tokens.peek().kind() != Tokens.Kind.NAME || canonical == null) {
            throw tokens.malformed("no register has this name in initial and final states");
        }
        tokens.take();
        return new Place.Register(thread, canonical);
    }

    /** {@return the name of a place in memory, which follows} */
    String name() {
        if (tokens.peek().text().startsWith("%")) {
            throw tokens.refusal("symbolic registers are not covered");
        }
        if (tokens.peek().kind() == Tokens.Kind.NAME && tokens.peek(1).text().equals("(")) {
            throw tokens.refusal("only plain places in memory are covered");
        }
        String name = tokens.expect(Tokens.Kind.NAME, "a place: 0:REGISTER, x, [x] or x[0]");
        if (tokens.at(":")) {
            throw tokens.refusal("only numbers and addresses of memory are covered as values");
        }
        return name;
    }

    /** {@return the index or length of an array, which follows} */
    int index() {
        int value = 0;
        try {
            value = Integer.parseInt(tokens.peek().text());
        } catch (NumberFormatException e) {
            throw tokens.malformed("(expected: a decimal number)");
        }
        if (value < 0) {
            throw tokens.malformed("(expected: 0 or more)");
        }
        tokens.take();
        return value;
    }

    /** {@return the value that follows} */
    Value value() {
        tokens.skip("&");
        return switch (tokens.peek().kind()) {
            case NUMBER -> Value.of(number());
            case NAME -> symbol();
            case QUOTED ->
                    throw tokens.refusal(
                            "only numbers and addresses of memory are covered as values");
            case SIGN, END -> signValue();
        };
    }

    private Value signValue() {
        if (tokens.at("(") || tokens.at(":")) {
            throw tokens.refusal("only numbers and addresses of memory are covered as values");
        }
        if (!tokens.skip("{")) {
            throw tokens.malformed("(expected: a number, the name of a place, or { … })");
        }
        List<Value> elements = new ArrayList<>();
        do {
            elements.add(value());
        } while (tokens.skip(","));
        tokens.expect("}");
        return new Value.Vector(elements);
    }

    private Value symbol() {
        String name = name();
        if (!tokens.skip("[")) {
            return new Value.Symbol(name, 0);
        }
        int offset = index();
        tokens.expect("]");
        return new Value.Symbol(name, offset);
    }

    private long number() {
        if (tokens.peek(1).text().equals(":")) {
            throw tokens.refusal("only numbers and addresses of memory are covered as values");
        }
        String text = tokens.peek().text();
        boolean hexadecimal = text.startsWith("0x") || text.startsWith("0X");
        BigInteger number =
                hexadecimal ? new BigInteger(text.substring(2), 16) : new BigInteger(text);
        if (number.compareTo(LIMIT) >= 0 || number.bitLength() > 64) {
            throw tokens.refusal("numbers of more than 64 bits are not covered");
        }
        tokens.take();
        return number.longValue();
    }
}
