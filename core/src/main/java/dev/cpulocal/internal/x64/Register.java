// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal.x64;

import java.util.Locale;

/** The general registers, in the order of their numbers (Intel SDM 2, table 2-2). */
enum Register {
    RAX(0),
    RCX(1),
    RDX(2),
    RBX(3),
    RSP(4),
    RBP(5),
    RSI(6),
    RDI(7),
    R8(8),
    R9(9),
    R10(10),
    R11(11),
    R12(12),
    R13(13),
    R14(14),
    R15(15);

    private final int number;

    Register(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    /** The low three bits of the number, as ModRM and SIB hold them. */
    int low() {
        return number & 7;
    }

    /** The high bit of the number, as REX holds it. */
    int high() {
        return number >> 3;
    }

    /** The name of its low bytes: 1, 2, 4 or 8 of them. */
    String name(int bytes) {
        String name = name().toLowerCase(Locale.ROOT);
        if (number >= 8) {
            return switch (bytes) {
                case 1 -> name + "b";
                case 2 -> name + "w";
                case 4 -> name + "d";
                default -> name;
            };
        }
        String letters = name.substring(1);
        return switch (bytes) {
            case 1 -> letters.endsWith("x") ? letters.charAt(0) + "l" : letters + "l";
            case 2 -> letters;
            case 4 -> "e" + letters;
            default -> name;
        };
    }

    @Override
    public String toString() {
        return name(8);
    }
}
