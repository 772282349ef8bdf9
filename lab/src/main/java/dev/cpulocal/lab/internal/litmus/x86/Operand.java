// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus.x86;

import dev.cpulocal.lab.Expr;

/** What an instruction works on. */
sealed interface Operand {

    /**
     * Some bits of a register.
     *
     * @param name the name of the whole register
     * @param bytes how many bytes
     * @param shift how many bits are below them
     */
    record Register(String name, int bytes, int shift) implements Operand {}

    /**
     * A place in memory.
     *
     * @param address its address
     */
    record Memory(Expr address) implements Operand {}

    /**
     * A number.
     *
     * @param value the number
     */
    record Immediate(long value) implements Operand {}
}
