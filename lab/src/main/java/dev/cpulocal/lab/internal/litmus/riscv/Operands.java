// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus.riscv;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.internal.litmus.Statement;
import dev.cpulocal.lab.internal.litmus.ThreadBuilder;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An instruction's operands, read and written in its thread. */
final class Operands {
    private static final Pattern NUMBER = Pattern.compile("[+-]?(0[xX][0-9a-fA-F]+|\\d+)");
    private static final Pattern MEMORY = Pattern.compile("([^()]*)\\(\\s*(\\w+)\\s*\\)");

    private final Statement statement;
    private final ThreadBuilder thread;
    private final List<String> words;

    Operands(Statement statement, ThreadBuilder thread) {
        this.statement = statement;
        this.thread = thread;
        this.words = List.of(statement.mnemonic().toLowerCase(Locale.ROOT).split("\\."));
    }

    /** {@return the statement} */
    Statement statement() {
        return statement;
    }

    /** {@return the thread} */
    ThreadBuilder thread() {
        return thread;
    }

    /** {@return the first word of the mnemonic, in small letters} */
    String name() {
        return words.getFirst();
    }

    /** {@return the other words of the mnemonic} */
    List<String> suffixes() {
        return words.subList(1, words.size());
    }

    private String registerName(int index) {
        String name = Registers.NAMES.canonical(statement.operand(index));
        if (name == null) {
            throw statement.malformed(
                    "operand "
                            + (index + 1)
                            + ": "
                            + statement.operand(index)
                            + " (expected: a register)");
        }
        return name;
    }

    /** {@return what is in a register} */
    Expr read(int index) {
        return read(registerName(index));
    }

    private Expr read(String name) {
        return name.equals(Registers.ZERO) ? Expr.of(0) : thread.read(name);
    }

    /** {@return whether an operand is the register that is always 0} */
    boolean isZero(int index) {
        return registerName(index).equals(Registers.ZERO);
    }

    /** {@return a register to be written} */
    Expr.Local write(int index) {
        return isZero(index) ? thread.temporary() : thread.write(registerName(index));
    }

    /** Appends that a register becomes something. */
    void assign(int index, Expr value) {
        if (!isZero(index)) {
            thread.assign(registerName(index), value);
        }
    }

    /** {@return a number} */
    long number(int index) {
        return number(statement.operand(index));
    }

    private long number(String text) {
        if (!NUMBER.matcher(text).matches()) {
            throw statement.malformed(text + " (expected: a number)");
        }
        return Long.decode(
                text.startsWith("0") && text.matches("0\\d+")
                        ? text.replaceFirst("^0+(?=\\d)", "")
                        : text);
    }

    /** {@return the address of an operand {@code offset(register)}} */
    Expr address(int index, boolean offsetAllowed) {
        Matcher matcher = MEMORY.matcher(statement.operand(index));
        if (!matcher.matches() || Registers.NAMES.canonical(matcher.group(2)) == null) {
            throw statement.malformed(
                    "operand "
                            + (index + 1)
                            + ": "
                            + statement.operand(index)
                            + " (expected: OFFSET(REGISTER))");
        }
        long offset = matcher.group(1).isBlank() ? 0 : number(matcher.group(1).strip());
        if (offset != 0 && !offsetAllowed) {
            throw statement.malformed("this instruction has no offset (expected: 0 or none)");
        }
        Expr base =
                read(java.util.Objects.requireNonNull(Registers.NAMES.canonical(matcher.group(2))));
        return offset == 0 ? base : base.plus(offset);
    }
}
