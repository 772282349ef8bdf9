// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus.aarch64;

import dev.cpulocal.lab.internal.litmus.RegisterNames;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A register as an instruction names it.
 *
 * @param name the name of all of its 64 bits; {@code XZR} is always 0
 * @param bytes how many bytes the instruction uses: 4 or 8
 */
record Register(String name, int bytes) {
    private static final Pattern NAME = Pattern.compile("([XW])([12]?\\d|30)");
    private static final String ZERO = "XZR";

    /** In initial and final states, registers have all their bits. */
    static final RegisterNames NAMES =
            new RegisterNames() {
                @Override
                public @Nullable String canonical(String name) {
                    Register register = of(name);
                    return register == null || register.bytes != 8 ? null : register.name;
                }

                @Override
                public int compare(String left, String right) {
                    return Integer.compare(number(left), number(right));
                }
            };

    /** {@return the register of a name, or null} */
    static @Nullable Register of(String name) {
        String capitals = name.toUpperCase(Locale.ROOT);
        Matcher matcher = NAME.matcher(capitals);
        if (matcher.matches()) {
            return new Register("X" + matcher.group(2), capitals.startsWith("X") ? 8 : 4);
        }
        return switch (capitals) {
            case "LR" -> new Register("X30", 8);
            case "SP", "XZR" -> new Register(capitals, 8);
            case "WZR" -> new Register(ZERO, 4);
            default -> null;
        };
    }

    private static int number(String name) {
        return NAME.matcher(name).matches() ? Integer.parseInt(name.substring(1)) : -1;
    }

    /** {@return whether it is always 0} */
    boolean isZero() {
        return name.equals(ZERO);
    }
}
