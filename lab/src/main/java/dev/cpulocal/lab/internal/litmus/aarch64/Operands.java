// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus.aarch64;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.internal.litmus.Statement;
import dev.cpulocal.lab.internal.litmus.ThreadBuilder;
import java.util.regex.Pattern;

/** An instruction's operands, read and written in its thread. */
final class Operands {
    private static final Pattern NUMBER = Pattern.compile("#?\\s*[+-]?(0[xX][0-9a-fA-F]+|\\d+)");

    private static final Pattern OTHER_REGISTER =
            Pattern.compile("(?i)[BCDHPQSVZ]\\d+([./].*)?|\\{.*");

    private final Statement statement;
    private final ThreadBuilder thread;

    Operands(Statement statement, ThreadBuilder thread) {
        this.statement = statement;
        this.thread = thread;
    }

    /** {@return the statement} */
    Statement statement() {
        return statement;
    }

    /** {@return the thread} */
    ThreadBuilder thread() {
        return thread;
    }

    /** {@return the mnemonic, in capitals} */
    String name() {
        return statement.mnemonic();
    }

    /** {@return how many operands there are} */
    int count() {
        return statement.operands().size();
    }

    /** {@return an operand that is a register} */
    Register register(int index) {
        return register(statement.operand(index));
    }

    /** {@return the register of a name} */
    Register register(String name) {
        if (name.contains("%")) {
            throw statement.refusal("symbolic registers are not covered");
        }
        Register register = Register.of(name);
        if (register == null && OTHER_REGISTER.matcher(name).matches()) {
            throw statement.refusal("only general registers are covered");
        }
        if (register == null) {
            throw statement.malformed(name + " (expected: a general register)");
        }
        return register;
    }

    /** {@return an operand that is a register with so many bytes} */
    Register register(int index, int bytes) {
        Register register = register(index);
        if (register.bytes() != bytes) {
            throw statement.malformed(
                    statement.operand(index) + " (expected: a register of " + 8 * bytes + " bits)");
        }
        return register;
    }

    /** {@return whether an operand is a register} */
    boolean isRegister(int index) {
        return Register.of(statement.operand(index)) != null;
    }

    /** {@return what is in a register, as many bits as the instruction uses} */
    Expr read(Register register) {
        if (register.isZero()) {
            return Expr.of(0);
        }
        Expr value = thread.read(register.name());
        return register.bytes() == 4 && thread.isWide(register.name())
                ? ThreadBuilder.unsigned(value, 4)
                : value;
    }

    /** Appends that a register becomes a number, which has no more bits than the register. */
    void assign(Register register, Expr value) {
        if (!register.isZero()) {
            widen(register);
            thread.assign(register.name(), value);
        }
    }

    /** {@return a register that the next step writes} */
    Expr.Local write(Register register) {
        widen(register);
        return register.isZero() ? thread.temporary() : thread.write(register.name());
    }

    private void widen(Register register) {
        if (register.bytes() == 8) {
            thread.widen(register.name());
        }
    }

    /** {@return whether a text is a number} */
    static boolean isNumber(String text) {
        return NUMBER.matcher(text).matches();
    }

    /** {@return an operand that is a number} */
    long number(int index) {
        return number(statement.operand(index));
    }

    /** {@return a number} */
    long number(String text) {
        if (!isNumber(text)) {
            throw statement.malformed(text + " (expected: a number)");
        }
        String digits = text.replaceAll("[#\\s]", "").replaceFirst("^([+-]?)0+(?=\\d)", "$1");
        try {
            return digits.matches("[+-]?0[xX].*")
                    ? Long.parseUnsignedLong(digits.replaceFirst("^\\+?0[xX]", ""), 16)
                    : Long.parseLong(digits);
        } catch (NumberFormatException e) {
            throw statement.malformed(text + " (expected: a number of 64 bits)");
        }
    }
}
