// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus.x86;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The general registers of 64 bits, and the names of their parts. */
final class Registers64 {
    private static final List<String> NAMES =
            List.of(
                    "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp", "r8", "r9", "r10",
                    "r11", "r12", "r13", "r14", "r15", "rip", "cs");

    private static final Map<String, Operand.Register> PARTS = new HashMap<>();

    static {
        for (String name : NAMES) {
            add(name, name, 8, 0);
        }
        for (String name : List.of("ax", "bx", "cx", "dx", "si", "di", "bp", "sp")) {
            add("e" + name, "r" + name, 4, 0);
            add(name, "r" + name, 2, 0);
        }
        for (String letter : List.of("a", "b", "c", "d")) {
            add(letter + "l", "r" + letter + "x", 1, 0);
            add(letter + "h", "r" + letter + "x", 1, 8);
        }
        for (String name : List.of("si", "di", "bp", "sp")) {
            add(name + "l", "r" + name, 1, 0);
        }
        for (int i = 8; i < 16; i++) {
            add("r" + i + "d", "r" + i, 4, 0);
            add("r" + i + "w", "r" + i, 2, 0);
            add("r" + i + "b", "r" + i, 1, 0);
        }
    }

    private Registers64() {}

    private static void add(String part, String name, int bytes, int shift) {
        PARTS.put(part, new Operand.Register(name, bytes, shift));
    }

    /** {@return the part of a register that a name stands for, or null} */
    static Operand.@Nullable Register of(String name) {
        return PARTS.get(name);
    }

    /** {@return the place of a register in lists} */
    static int number(String name) {
        return NAMES.indexOf(name);
    }
}
