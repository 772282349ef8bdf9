// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus.aarch64;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Order;
import dev.cpulocal.lab.internal.litmus.ThreadBuilder;
import dev.cpulocal.lab.internal.machine.Address;
import dev.cpulocal.lab.internal.machine.Instruction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Loads and stores of one register. */
final class Accesses {
    private static final Pattern LOAD = Pattern.compile("LDU?R(S?)([BHW]?)");
    private static final Pattern ORDERED_LOAD = Pattern.compile("LD(AR|APU?R|XR|AXR|LAR)([BH]?)");
    private static final Pattern STORE = Pattern.compile("STU?R([BH]?)");
    private static final Pattern ORDERED_STORE = Pattern.compile("STLU?R([BH]?)");
    private static final Pattern EXCLUSIVE_STORE = Pattern.compile("ST(L?)XR([BH]?)");

    private Accesses() {}

    /** {@return whether this is such an instruction; then it is translated} */
    static boolean translate(Operands operands) {
        Matcher load = LOAD.matcher(operands.name());
        Matcher orderedLoad = ORDERED_LOAD.matcher(operands.name());
        Matcher store = STORE.matcher(operands.name());
        Matcher orderedStore = ORDERED_STORE.matcher(operands.name());
        Matcher exclusiveStore = EXCLUSIVE_STORE.matcher(operands.name());
        if (load.matches() && isLoad(load.group(1), load.group(2))) {
            load(operands, load.group(2), !load.group(1).isEmpty());
        } else if (orderedLoad.matches()) {
            orderedLoad(operands, orderedLoad.group(1), orderedLoad.group(2));
        } else if (store.matches()) {
            store(operands, store.group(1), Order.PLAIN);
        } else if (orderedStore.matches()) {
            store(operands, orderedStore.group(1), Order.RELEASE);
        } else if (exclusiveStore.matches()) {
            storeExclusive(operands, exclusiveStore.group(1), exclusiveStore.group(2));
        } else {
            return false;
        }
        return true;
    }

    /** {@code LDRS} needs a letter, {@code LDRW} has none. */
    private static boolean isLoad(String signed, String letter) {
        return signed.isEmpty() ? !letter.equals("W") : !letter.isEmpty();
    }

    /** {@return how many bytes the letter at the end of a mnemonic stands for} */
    static int bytes(Operands operands, String letter, Register register) {
        int bytes =
                switch (letter) {
                    case "B" -> 1;
                    case "H" -> 2;
                    case "W" -> 4;
                    default -> register.bytes();
                };
        if (bytes < 4 && register.bytes() != 4) {
            throw operands.statement().malformed(register.name() + " (expected: 32 bits)");
        }
        return bytes;
    }

    private static void load(Operands operands, String letter, boolean signed) {
        Register to = operands.register(0);
        int bytes =
                signed
                        ? bytes(operands, letter, new Register(to.name(), 4))
                        : bytes(operands, letter, to);
        Effective from = Effective.of(operands, 1);
        load(operands, to, from.address(), bytes, Order.PLAIN);
        if (signed) {
            extend(operands, to, bytes);
        }
        from.writeBack(operands);
    }

    /** Appends a load into a register. */
    static void load(Operands operands, Register to, Expr from, int bytes, Order order) {
        Address place = operands.thread().place(from, bytes);
        operands.thread().emit(new Instruction.Load(operands.write(to), place, order, false));
    }

    /** Extends what was loaded by its sign. */
    static void extend(Operands operands, Register loaded, int bytes) {
        if (!loaded.isZero()) {
            Expr value = ThreadBuilder.signed(operands.thread().read(loaded.name()), bytes);
            operands.assign(loaded, ThreadBuilder.unsigned(value, loaded.bytes()));
        }
    }

    private static void orderedLoad(Operands operands, String kind, String letter) {
        Register to = operands.register(0);
        int bytes = bytes(operands, letter, to);
        Expr from =
                kind.equals("APUR")
                        ? Effective.of(operands, 1).address()
                        : Effective.plain(operands, 1);
        Order order =
                switch (kind) {
                    case "AR", "AXR" -> Order.ACQUIRE;
                    case "APR", "APUR" -> Order.ACQUIRE_PC;
                    case "XR" -> Order.PLAIN;
                    default -> throw operands.statement().refusal("LORegions are not covered");
                };
        Address place = operands.thread().place(from, bytes);
        operands.thread()
                .emit(new Instruction.Load(operands.write(to), place, order, kind.endsWith("XR")));
    }

    private static void store(Operands operands, String letter, Order order) {
        Register from = operands.register(0);
        int bytes = bytes(operands, letter, from);
        Expr value = operands.read(from);
        boolean plainOnly = order == Order.RELEASE && !operands.name().contains("U");
        if (plainOnly) {
            store(operands, Effective.plain(operands, 1), value, bytes, order);
            return;
        }
        Effective to = Effective.of(operands, 1);
        store(operands, to.address(), value, bytes, order);
        to.writeBack(operands);
    }

    /** Appends a store. */
    static void store(Operands operands, Expr to, Expr value, int bytes, Order order) {
        Expr narrow = bytes < 4 ? ThreadBuilder.unsigned(value, bytes) : value;
        Address place = operands.thread().place(to, bytes);
        operands.thread().emit(new Instruction.Store(place, narrow, order, null));
    }

    private static void storeExclusive(Operands operands, String release, String letter) {
        Register status = operands.register(0, 4);
        Register from = operands.register(1);
        int bytes = bytes(operands, letter, from);
        Expr value = operands.read(from);
        Expr narrow = bytes < 4 ? ThreadBuilder.unsigned(value, bytes) : value;
        Address place = operands.thread().place(Effective.plain(operands, 2), bytes);
        operands.thread()
                .emit(
                        new Instruction.Store(
                                place,
                                narrow,
                                release.isEmpty() ? Order.PLAIN : Order.RELEASE,
                                operands.write(status)));
    }
}
