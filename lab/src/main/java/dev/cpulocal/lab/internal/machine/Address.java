// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.machine;

import dev.cpulocal.lab.Expr;

/** The place in memory that an instruction accesses. Memory is a row of numbered locations. */
public sealed interface Address {

    /**
     * A location known beforehand.
     *
     * @param location its number
     */
    record Direct(int location) implements Address {}

    /**
     * An element of an array.
     *
     * @param array the array, in memory
     * @param index which element, of registers only
     */
    record Element(Expr.Variable array, Expr index) implements Address {}

    /**
     * Whatever location has an address.
     *
     * @param address the address, of registers only
     */
    record Computed(Expr address) implements Address {}
}
