// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal.x64;

import static dev.cpulocal.internal.x64.Register.R10;
import static dev.cpulocal.internal.x64.Register.R11;
import static dev.cpulocal.internal.x64.Register.RAX;
import static dev.cpulocal.internal.x64.Register.RDI;
import static dev.cpulocal.internal.x64.Register.RDX;
import static dev.cpulocal.internal.x64.Register.RSI;

import dev.cpulocal.internal.Code;
import dev.cpulocal.internal.RseqAbi;
import dev.cpulocal.internal.x64.Assembler.Arithmetic;
import dev.cpulocal.internal.x64.Assembler.Condition;

/** Machine code that is wrong on purpose: what finds no fault with it finds no fault. */
public final class Mutants {

    private Mutants() {}

    /**
     * {@return an addition on the current CPU's range that is no restartable sequence, because it
     * stores no descriptor}
     *
     * <p>C type: {@code long f(long base, long offset, long count)}.
     */
    public static Code addWithoutDescriptor(int areaOffset, int strideBytes, int loops) {
        Assembler asm = new Assembler();
        asm.label("entry");
        asm.load(RAX, Memory.threadLocal(areaOffset + RseqAbi.CPU_ID), 4);
        asm.shift(true, RAX, Integer.numberOfTrailingZeros(strideBytes));
        asm.arithmetic(Arithmetic.ADD, RAX, RDI);
        delay(asm, "first", loops);
        asm.load(R10, Memory.at(RAX, RSI, 0), 8);
        delay(asm, "second", loops);
        asm.arithmetic(Arithmetic.ADD, R10, RDX);
        asm.store(Memory.at(RAX, RSI, 0), R10, 8);
        asm.zero(RAX);
        asm.ret();
        return asm.assemble();
    }

    private static void delay(Assembler asm, String label, int loops) {
        asm.moveConstant(R11, loops);
        asm.label(label);
        asm.arithmetic(Arithmetic.SUB, R11, 1, true);
        asm.jump(Condition.NOT_EQUAL, label);
    }
}
