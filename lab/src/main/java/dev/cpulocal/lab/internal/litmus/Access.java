// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.internal.machine.Address;

/**
 * An access of memory, as an instruction writes it.
 *
 * @param address the address, of registers and constants
 * @param bytes how many bytes
 * @param statement the instruction
 */
record Access(Expr address, int bytes, Statement statement) {

    /** Finds the place of an access. */
    @FunctionalInterface
    interface Places {
        /** {@return the place} */
        Address of(Access access);
    }
}
