// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal.x64;

import static dev.cpulocal.internal.x64.Register.R10;
import static dev.cpulocal.internal.x64.Register.RAX;
import static dev.cpulocal.internal.x64.Register.RDI;
import static dev.cpulocal.internal.x64.Register.RDX;
import static dev.cpulocal.internal.x64.Register.RSI;

import dev.cpulocal.Result;
import dev.cpulocal.Sequence;
import dev.cpulocal.internal.Code;
import dev.cpulocal.internal.Machine;
import dev.cpulocal.internal.RseqAbi;
import dev.cpulocal.internal.Target;
import dev.cpulocal.internal.x64.Assembler.Arithmetic;
import dev.cpulocal.internal.x64.Assembler.Condition;

/** x86-64 with the System V calling convention. */
public final class X64 implements Machine {

    @Override
    public Code emit(Sequence sequence, Target target) {
        return Emitter.emit(sequence, target);
    }

    @Override
    public Code readThreadLocal(int offset) {
        Assembler asm = new Assembler();
        asm.label("entry");
        asm.load(RAX, Memory.threadLocal(offset), 4);
        asm.ret();
        return asm.assemble();
    }

    @Override
    public Code registerThread(int areaOffset, int systemCall) {
        // long f(rdi length, rsi flags, rdx signature)  ->  rseq(rdi area, rsi length, rdx flags,
        // r10 signature)
        Assembler asm = new Assembler();
        asm.label("entry");
        asm.move(R10, RDX);
        asm.move(RDX, RSI);
        asm.move(RSI, RDI);
        asm.origin("the thread pointer is at fs:[0] (System V ABI, TLS variant II)");
        asm.load(RDI, Memory.threadLocal(0), 8);
        asm.arithmetic(Arithmetic.ADD, RDI, areaOffset, true);
        asm.moveConstant(RAX, systemCall);
        asm.syscall();
        asm.ret();
        return asm.assemble();
    }

    @Override
    public Code waitingSection(int areaOffset, int signature) {
        Assembler asm = new Assembler();
        asm.label("descriptor");
        asm.reserve(RseqAbi.DESCRIPTOR_BYTES);
        asm.align(64);
        asm.label("entry");
        asm.leaRip(RAX, "descriptor");
        asm.store(Memory.threadLocal(areaOffset + RseqAbi.RSEQ_CS), RAX, 8);
        asm.label("start");
        asm.load(RAX, Memory.at(RSI, 0), 8);
        asm.moveConstant(R10, 1);
        asm.store(Memory.at(RDI, 0), R10, 8);
        asm.label("wait");
        asm.load(R10, Memory.at(RSI, 0), 8);
        asm.arithmetic(Arithmetic.CMP, R10, RAX);
        asm.jump(Condition.NOT_EQUAL, "changed");
        asm.arithmetic(Arithmetic.SUB, RDX, 1, true);
        asm.jump(Condition.NOT_EQUAL, "wait");
        asm.label("commit");
        asm.zero(RAX);
        asm.ret();
        asm.label("changed");
        asm.moveConstant(RAX, 1);
        asm.ret();
        asm.signature(signature);
        asm.label("abort");
        asm.moveConstant(RAX, Result.ABORTED);
        asm.ret();
        return asm.assemble();
    }

    @Override
    public Code doNothing() {
        Assembler asm = new Assembler();
        asm.label("entry");
        asm.ret();
        return asm.assemble();
    }
}
