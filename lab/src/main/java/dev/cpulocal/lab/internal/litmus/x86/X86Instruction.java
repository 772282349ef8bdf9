// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus.x86;

import dev.cpulocal.lab.internal.litmus.Statement;
import java.util.List;

/**
 * An instruction, whichever way it was written.
 *
 * @param statement where it stands
 * @param name its name without a size, in capitals
 * @param bytes how many bytes it works on
 * @param locked whether it has the prefix LOCK
 * @param target the label it jumps to; empty if it does not
 * @param operands the operands, the destination first
 */
record X86Instruction(
        Statement statement,
        String name,
        int bytes,
        boolean locked,
        String target,
        List<Operand> operands) {

    /** {@return an operand} */
    Operand operand(int index) {
        if (index >= operands.size()) {
            throw statement.malformed("operand " + (index + 1) + " is missing");
        }
        return operands.get(index);
    }

    /** Checks the number of operands. */
    void expectOperands(int count) {
        if (operands.size() != count) {
            throw statement.malformed(operands.size() + " operands (expected: " + count + ")");
        }
    }
}
