// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus.riscv;

import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.internal.litmus.Architecture;
import dev.cpulocal.lab.internal.litmus.RegisterNames;
import dev.cpulocal.lab.internal.litmus.Statement;
import dev.cpulocal.lab.internal.litmus.ThreadBuilder;

/** The instructions of RISC-V. */
public final class RiscV implements Architecture {

    @Override
    public MemoryModel model() {
        return MemoryModel.RISCV;
    }

    @Override
    public boolean loadsSigned() {
        return true;
    }

    @Override
    public RegisterNames registers() {
        return Registers.NAMES;
    }

    @Override
    public void translate(Statement statement, ThreadBuilder thread) {
        Operands operands = new Operands(statement, thread);
        boolean known =
                Accesses.translate(operands)
                        || Computation.translate(operands)
                        || Control.translate(operands);
        if (!known) {
            throw statement.refusal("this RISC-V instruction is not covered");
        }
    }
}
