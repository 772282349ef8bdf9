// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal.x64;

import static dev.cpulocal.internal.x64.Register.R10;
import static dev.cpulocal.internal.x64.Register.R11;
import static dev.cpulocal.internal.x64.Register.RAX;
import static dev.cpulocal.internal.x64.Register.RDI;
import static dev.cpulocal.internal.x64.Register.RDX;
import static dev.cpulocal.internal.x64.Register.RSI;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.cpulocal.Sequence;
import dev.cpulocal.Value.Kind;
import dev.cpulocal.internal.Code;
import dev.cpulocal.internal.CodeMemory;
import dev.cpulocal.internal.Engine;
import dev.cpulocal.internal.Libc;
import dev.cpulocal.internal.RseqAbi;
import dev.cpulocal.internal.RseqRuntime;
import dev.cpulocal.internal.Target;
import dev.cpulocal.internal.x64.Assembler.Arithmetic;
import dev.cpulocal.internal.x64.Assembler.Condition;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.stream.Stream;

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

    /** {@return a section whose store of the descriptor's address is left out} */
    public static Code withoutDescriptor(Code code) {
        byte[] bytes = code.bytes().clone();
        Code.Line store =
                code.lines().stream()
                        .filter(line -> line.text().matches("mov qword ptr fs:.*, rax"))
                        .findFirst()
                        .orElseThrow();
        int end = store.offset() + store.bytes().length;
        if (end != code.offset("start")) {
            throw new IllegalArgumentException("code: " + store + " (expected: before start)");
        }
        byte nop = (byte) 0x90;
        Arrays.fill(bytes, store.offset(), end, nop);
        return new Code(bytes, code.lines(), code.labels());
    }

    /**
     * {@return a handle on a sequence that is no section, because its descriptor is not stored}
     *
     * <p>It is called as one that {@link Engine#link} makes.
     */
    public static MethodHandle linkWithoutDescriptor(
            Sequence sequence, Engine engine, int strideBytes, int ranges) {
        Target target = RseqRuntime.get().target(engine.index(), strideBytes, ranges);
        Code code = withoutDescriptor(new X64().emit(sequence, target.with(engine.injection())));
        MemoryLayout[] parameters =
                Stream.concat(
                                Stream.of(JAVA_LONG),
                                sequence.parameters().stream()
                                        .map(p -> p.kind() == Kind.SEGMENT ? ADDRESS : JAVA_LONG))
                        .toArray(MemoryLayout[]::new);
        return Libc.linkCritical(
                CodeMemory.publish("mutant", code) + code.offset("entry"),
                FunctionDescriptor.of(JAVA_LONG, parameters));
    }

    private static void delay(Assembler asm, String label, int loops) {
        asm.moveConstant(R11, loops);
        asm.label(label);
        asm.arithmetic(Arithmetic.SUB, R11, 1, true);
        asm.jump(Condition.NOT_EQUAL, label);
    }
}
