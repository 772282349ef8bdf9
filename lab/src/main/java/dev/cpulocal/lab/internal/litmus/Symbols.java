// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** The named places of a test, each with an address of its own, far from all others. */
public final class Symbols {

    /*
     * Addresses are distinct from the small numbers that tests compute with, so a final value that
     * is one can be printed by name; and positive as 32-bit numbers, so that registers of any
     * architecture hold them.
     */

    private static final long FIRST = 0x41E7_0000L;
    private static final long STEP = 0x1000;

    /**
     * A place or an array.
     *
     * @param name its name
     * @param type what it was declared to hold
     * @param declared whether it was
     * @param initial what it holds at first
     * @param address the address of its beginning
     */
    public record Symbol(String name, Type type, boolean declared, Value initial, long address) {

        /** {@return how many elements it has} */
        int length() {
            return type.isArray() ? type.length() : 1;
        }

        private boolean contains(long value) {
            return value >= address && value < address + (long) length() * type.bytes();
        }
    }

    private final Map<String, Symbol> byName = new LinkedHashMap<>();
    private long next = FIRST;

    /** The places that an initial state names. */
    public Symbols(Init init) {
        for (Init.Item item : init.items()) {
            if (item.place() instanceof Place.Global(String name)) {
                add(name, item.type(), item.declared(), item.value());
            }
        }
    }

    private Symbol add(String name, Type type, boolean declared, Value initial) {
        Symbol symbol = new Symbol(name, type, declared, initial, next);
        byName.put(name, symbol);
        long bytes = (long) symbol.length() * type.bytes();
        next += (bytes / STEP + 1) * STEP;
        return symbol;
    }

    /** {@return a place; one that nothing declares holds 0} */
    public Symbol get(String name) {
        Symbol symbol = byName.get(name);
        return symbol == null ? add(name, Type.INT, false, Value.of(0)) : symbol;
    }

    /** {@return all places} */
    Collection<Symbol> all() {
        return byName.values();
    }

    /** {@return a value as a number: addresses are the ones that places have here} */
    public long number(Value value) {
        return switch (value) {
            case Value.Scalar(long number) -> number;
            case Value.Symbol(String name, long offset) -> get(name).address() + offset;
            case Value.Vector _ -> throw new IllegalArgumentException("value: " + value);
        };
    }

    /** {@return a number as a value: by name, if it is the address of a place} */
    Value value(long number) {
        for (Symbol symbol : byName.values()) {
            if (symbol.contains(number)) {
                return new Value.Symbol(symbol.name(), number - symbol.address());
            }
        }
        return Value.of(number);
    }
}
