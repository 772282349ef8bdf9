// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus.aarch64;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Order;

/**
 * Loads and stores of two registers, which are two accesses. Those of {@code LDP} and {@code STP}
 * are not ordered with each other; those of {@code LDIAPP} and {@code STILP} are.
 */
final class Pairs {

    private Pairs() {}

    /** {@return whether this is such an instruction; then it is translated} */
    static boolean translate(Operands operands) {
        switch (operands.name()) {
            case "LDP", "LDNP" -> load(operands, Order.PLAIN);
            case "LDPSW" -> loadSigned(operands);
            case "LDIAPP" -> load(operands, Order.ACQUIRE_PC);
            case "STP", "STNP" -> store(operands, Order.PLAIN);
            case "STILP" -> store(operands, Order.RELEASE);
            default -> {
                return false;
            }
        }
        return true;
    }

    private static void load(Operands operands, Order order) {
        Register first = operands.register(0);
        Register second = operands.register(1, first.bytes());
        Effective from = loaded(operands, first, second);
        Accesses.load(operands, first, from.address(), first.bytes(), order);
        Expr next = from.address().plus(first.bytes());
        Accesses.load(operands, second, next, first.bytes(), order);
        from.writeBack(operands);
    }

    private static void loadSigned(Operands operands) {
        Register first = operands.register(0, 8);
        Register second = operands.register(1, 8);
        Effective from = loaded(operands, first, second);
        Accesses.load(operands, first, from.address(), 4, Order.PLAIN);
        Accesses.load(operands, second, from.address().plus(4), 4, Order.PLAIN);
        Accesses.extend(operands, first, 4);
        Accesses.extend(operands, second, 4);
        from.writeBack(operands);
    }

    /** The second address is computed after the first register was loaded. */
    private static Effective loaded(Operands operands, Register first, Register second) {
        Effective from = Effective.of(operands, 2);
        if (first.equals(second) || first.name().equals(from.base().name())) {
            throw operands.statement()
                    .refusal("pairs that load twice what they use are not covered");
        }
        return from;
    }

    /** With write-back, which is how a stack grows, {@code STILP} orders the higher place first. */
    private static void store(Operands operands, Order order) {
        Register first = operands.register(0);
        Register second = operands.register(1, first.bytes());
        Effective to = Effective.of(operands, 2);
        Expr next = to.address().plus(first.bytes());
        boolean higherFirst = order == Order.RELEASE && to.later() != null;
        if (higherFirst) {
            Accesses.store(operands, next, operands.read(second), first.bytes(), order);
        }
        Accesses.store(operands, to.address(), operands.read(first), first.bytes(), order);
        if (!higherFirst) {
            Accesses.store(operands, next, operands.read(second), first.bytes(), order);
        }
        to.writeBack(operands);
    }
}
