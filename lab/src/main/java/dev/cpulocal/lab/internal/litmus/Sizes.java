// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import dev.cpulocal.lab.Expr;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds out in which size each place is accessed. */
final class Sizes {
    private final Symbols symbols;
    private final Map<String, Integer> bytes = new HashMap<>();
    private final Set<Integer> all = new HashSet<>();
    private final Set<Integer> computed = new HashSet<>();

    Sizes(Symbols symbols) {
        this.symbols = symbols;
    }

    /**
     * Takes notice of an access.
     *
     * @param access what
     * @param address the address, if it is the same in every execution
     * @throws Refusal if the place is accessed in another size elsewhere
     */
    void add(Access access, Optional<Long> address) {
        all.add(access.bytes());
        if (address.isEmpty()) {
            computed.add(access.bytes());
        } else if (symbols.value(address.get()) instanceof Value.Symbol(String name, long _)) {
            Integer other = bytes.putIfAbsent(name, access.bytes());
            if (other != null && other != access.bytes()) {
                throw access.statement()
                        .refusal(
                                "%s is accessed in %d bytes here and in %d elsewhere; mixed sizes"
                                                .formatted(name, access.bytes(), other)
                                        + " are not covered");
            }
            checkDeclared(access, symbols.get(name));
        }
    }

    private static void checkDeclared(Access access, Symbols.Symbol symbol) {
        Type type = symbol.type();
        boolean fits =
                type.bytes() == access.bytes()
                        || (!type.isArray()
                                && (!symbol.declared()
                                        || type.bytes() < access.bytes()
                                        || isSmall(symbol, access)));
        if (!fits) {
            throw access.statement()
                    .refusal(
                            "%s has %d bytes and is accessed in %d; mixed sizes are not covered"
                                    .formatted(symbol.name(), type.bytes(), access.bytes()));
        }
    }

    /** A place of 8 bytes can be accessed in 4 as long as the others are 0. */
    private static boolean isSmall(Symbols.Symbol symbol, Access access) {
        return symbol.initial() instanceof Value.Scalar(long number)
                && number >>> (8 * access.bytes()) == 0;
    }

    /** {@return how many bytes of each place are accessed} */
    Map<String, Integer> bytes() {
        Map<String, Integer> sizes = new HashMap<>();
        for (Symbols.Symbol symbol : symbols.all()) {
            Integer known = bytes.get(symbol.name());
            int size = symbol.type().bytes();
            boolean free = !symbol.declared() && computed.size() == 1;
            sizes.put(
                    symbol.name(),
                    known != null ? known : free ? computed.iterator().next() : size);
        }
        return sizes;
    }

    /** {@return whether there are accesses or places of several sizes} */
    boolean mixed() {
        Set<Integer> sizes = new HashSet<>(all);
        sizes.addAll(bytes().values());
        return sizes.size() > 1;
    }

    /**
     * {@return the value of an expression if it is the same in every execution}
     *
     * @param expr the expression
     * @param registers what never changes in it
     */
    static Optional<Long> constant(Expr expr, Map<String, Long> registers) {
        return switch (expr) {
            case Expr.Constant(long value) -> Optional.of(value);
            case Expr.Local(int _, String name) -> Optional.ofNullable(registers.get(name));
            case Expr.Binary(Expr.Operator operator, Expr left, Expr right) ->
                    constant(left, registers)
                            .flatMap(
                                    a -> constant(right, registers).map(b -> operator.apply(a, b)));
            default -> Optional.empty();
        };
    }

    /** {@return what a thread's registers hold that it never writes} */
    static Map<String, Long> constants(
            ThreadBuilder.Survey survey, List<Access> accesses, Map<String, Long> initial) {
        Map<String, Long> constants = new HashMap<>();
        for (Access access : accesses) {
            addRegisters(access.address(), survey, initial, constants);
        }
        return constants;
    }

    private static void addRegisters(
            Expr expr,
            ThreadBuilder.Survey survey,
            Map<String, Long> initial,
            Map<String, Long> constants) {
        if (expr instanceof Expr.Binary(Expr.Operator _, Expr left, Expr right)) {
            addRegisters(left, survey, initial, constants);
            addRegisters(right, survey, initial, constants);
        } else if (expr instanceof Expr.Local(int _, String name) && !survey.isWritten(name)) {
            constants.put(name, initial.getOrDefault(name, 0L));
        }
    }
}
