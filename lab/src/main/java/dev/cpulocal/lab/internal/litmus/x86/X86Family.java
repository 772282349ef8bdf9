// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus.x86;

import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.internal.litmus.Architecture;
import dev.cpulocal.lab.internal.litmus.Statement;
import dev.cpulocal.lab.internal.litmus.ThreadBuilder;
import java.util.Locale;

/** What 32 and 64 bits have in common. */
abstract sealed class X86Family implements Architecture permits X86, X8664 {

    @Override
    public final MemoryModel model() {
        return MemoryModel.TSO;
    }

    @Override
    public final boolean loadsSigned() {
        return false;
    }

    @Override
    public final void translate(Statement statement, ThreadBuilder thread) {
        new Semantics(parse(statement, thread), thread, accumulator()).translate();
    }

    /** {@return the register that CMPXCHG compares with} */
    abstract String accumulator();

    /** {@return the instruction, the destination first} */
    abstract X86Instruction parse(Statement statement, ThreadBuilder thread);

    /** {@return the instruction after the prefix LOCK} */
    static Statement withoutPrefix(Statement statement) {
        String rest = statement.operands().isEmpty() ? "" : statement.operands().getFirst();
        String[] words = rest.split("\\s+", 2);
        if (words.length < 2) {
            throw statement.malformed("LOCK stands alone (expected: an instruction after it)");
        }
        var operands = new java.util.ArrayList<>(statement.operands());
        operands.set(0, words[1]);
        return new Statement(
                statement.cell(), statement.labels(), words[0].toUpperCase(Locale.ROOT), operands);
    }

    /** {@return a number} */
    static long parse(Statement statement, String text) {
        try {
            return Long.decode(text.replaceFirst("^(-?)0+(?=\\d)", "$1"));
        } catch (NumberFormatException e) {
            throw statement.malformed(text + " (expected: a number of 64 bits)");
        }
    }
}
