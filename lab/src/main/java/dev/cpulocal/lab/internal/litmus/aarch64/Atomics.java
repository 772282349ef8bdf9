// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus.aarch64;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Operator;
import dev.cpulocal.lab.Order;
import dev.cpulocal.lab.internal.litmus.ThreadBuilder;
import dev.cpulocal.lab.internal.machine.Address;
import dev.cpulocal.lab.internal.machine.Instruction;
import dev.cpulocal.lab.internal.machine.Instruction.Change;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The atomic instructions of LSE. One that does not return the old value (its register is {@code
 * XZR}) does not acquire, whatever its name says.
 */
final class Atomics {
    private static final Pattern ARITHMETIC =
            Pattern.compile("(LD|ST)(ADD|CLR|EOR|SET|SMAX|SMIN|UMAX|UMIN)(A?L?)([BH]?)");
    private static final Pattern SWAP = Pattern.compile("SWP(A?L?)([BH]?)");
    private static final Pattern COMPARE = Pattern.compile("CAS(A?L?)([BH]?)");

    private Atomics() {}

    /** {@return whether this is such an instruction; then it is translated} */
    static boolean translate(Operands operands) {
        Matcher arithmetic = ARITHMETIC.matcher(operands.name());
        Matcher swap = SWAP.matcher(operands.name());
        Matcher compare = COMPARE.matcher(operands.name());
        if (arithmetic.matches()) {
            boolean returns = arithmetic.group(1).equals("LD");
            if (!returns && arithmetic.group(3).startsWith("A")) {
                return false;
            }
            operands.statement().expectOperands(returns ? 3 : 2);
            arithmetic(operands, returns, arithmetic);
        } else if (swap.matches()) {
            operands.statement().expectOperands(3);
            Register from = operands.register(0);
            int bytes = Accesses.bytes(operands, swap.group(2), from);
            update(
                    operands,
                    operands.register(1, from.bytes()),
                    bytes,
                    Operator.SECOND,
                    narrow(operands.read(from), bytes),
                    swap.group(1));
        } else if (compare.matches()) {
            operands.statement().expectOperands(3);
            compare(operands, compare.group(1), compare.group(2));
        } else {
            return false;
        }
        return true;
    }

    private static void arithmetic(Operands operands, boolean returns, Matcher name) {
        Register from = operands.register(0);
        Register to =
                returns ? operands.register(1, from.bytes()) : new Register("XZR", from.bytes());
        int bytes = Accesses.bytes(operands, name.group(4), from);
        Expr value = operands.read(from);
        Expr operand = name.group(2).equals("CLR") ? value.with(Operator.XOR, Expr.of(-1)) : value;
        Operator operator = operator(operands, name.group(2), bytes);
        update(operands, to, bytes, operator, narrow(operand, bytes), name.group(3));
    }

    private static Operator operator(Operands operands, String name, int bytes) {
        return switch (name) {
            case "CLR" -> Operator.AND;
            case "EOR" -> Operator.XOR;
            case "SET" -> Operator.OR;
            case "UMAX" -> Operator.MAX_UNSIGNED;
            case "UMIN" -> Operator.MIN_UNSIGNED;
            case "ADD" -> sized(operands, bytes, Operator.ADD, Operator.ADD_UNSIGNED_INT);
            case "SMAX" -> sized(operands, bytes, Operator.MAX, Operator.MAX_INT);
            default -> sized(operands, bytes, Operator.MIN, Operator.MIN_INT);
        };
    }

    private static Operator sized(Operands operands, int bytes, Operator ofLong, Operator ofInt) {
        if (bytes < 4) {
            throw operands.statement()
                    .refusal("atomic arithmetic with signs is covered in 4 and 8 bytes only");
        }
        return bytes == 8 ? ofLong : ofInt;
    }

    private static Expr narrow(Expr value, int bytes) {
        return ThreadBuilder.unsigned(value, bytes);
    }

    private static Order order(String letters, Register to) {
        boolean acquires = letters.startsWith("A") && !to.isZero();
        boolean releases = letters.endsWith("L");
        return acquires && releases
                ? Order.ACQUIRE_RELEASE
                : acquires ? Order.ACQUIRE : releases ? Order.RELEASE : Order.PLAIN;
    }

    private static void update(
            Operands operands,
            Register to,
            int bytes,
            Operator operator,
            Expr operand,
            String letters) {
        Address place =
                operands.thread().place(Effective.plain(operands, operands.count() - 1), bytes);
        operands.thread()
                .emit(
                        new Instruction.Update(
                                to.isZero() ? null : operands.write(to),
                                place,
                                Change.ARITHMETIC,
                                operator,
                                Expr.of(0),
                                operand,
                                order(letters, to)));
    }

    private static void compare(Operands operands, String letters, String letter) {
        Register old = operands.register(0);
        Register with = operands.register(1, old.bytes());
        int bytes = Accesses.bytes(operands, letter, old);
        Expr expected = narrow(operands.read(old), bytes);
        Expr replacement = narrow(operands.read(with), bytes);
        Address place = operands.thread().place(Effective.plain(operands, 2), bytes);
        operands.thread()
                .emit(
                        new Instruction.Update(
                                old.isZero() ? null : operands.write(old),
                                place,
                                Change.COMPARE_AND_EXCHANGE,
                                Operator.SECOND,
                                expected,
                                replacement,
                                order(letters, old)));
    }
}
