// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus.aarch64;

import dev.cpulocal.lab.internal.machine.Instruction;
import java.util.Locale;

/**
 * Barriers. All observers are in one shareability domain. What comes after a {@code DSB}, whatever
 * it is, waits for it.
 */
final class Barriers {
    private static final int ALL = Instruction.READS | Instruction.WRITES;

    private Barriers() {}

    /** {@return whether this is such an instruction; then it is translated} */
    static boolean translate(Operands operands) {
        switch (operands.name()) {
            case "DMB" -> fence(operands, Instruction.WRITES);
            case "DSB" -> fence(operands, ALL);
            case "ISB" -> operands.thread().emit(new Instruction.ContextFence());
            case "NOP", "HINT", "YIELD", "PRFM", "PRFUM" -> {}
            default -> {
                return false;
            }
        }
        return true;
    }

    private static void fence(Operands operands, int afterStores) {
        operands.statement().expectOperands(1);
        Instruction fence =
                switch (operands.statement().operand(0).toUpperCase(Locale.ROOT)) {
                    case "SY", "ISH", "OSH" -> new Instruction.Fence(ALL, ALL);
                    case "LD", "ISHLD", "OSHLD" -> new Instruction.Fence(Instruction.READS, ALL);
                    case "ST", "ISHST", "OSHST" ->
                            new Instruction.Fence(Instruction.WRITES, afterStores);
                    case "NSH", "NSHLD", "NSHST" ->
                            throw operands.statement()
                                    .refusal("barriers for a domain of one CPU are not covered");
                    default ->
                            throw operands.statement()
                                    .malformed(
                                            operands.statement().operand(0)
                                                    + " (expected: SY, LD, ST, ISH…)");
                };
        operands.thread().emit(fence);
    }
}
