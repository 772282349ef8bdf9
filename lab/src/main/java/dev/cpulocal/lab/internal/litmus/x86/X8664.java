// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus.x86;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Operator;
import dev.cpulocal.lab.internal.litmus.RegisterNames;
import dev.cpulocal.lab.internal.litmus.Statement;
import dev.cpulocal.lab.internal.litmus.ThreadBuilder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** 64 bits: {@code movl $1,(x)}, the destination last, and a letter for the size. */
public final class X8664 extends X86Family {
    private static final Pattern NUMBER = Pattern.compile("\\$?(-?(0[xX])?\\w+)");
    private static final Pattern NAMED = Pattern.compile("[\\[(]\\s*([A-Za-z_][\\w.]*)\\s*[\\])]");
    private static final Pattern BASED =
            Pattern.compile(
                    "(?<offset>-?\\d*)\\s*[\\[(]\\s*(?<base>%\\w+)\\s*"
                            + "(,\\s*(?<index>%\\w+)\\s*,\\s*(?<scale>\\d+)\\s*)?[\\])]");

    /** Instructions whose last letter can say how much they work on. */
    private static final Pattern SIZED =
            Pattern.compile(
                    "(MOV|ADD|SUB|XOR|OR|AND|SHL|CMP|TEST|INC|DEC|XCHG|CMPXCHG|XADD|CMOVC)([BWLQ])?");

    private static final RegisterNames NAMES =
            new RegisterNames() {
                @Override
                public @Nullable String canonical(String name) {
                    Operand.Register register = Registers64.of(name.toLowerCase(Locale.ROOT));
                    return register == null || register.bytes() != 8 ? null : register.name();
                }

                @Override
                public int compare(String left, String right) {
                    return Integer.compare(Registers64.number(left), Registers64.number(right));
                }
            };

    @Override
    public RegisterNames registers() {
        return NAMES;
    }

    @Override
    String accumulator() {
        return "rax";
    }

    @Override
    X86Instruction parse(Statement statement, ThreadBuilder thread) {
        boolean locked = statement.mnemonic().equals("LOCK");
        Statement plain = locked ? withoutPrefix(statement) : statement;
        Matcher sized = SIZED.matcher(plain.mnemonic());
        if (plain.mnemonic().startsWith("J")) {
            return new X86Instruction(
                    statement, plain.mnemonic(), 8, locked, plain.operand(0), List.of());
        }
        if (plain.mnemonic().matches("NOP[WLQ]?|ENDBR64")) {
            return new X86Instruction(statement, "NOP", 8, locked, "", List.of());
        }
        List<Operand> operands = new ArrayList<>();
        for (String operand : plain.operands()) {
            operands.add(operand(statement, operand, thread));
        }
        if (!sized.matches()) {
            Collections.reverse(operands);
            return new X86Instruction(statement, plain.mnemonic(), 8, locked, "", operands);
        }
        int bytes = bytes(statement, sized.group(2), operands);
        if (!destinationFirst(sized.group(1), operands)) {
            Collections.reverse(operands);
        }
        return new X86Instruction(statement, sized.group(1), bytes, locked, "", operands);
    }

    /**
     * Exchanges name their register on either side, as they are found in tests; the place is the
     * destination.
     */
    private static boolean destinationFirst(String name, List<Operand> operands) {
        return switch (name) {
            case "XCHG", "CMPXCHG", "XADD" -> operands.getFirst() instanceof Operand.Memory;
            case "CMOVC" -> true;
            default -> false;
        };
    }

    private static int bytes(Statement statement, @Nullable String letter, List<Operand> operands) {
        if (letter != null) {
            return switch (letter) {
                case "B" -> 1;
                case "W" -> 2;
                case "L" -> 4;
                default -> 8;
            };
        }
        for (Operand operand : operands) {
            if (operand instanceof Operand.Register register) {
                return register.bytes();
            }
        }
        throw statement.malformed("nothing says how many bytes (expected: a letter b, w, l or q)");
    }

    private static Operand operand(Statement statement, String text, ThreadBuilder thread) {
        Matcher named = NAMED.matcher(text);
        if (named.matches()) {
            return new Operand.Memory(thread.addressOf(named.group(1)));
        }
        Matcher based = BASED.matcher(text);
        if (based.matches()) {
            return new Operand.Memory(address(statement, based, thread));
        }
        if (text.startsWith("%")) {
            return register(statement, text);
        }
        Matcher number = NUMBER.matcher(text);
        if (number.matches()) {
            return new Operand.Immediate(parse(statement, number.group(1)));
        }
        throw statement.malformed(text + " (expected: %REGISTER, (PLACE) or $NUMBER)");
    }

    private static Operand.Register register(Statement statement, String text) {
        Operand.Register register = Registers64.of(text.substring(1).toLowerCase(Locale.ROOT));
        if (register == null) {
            throw statement.refusal(text + ": only general registers are covered");
        }
        return register;
    }

    private static Expr address(Statement statement, Matcher parts, ThreadBuilder thread) {
        Expr address = whole(statement, parts.group("base"), thread);
        String offset = parts.group("offset");
        if (!offset.isEmpty() && !offset.equals("0")) {
            address = address.plus(parse(statement, offset));
        }
        if (parts.group("index") != null) {
            long scale = parse(statement, parts.group("scale"));
            Expr index = whole(statement, parts.group("index"), thread);
            address = address.plus(index.with(Operator.MULTIPLY, Expr.of(scale)));
        }
        return address;
    }

    private static Expr whole(Statement statement, String text, ThreadBuilder thread) {
        return thread.read(register(statement, text).name());
    }
}
