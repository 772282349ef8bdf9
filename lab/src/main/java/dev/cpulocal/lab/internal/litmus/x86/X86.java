// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus.x86;

import dev.cpulocal.lab.internal.litmus.RegisterNames;
import dev.cpulocal.lab.internal.litmus.Statement;
import dev.cpulocal.lab.internal.litmus.ThreadBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** 32 bits: {@code MOV [x],$1}, the destination first. */
public final class X86 extends X86Family {
    private static final List<String> REGISTERS =
            List.of("EAX", "EBX", "ECX", "EDX", "ESI", "EDI", "EBP", "ESP");

    private static final Pattern MEMORY = Pattern.compile("[\\[(]\\s*(\\w+)\\s*[\\])]");
    private static final Pattern NUMBER = Pattern.compile("\\$?(-?\\d+)");

    /** Some moves say how much they move. */
    private static final Map<String, Integer> MOVES =
            Map.of("MOVB", 1, "MOVW", 2, "MOVL", 4, "MOVQ", 8);

    private static final RegisterNames NAMES =
            new RegisterNames() {
                @Override
                public @Nullable String canonical(String name) {
                    String capitals = name.toUpperCase(Locale.ROOT);
                    return REGISTERS.contains(capitals) ? capitals : null;
                }

                @Override
                public int compare(String left, String right) {
                    return Integer.compare(REGISTERS.indexOf(left), REGISTERS.indexOf(right));
                }
            };

    @Override
    public RegisterNames registers() {
        return NAMES;
    }

    @Override
    String accumulator() {
        return "EAX";
    }

    @Override
    X86Instruction parse(Statement statement, ThreadBuilder thread) {
        boolean locked = statement.mnemonic().equals("LOCK");
        Statement plain = locked ? withoutPrefix(statement) : statement;
        Integer moved = MOVES.get(plain.mnemonic());
        if (moved != null && moved == 8) {
            throw statement.refusal("accesses of 8 bytes are not covered in 32-bit code");
        }
        boolean jumps = plain.mnemonic().startsWith("J");
        List<Operand> operands = new ArrayList<>();
        if (!jumps) {
            for (String operand : plain.operands()) {
                operands.add(operand(statement, operand, thread));
            }
        }
        return new X86Instruction(
                statement,
                moved == null ? plain.mnemonic() : "MOV",
                moved == null ? 4 : moved,
                locked,
                jumps ? plain.operand(0) : "",
                operands);
    }

    private static Operand operand(Statement statement, String text, ThreadBuilder thread) {
        Matcher memory = MEMORY.matcher(text);
        if (memory.matches()) {
            String name = memory.group(1);
            String register = NAMES.canonical(name);
            if (name.matches("\\d+")) {
                throw statement.refusal("numbers as addresses are not covered");
            }
            return new Operand.Memory(
                    register == null ? thread.addressOf(name) : thread.read(register));
        }
        Matcher number = NUMBER.matcher(text);
        if (number.matches()) {
            return new Operand.Immediate(parse(statement, number.group(1)));
        }
        String register = NAMES.canonical(text);
        if (register == null) {
            throw statement.malformed(text + " (expected: a register, [PLACE] or $NUMBER)");
        }
        return new Operand.Register(register, 4, 0);
    }
}
