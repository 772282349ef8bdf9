// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import dev.cpulocal.lab.internal.litmus.aarch64.AArch64;
import dev.cpulocal.lab.internal.litmus.riscv.RiscV;
import dev.cpulocal.lab.internal.litmus.x86.X86;
import dev.cpulocal.lab.internal.litmus.x86.X8664;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The instruction sets that tests can be written in. */
final class Architectures {
    private static final Map<String, Architecture> BY_WORD =
            Map.of(
                    "X86", new X86(),
                    "X86_64", new X8664(),
                    "AArch64", new AArch64(),
                    "RISCV", new RiscV());

    private Architectures() {}

    /** {@return the instruction set of the first word of a file, or null} */
    static @Nullable Architecture of(String word) {
        return BY_WORD.get(word);
    }
}
