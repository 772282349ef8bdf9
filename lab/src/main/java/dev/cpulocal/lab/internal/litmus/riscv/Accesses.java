// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus.riscv;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Operator;
import dev.cpulocal.lab.Order;
import dev.cpulocal.lab.internal.litmus.ThreadBuilder;
import dev.cpulocal.lab.internal.machine.Address;
import dev.cpulocal.lab.internal.machine.Instruction;
import dev.cpulocal.lab.internal.machine.Instruction.Change;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What accesses memory. Numbers there are extended by their sign, as ordinary loads want them. */
final class Accesses {
    private static final Pattern LOAD = Pattern.compile("l([bhw]u?|d)");
    private static final Pattern STORE = Pattern.compile("s([bhwd])");
    private static final Pattern AMO = Pattern.compile("amo(swap|add|and|or|xor|maxu?|minu?)");

    private static final Map<String, Integer> BYTES = Map.of("b", 1, "h", 2, "w", 4, "d", 8);

    private static final Map<String, Operator> OPERATORS =
            Map.of(
                    "swap", Operator.SECOND,
                    "add", Operator.ADD,
                    "and", Operator.AND,
                    "or", Operator.OR,
                    "xor", Operator.XOR,
                    "max", Operator.MAX,
                    "min", Operator.MIN,
                    "maxu", Operator.MAX_UNSIGNED,
                    "minu", Operator.MIN_UNSIGNED);

    private Accesses() {}

    /** {@return whether this is such an instruction; then it is translated} */
    static boolean translate(Operands operands) {
        Matcher load = LOAD.matcher(operands.name());
        Matcher store = STORE.matcher(operands.name());
        Matcher amo = AMO.matcher(operands.name());
        if (load.matches()) {
            load(operands, bytes(load.group(1).substring(0, 1)), load.group(1).endsWith("u"));
        } else if (store.matches()) {
            store(operands, bytes(store.group(1)));
        } else if (operands.name().equals("lr")) {
            loadReserved(operands);
        } else if (operands.name().equals("sc")) {
            storeConditional(operands);
        } else if (amo.matches()) {
            atomic(operands, amo.group(1));
        } else {
            return false;
        }
        return true;
    }

    private static int bytes(String letter) {
        return BYTES.getOrDefault(letter, 8);
    }

    private static void load(Operands operands, int bytes, boolean unsigned) {
        operands.statement().expectOperands(2);
        Address from = operands.thread().place(operands.address(1, true), bytes);
        Expr.Local to = operands.write(0);
        operands.thread().emit(new Instruction.Load(to, from, order(operands, 0), false));
        if (unsigned && bytes < 8) {
            operands.assign(0, ThreadBuilder.unsigned(to, bytes));
        }
    }

    private static void store(Operands operands, int bytes) {
        operands.statement().expectOperands(2);
        Expr value = operands.thread().narrow(operands.read(0), bytes);
        Address to = operands.thread().place(operands.address(1, true), bytes);
        operands.thread().emit(new Instruction.Store(to, value, order(operands, 0), null));
    }

    private static void loadReserved(Operands operands) {
        operands.statement().expectOperands(2);
        Address from = operands.thread().place(operands.address(1, false), atomicBytes(operands));
        operands.thread()
                .emit(new Instruction.Load(operands.write(0), from, order(operands, 1), true));
    }

    private static void storeConditional(Operands operands) {
        operands.statement().expectOperands(3);
        int bytes = atomicBytes(operands);
        Expr value = operands.thread().narrow(operands.read(1), bytes);
        Address to = operands.thread().place(operands.address(2, false), bytes);
        operands.thread()
                .emit(new Instruction.Store(to, value, order(operands, 1), operands.write(0)));
    }

    private static void atomic(Operands operands, String name) {
        operands.statement().expectOperands(3);
        int bytes = atomicBytes(operands);
        Operator operator = OPERATORS.getOrDefault(name, Operator.SECOND);
        Expr operand = operands.thread().narrow(operands.read(1), bytes);
        Address place = operands.thread().place(operands.address(2, false), bytes);
        operands.thread()
                .emit(
                        new Instruction.Update(
                                operands.isZero(0) ? null : operands.write(0),
                                place,
                                Change.ARITHMETIC,
                                operator == Operator.ADD && bytes == 4
                                        ? Operator.ADD_INT
                                        : operator,
                                Expr.of(0),
                                operand,
                                order(operands, 1)));
    }

    private static int atomicBytes(Operands operands) {
        String size = operands.suffixes().isEmpty() ? "" : operands.suffixes().getFirst();
        return switch (size) {
            case "w" -> 4;
            case "d" -> 8;
            default -> throw operands.statement().malformed("no size (expected: .w or .d)");
        };
    }

    /** {@return the order that the suffixes ask for} */
    private static Order order(Operands operands, int from) {
        String suffixes =
                String.join(".", operands.suffixes().subList(from, operands.suffixes().size()));
        return switch (suffixes) {
            case "" -> Order.PLAIN;
            case "aq" -> Order.ACQUIRE;
            case "rl" -> Order.RELEASE;
            case "aq.rl", "aqrl" -> Order.ACQUIRE_RELEASE;
            default ->
                    throw operands.statement()
                            .malformed("." + suffixes + " (expected: .aq, .rl or .aq.rl)");
        };
    }
}
