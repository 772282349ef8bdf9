// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import dev.cpulocal.lab.internal.litmus.Malformed;
import dev.cpulocal.lab.internal.litmus.Section;
import java.util.List;

/**
 * A call of one of the kernel's functions.
 *
 * @param section what errors name the file of
 * @param line the number of its line
 * @param name the function
 * @param arguments what it is called with
 */
record Call(Section section, int line, String name, List<Expression> arguments) {

    /** {@return an argument} */
    Expression get(int index) {
        return arguments.get(index);
    }

    /** {@return the address of an argument that is a place: {@code *p}} */
    Expression addressOf(int index) {
        if (get(index) instanceof Expression.Load(Expression address, Tag tag)
                && tag == Tag.PLAIN) {
            return address;
        }
        throw malformed("argument " + (index + 1) + " is no place (expected: *POINTER)");
    }

    /** Throws unless there are as many arguments as the function takes. */
    void checkCount(int expected) {
        if (arguments.size() != expected) {
            throw malformed(arguments.size() + " arguments (expected: " + expected + ")");
        }
    }

    private Malformed malformed(String reason) {
        return new Malformed(section.file(), line, name, reason);
    }
}
