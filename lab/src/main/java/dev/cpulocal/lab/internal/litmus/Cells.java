// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.internal.machine.Address;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The memory of a test: which location of the machine each named place is. */
public final class Cells implements Access.Places {

    /*
     * Memory of the machine is a row of numbers without sizes, so each place is accessed in one size
     * only. A direct access in another size is refused when it is translated. A computed address
     * leads anywhere, so where a test uses more sizes than one, the size is made part of the
     * address, in bits that no test reaches: an access in the wrong size then finds no place.
     */

    private static final int SIZE_BITS = 40;
    private static final long UNREACHED = 1L << 60;

    private final Symbols symbols;
    private final Map<String, Integer> bytes;
    private final boolean mixed;
    private final Map<String, Expr.Variable> variables = new HashMap<>();
    private final SortedMap<Long, Integer> locations = new TreeMap<>();
    private final List<Expr.Variable> memory = new ArrayList<>();

    /**
     * Lays out.
     *
     * @param symbols the named places
     * @param bytes in which size each is accessed
     * @param signed whether memory holds numbers extended by their sign
     * @param mixed whether places are accessed in several sizes
     */
    public Cells(Symbols symbols, Map<String, Integer> bytes, boolean signed, boolean mixed) {
        this.symbols = symbols;
        this.bytes = bytes;
        this.mixed = mixed;
        List<Symbols.Symbol> sorted = new ArrayList<>(symbols.all());
        sorted.sort(Comparator.comparingLong(this::firstKey));
        for (Symbols.Symbol symbol : sorted) {
            add(symbol, signed);
        }
    }

    private long firstKey(Symbols.Symbol symbol) {
        return key(symbol.address(), bytes(symbol));
    }

    private long key(long address, int size) {
        return mixed ? address + ((long) size << SIZE_BITS) : address;
    }

    private int bytes(Symbols.Symbol symbol) {
        return bytes.getOrDefault(symbol.name(), symbol.type().bytes());
    }

    private void add(Symbols.Symbol symbol, boolean signed) {
        int first = locations.size();
        List<Long> values = new ArrayList<>();
        for (int i = 0; i < symbol.length(); i++) {
            Value value =
                    symbol.initial() instanceof Value.Vector(List<Value> elements)
                            ? elements.get(i)
                            : symbol.initial();
            long number = symbols.number(symbol.type().mask(value));
            int size = bytes(symbol);
            values.add(signed ? signed(number, size) : number);
            locations.put(
                    key(symbol.address() + (long) i * symbol.type().bytes(), size), first + i);
        }
        Expr.Variable variable = new Expr.Variable(symbol.name(), first, values, true);
        variables.put(symbol.name(), variable);
        memory.add(variable);
    }

    /** Adds places that no address of the test leads to. */
    public void append(List<Expr.Variable> others) {
        for (Expr.Variable other : others) {
            memory.add(other);
            for (int i = 0; i < other.length(); i++) {
                int location = other.first() + i;
                locations.put(UNREACHED + location, location);
            }
        }
    }

    /** {@return how many places there are} */
    public int locations() {
        return locations.size();
    }

    private static long signed(long number, int size) {
        return Expr.Operator.SIGN_EXTEND.apply(number, 8L * size);
    }

    @Override
    public Address of(Access access) {
        if (!(access.address() instanceof Expr.Constant(long address))) {
            return new Address.Computed(
                    mixed
                            ? access.address().plus((long) access.bytes() << SIZE_BITS)
                            : access.address());
        }
        Integer location = locations.get(key(address, access.bytes()));
        if (location == null) {
            throw access.statement()
                    .refusal(
                            "address "
                                    + symbols.value(address)
                                    + " in "
                                    + access.bytes()
                                    + " bytes is no place of this test");
        }
        return new Address.Direct(location);
    }

    /** {@return the place at an address, where all are of one size; null if there is none} */
    public @Nullable Address find(Expr address) {
        if (!(address instanceof Expr.Constant(long constant))) {
            return new Address.Computed(address);
        }
        Integer location = locations.get(constant);
        return location == null ? null : new Address.Direct(location);
    }

    /** {@return the places, by location} */
    List<Expr.Variable> memory() {
        return memory;
    }

    /** {@return the address of each location} */
    List<Long> addresses() {
        return List.copyOf(locations.keySet());
    }

    /** {@return the place of a name} */
    public Expr.Variable variable(String name) {
        Expr.Variable variable = variables.get(name);
        if (variable == null) {
            throw new IllegalArgumentException("name: " + name + " (expected: a place)");
        }
        return variable;
    }
}
