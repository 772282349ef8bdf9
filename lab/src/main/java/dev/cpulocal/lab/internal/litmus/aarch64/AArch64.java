// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus.aarch64;

import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.internal.litmus.Architecture;
import dev.cpulocal.lab.internal.litmus.RegisterNames;
import dev.cpulocal.lab.internal.litmus.Statement;
import dev.cpulocal.lab.internal.litmus.ThreadBuilder;

/** The instructions of AArch64. */
public final class AArch64 implements Architecture {

    @Override
    public MemoryModel model() {
        return MemoryModel.ARMV8;
    }

    @Override
    public boolean loadsSigned() {
        return false;
    }

    @Override
    public RegisterNames registers() {
        return Register.NAMES;
    }

    @Override
    public void translate(Statement statement, ThreadBuilder thread) {
        Operands operands = new Operands(statement, thread);
        boolean known =
                Accesses.translate(operands)
                        || Pairs.translate(operands)
                        || Atomics.translate(operands)
                        || Barriers.translate(operands)
                        || Branches.translate(operands)
                        || Moves.translate(operands)
                        || Arithmetic.translate(operands)
                        || Selection.translate(operands);
        if (!known) {
            throw statement.refusal("this AArch64 instruction is not covered");
        }
    }
}
