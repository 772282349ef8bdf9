// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import dev.cpulocal.lab.Expr.Operator;
import dev.cpulocal.lab.internal.litmus.Malformed;
import dev.cpulocal.lab.internal.litmus.Section;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A statement of C, with the number of its line in the file. */
sealed interface Statement {

    /** {@return the number of its line} */
    int line();

    /**
     * {@code target = value;}.
     *
     * @param target the variable, or null if the value is not used
     * @param value the value
     */
    record Assign(int line, @Nullable String target, Expression value) implements Statement {}

    /**
     * A store.
     *
     * @param address to where
     * @param value what
     * @param tag how it is marked
     */
    record Store(int line, Expression address, Expression value, Tag tag) implements Statement {}

    /**
     * A barrier, or an end of an RCU read-side critical section.
     *
     * @param tag which
     */
    record Barrier(int line, Tag tag) implements Statement {}

    /**
     * Arithmetic in memory that returns nothing.
     *
     * @param address where
     * @param operator the operator
     * @param operand its right operand
     */
    record Update(int line, Expression address, Operator operator, Expression operand)
            implements Statement {}

    /**
     * {@code spin_lock}.
     *
     * @param address the lock
     */
    record Lock(int line, Expression address) implements Statement {}

    /**
     * {@code spin_unlock}.
     *
     * @param address the lock
     */
    record Unlock(int line, Expression address) implements Statement {}

    /**
     * {@code synchronize_srcu}.
     *
     * @param address the domain
     */
    record Synchronize(int line, Expression address) implements Statement {}

    /**
     * A condition.
     *
     * @param condition what is asked
     * @param then what follows if it is not 0
     * @param otherwise what follows if it is
     */
    record If(int line, Expression condition, List<Statement> then, List<Statement> otherwise)
            implements Statement {}

    /**
     * A loop.
     *
     * @param condition what is asked each time
     * @param body what is done as long as it is not 0
     * @param bodyFirst whether that is done before anything is asked
     */
    record Loop(int line, Expression condition, List<Statement> body, boolean bodyFirst)
            implements Statement {}

    /**
     * What is asked of the scheduler or for interrupts, which the model does not know.
     *
     * @param section what errors name the file of
     * @param name its name
     * @param argument what is in its parentheses
     */
    record SystemCall(Section section, int line, String name, String argument)
            implements Statement {

        /** {@return the call, if its argument is right} */
        dev.cpulocal.lab.internal.litmus.SystemCall call() {
            return dev.cpulocal.lab.internal.litmus.SystemCall.of(name, argument, this::malformed);
        }

        Malformed malformed(String reason) {
            return new Malformed(section.file(), line, name, reason);
        }
    }
}
