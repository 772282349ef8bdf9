// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus.riscv;

import dev.cpulocal.lab.internal.litmus.RegisterNames;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The registers, by number and by what calling conventions call them. */
final class Registers {
    static final String ZERO = "x0";

    private static final List<String> CONVENTIONAL =
            List.of(
                    "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2",
                    "a3", "a4", "a5", "a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9",
                    "s10", "s11", "t3", "t4", "t5", "t6");

    private static final Map<String, Integer> NUMBERS = new HashMap<>();

    static {
        for (int i = 0; i < CONVENTIONAL.size(); i++) {
            NUMBERS.put(CONVENTIONAL.get(i), i);
            NUMBERS.put("x" + i, i);
        }
        NUMBERS.put("fp", 8);
    }

    static final RegisterNames NAMES =
            new RegisterNames() {
                @Override
                public @Nullable String canonical(String name) {
                    Integer number = NUMBERS.get(name.toLowerCase(Locale.ROOT));
                    return number == null ? null : "x" + number;
                }

                @Override
                public int compare(String left, String right) {
                    return Integer.compare(
                            Integer.parseInt(left.substring(1)),
                            Integer.parseInt(right.substring(1)));
                }
            };

    private Registers() {}
}
