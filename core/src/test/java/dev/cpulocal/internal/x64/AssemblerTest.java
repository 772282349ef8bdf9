// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal.x64;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.cpulocal.Thrown;
import dev.cpulocal.internal.Code;
import dev.cpulocal.internal.x64.Assembler.Arithmetic;
import dev.cpulocal.internal.x64.Assembler.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each instruction with all its registers, widths, displacements and constants, against as. */
class AssemblerTest {

    private static final int[] WIDTHS = {1, 2, 4, 8};
    private static final int[] SCALES = {1, 2, 4, 8};
    private static final int[] DISPLACEMENTS = {
        0, 1, -1, 127, 128, -128, -129, 4096, Integer.MAX_VALUE, Integer.MIN_VALUE
    };
    private static final int[] CONSTANTS = {
        0, 1, -1, 127, 128, -128, -129, 255, 65_535, Integer.MAX_VALUE, Integer.MIN_VALUE
    };

    private static void assertSameBytes(Consumer<Assembler> instructions) throws Exception {
        GnuAs.assertSameBytes(List.of(assemble(instructions)));
    }

    private static Code assemble(Consumer<Assembler> instructions) {
        Assembler asm = new Assembler();
        instructions.accept(asm);
        return asm.assemble();
    }

    /** All operands that an instruction can be given. */
    private static List<Memory> operands() {
        List<Memory> operands = new ArrayList<>();
        for (int displacement : DISPLACEMENTS) {
            operands.add(Memory.threadLocal(displacement));
            for (Register base : Register.values()) {
                operands.add(Memory.at(base, displacement));
            }
        }
        for (Register index : Register.values()) {
            if (index == Register.RSP) {
                continue; // it cannot be an index
            }
            for (Register base : Register.values()) {
                addScaled(operands, base, index, 8);
                addScaled(operands, base, index, -300);
            }
            addScaled(operands, null, index, 0);
            addScaled(operands, null, index, 100_000);
        }
        return operands;
    }

    private static void addScaled(
            List<Memory> operands, @Nullable Register base, Register index, int displacement) {
        for (int scale : SCALES) {
            // Without a base, a scale of 1 would be a base, and as takes it for one.
            if (base != null || scale > 1) {
                operands.add(new Memory(base, index, scale, displacement));
            }
        }
    }

    @Test
    void loadsAndStoresAreEncodedAsGnuAsDoes() throws Exception {
        assertSameBytes(asm -> {
            for (Memory memory : operands()) {
                for (int width : WIDTHS) {
                    for (Register register : List.of(Register.RAX, Register.R11)) {
                        asm.load(register, memory, width);
                        asm.store(memory, register, width);
                        asm.addToMemory(memory, register, width);
                    }
                }
            }
        });
    }

    @Test
    void everyRegisterHasItsNameInEveryWidth() throws Exception {
        assertSameBytes(asm -> {
            for (Register register : Register.values()) {
                for (int width : WIDTHS) {
                    asm.load(register, Memory.at(Register.RDI, 8), width);
                    asm.store(Memory.at(Register.R9, 8), register, width);
                    asm.addToMemory(Memory.at(Register.RSI, Register.R10, 0), register, width);
                }
            }
        });
    }

    @Test
    void addressesAreEncodedAsGnuAsDoes() throws Exception {
        assertSameBytes(asm -> {
            asm.label("here");
            for (Register register : Register.values()) {
                asm.leaRip(register, "here");
                asm.leaRip(register, "there");
            }
            for (Memory memory : operands()) {
                if (!memory.isThreadLocal()) {
                    asm.lea(Register.RDX, memory);
                    asm.lea(Register.R15, memory);
                }
            }
            asm.label("there");
        });
    }

    @Test
    void comparisonsWithMemoryAreEncodedAsGnuAsDoes() throws Exception {
        assertSameBytes(asm -> {
            for (Memory memory : operands()) {
                for (int constant : new int[] {0, 1, -1, 127, -128}) {
                    asm.compareMemory(memory, 4, constant);
                    asm.compareMemory(memory, 8, constant);
                }
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void arithmeticIsEncodedAsGnuAsDoes(Arithmetic operation) throws Exception {
        assertSameBytes(asm -> {
            for (Register left : Register.values()) {
                for (Register right : Register.values()) {
                    asm.arithmetic(operation, left, right);
                }
                for (int constant : CONSTANTS) {
                    asm.arithmetic(operation, left, constant, true);
                    asm.arithmetic(operation, left, constant, false);
                }
            }
        });
    }

    @Test
    void movesBetweenRegistersAreEncodedAsGnuAsDoes() throws Exception {
        assertSameBytes(asm -> {
            for (Register to : Register.values()) {
                asm.zero(to);
                asm.test(to);
                for (Register from : Register.values()) {
                    asm.move(to, from);
                }
            }
        });
    }

    @ParameterizedTest
    @ValueSource(
            longs = {
                0,
                1,
                -1,
                127,
                -128,
                0x7FFF_FFFFL,
                0x8000_0000L,
                0xFFFF_FFFFL,
                0x1_0000_0000L,
                -0x8000_0000L,
                -0x8000_0001L,
                Long.MIN_VALUE,
                Long.MAX_VALUE
            })
    void constantsAreEncodedAsGnuAsDoes(long constant) throws Exception {
        assertSameBytes(asm -> {
            for (Register to : Register.values()) {
                asm.moveConstant(to, constant);
            }
        });
    }

    @Test
    void shiftsAreEncodedAsGnuAsDoes() throws Exception {
        assertSameBytes(asm -> {
            for (Register register : Register.values()) {
                for (int count = 0; count < 64; count++) {
                    asm.shift(true, register, count);
                    asm.shift(false, register, count);
                }
            }
        });
    }

    @Test
    void oddOnesAreEncodedAsGnuAsDoes() throws Exception {
        assertSameBytes(asm -> {
            asm.ret();
            asm.align(64);
            asm.syscall();
            asm.reserve(32);
            asm.signature(0x5305_3053);
            asm.signature(-1);
            asm.align(16);
        });
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"RCX_ZERO", "LOOP"})
    void jumpsAreShortAsLongAsTheyReach(Condition condition) throws Exception {
        for (int gap = 120; gap <= 135; gap++) {
            Code forward = jumpOver(condition, gap);
            Code backward = jumpBackOver(condition, gap);
            GnuAs.assertSameBytes(List.of(forward, backward));
            int far = condition == Condition.ALWAYS ? 5 : 6;
            assertEquals(gap + (gap <= 127 ? 2 : far), forward.bytes().length);
            assertEquals(gap + (gap + 2 <= 128 ? 2 : far), backward.bytes().length);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"RCX_ZERO", "LOOP"})
    void jumpsThatAreAlwaysShortAreRefusedOutOfReach(Condition condition) throws Exception {
        GnuAs.assertSameBytes(List.of(jumpOver(condition, 127), jumpBackOver(condition, 126)));

        String expected = "(expected: -128 to 127)";
        Thrown.assertThrown(
                IllegalStateException.class,
                " target: 128 bytes " + expected,
                () -> jumpOver(condition, 128));
        Thrown.assertThrown(
                IllegalStateException.class,
                " target: -129 bytes " + expected,
                () -> jumpBackOver(condition, 127));
    }

    private static Code jumpOver(Condition condition, int bytes) {
        return assemble(asm -> {
            asm.jump(condition, "target");
            asm.reserve(bytes);
            asm.label("target");
        });
    }

    private static Code jumpBackOver(Condition condition, int bytes) {
        return assemble(asm -> {
            asm.label("target");
            asm.reserve(bytes);
            asm.jump(condition, "target");
        });
    }

    @Test
    void hookSeesEachInstructionThatFollowsButNotItsOwn() throws Exception {
        Assembler asm = new Assembler();
        asm.ret();
        asm.beforeEach(() -> {
            asm.origin("hook");
            asm.zero(Register.RAX);
            asm.leaRip(Register.RAX, "end");
            asm.jump(Condition.ALWAYS, "end");
        });
        asm.origin("first");
        asm.ret();
        asm.unseen(asm::ret);
        asm.jump(Condition.ALWAYS, "end");
        asm.leaRip(Register.RAX, "end");
        asm.label("end");
        asm.beforeEach(null);
        asm.ret();
        Code code = asm.assemble();

        GnuAs.assertSameBytes(List.of(code));
        List<Boolean> seen =
                code.lines().stream()
                        .map(Code.Line::origin)
                        .filter(origin -> !origin.isEmpty())
                        .map("hook"::equals)
                        .toList();
        assertEquals(List.of(true, false, true, true), seen);
        assertEquals("first", code.lines().get(4).origin());
        assertEquals("ret", code.lines().get(4).text());
    }

    @Test
    void jumpThatGrowsPushesAnotherOutOfReach() throws Exception {
        Code code =
                assemble(asm -> {
                    asm.jump(Condition.EQUAL, "end");
                    asm.reserve(60);
                    asm.jump(Condition.BELOW, "far");
                    asm.reserve(63);
                    asm.label("end");
                    asm.reserve(200);
                    asm.label("far");
                });

        GnuAs.assertSameBytes(List.of(code));
        assertEquals(6, code.lines().getFirst().bytes().length);
    }

    @Test
    void jumpOverAnAlignmentHitsItsTarget() throws Exception {
        assertSameBytes(asm -> {
            for (int i = 0; i < 64; i++) {
                asm.jump(Condition.ALWAYS, "end");
                asm.jump(Condition.ABOVE, "end");
                asm.align(32);
                asm.ret();
            }
            asm.label("end");
        });
    }

    @Test
    void jumpToNowhereIsAnError() {
        Assembler asm = new Assembler();
        asm.jump(Condition.ALWAYS, "nowhere");

        Thrown.assertThrown(IllegalStateException.class, "nowhere", asm::assemble);
    }
}
