// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

import static dev.cpulocal.lab.museum.fpu.Preemption.current;
import static dev.cpulocal.lab.museum.fpu.Preemption.here;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
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

    /**
     * An instruction reads registers on speculation; of two tasks, whose registers hold their
     * numbers plus 1 at first.
     *
     * @param registers what the CPU's hold
     */
    static void speculate(Code c, Expr registers) {
        var seen = c.as("read registers on speculation").let("seen", registers);
        c.check("N: what is read on speculation is not another task's", notAnothers(c, seen));
    }

    /** {@return whether registers are not those of the other of two tasks} */
    static Expr notAnothers(Code c, Expr registers) {
        return registers.ne(2 - c.task().number());
    }

    /** Sets the registers, and what is expected of them. */
    void become(Code c, String text, long value) {
        c.atomically(() -> {
            c.as(text).set(registers.get(here()), value);
            c.set(expected.get(current(c)), value);
        });
    }
}
