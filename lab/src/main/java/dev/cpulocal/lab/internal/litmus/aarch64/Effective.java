// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus.aarch64;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.internal.litmus.ThreadBuilder;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The address that a load or store computes.
 *
 * @param address the address of the access
 * @param base the register that it begins with
 * @param later what that register becomes after the access, or null
 */
record Effective(Expr address, Register base, @Nullable Expr later) {
    private static final Pattern BRACKETS = Pattern.compile("\\[([^\\]]*)\\]\\s*(!?)");
    private static final Pattern EXTENSION =
            Pattern.compile("(LSL|UXTW|SXTW|SXTX)(?:\\s*#?\\s*(\\d+))?");

    /**
     * Reads {@code [X1]}, {@code [X1,#8]}, {@code [X1,#8]!}, {@code [X1],#8}, {@code [X1,W2,SXTW]}.
     *
     * @param operands the instruction
     * @param index which operand it is; the number of the third form is the next one
     */
    static Effective of(Operands operands, int index) {
        Matcher brackets = BRACKETS.matcher(operands.statement().operand(index));
        if (!brackets.matches()) {
            throw operands.statement()
                    .malformed(operands.statement().operand(index) + " (expected: [REGISTER…])");
        }
        List<String> parts =
                List.of(brackets.group(1).split(",")).stream().map(String::strip).toList();
        Register base = operands.register(parts.getFirst());
        if (base.bytes() != 8) {
            throw operands.statement().malformed(parts.getFirst() + " (expected: 64 bits)");
        }
        boolean writesBack = !brackets.group(2).isEmpty();
        boolean post = operands.count() == index + 2;
        if (operands.count() > index + 2 || (post && (writesBack || parts.size() > 1))) {
            throw operands.statement().malformed("too many operands");
        }
        Expr start = operands.read(base);
        if (post) {
            return new Effective(start, base, start.plus(operands.number(index + 1)));
        }
        Expr address = parts.size() == 1 ? start : sum(start, offset(operands, parts));
        return new Effective(address, base, writesBack ? address : null);
    }

    /** Reads {@code [X1]} or {@code [X1,#0]}, the only form of most atomic instructions. */
    static Expr plain(Operands operands, int index) {
        Effective effective = of(operands, index);
        String text = operands.statement().operand(index).replaceAll("\\s", "");
        if (effective.later != null || (text.contains(",") && !text.matches(".*,#?0+\\]"))) {
            throw operands.statement().malformed(text + " (expected: [REGISTER])");
        }
        return effective.address;
    }

    private static Expr sum(Expr start, Expr offset) {
        return offset instanceof Expr.Constant(long number) && number == 0
                ? start
                : start.plus(offset);
    }

    private static Expr offset(Operands operands, List<String> parts) {
        if (parts.size() == 2 && Operands.isNumber(parts.get(1))) {
            return Expr.of(operands.number(parts.get(1)));
        }
        Register index = operands.register(parts.get(1));
        String extension =
                parts.size() == 2
                        ? index.bytes() == 4 ? "SXTW" : "LSL"
                        : parts.get(2).toUpperCase(Locale.ROOT);
        Matcher matcher = EXTENSION.matcher(extension);
        if (!matcher.matches() || parts.size() > 3) {
            throw operands.statement()
                    .malformed(extension + " (expected: LSL, SXTW, UXTW or SXTX)");
        }
        Expr value = operands.read(new Register(index.name(), 8));
        Expr extended =
                switch (matcher.group(1)) {
                    case "SXTW" -> ThreadBuilder.signed(value, 4);
                    case "UXTW" -> ThreadBuilder.unsigned(value, 4);
                    default -> operands.read(index);
                };
        String shift = matcher.group(2);
        return shift == null || shift.equals("0")
                ? extended
                : extended.with(Expr.Operator.SHIFT_LEFT, Expr.of(Long.parseLong(shift)));
    }

    /** Appends the change of the base register, if there is one. */
    void writeBack(Operands operands) {
        if (later != null) {
            operands.assign(base, later);
        }
    }
}
