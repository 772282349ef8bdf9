// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

import static dev.cpulocal.lab.museum.fpu.Preemption.current;
import static dev.cpulocal.lab.museum.fpu.Preemption.here;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr.Variable;

/**
 * The property that all of this wing is about.
 *
 * @param registers what each CPU's hold
 * @param expected what each task's last held
 */
record UserRegisters(Variable registers, Variable expected) {

    /** A program finds them as it left them. */
    void check(Code c) {
        c.check(
                "F: in user mode the registers are the task's",
                registers.get(here()).eq(expected.get(current(c))));
    }

    /** Sets the registers, and what is expected of them. */
    void become(Code c, String text, long value) {
        c.atomically(() -> {
            c.as(text).set(registers.get(here()), value);
            c.set(expected.get(current(c)), value);
        });
    }
}
