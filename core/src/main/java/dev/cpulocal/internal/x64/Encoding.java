// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal.x64;

import java.util.Arrays;

/** The bytes of one instruction. */
final class Encoding {
    private byte[] bytes = new byte[16];
    private int size;

    Encoding bytes(int... values) {
        for (int value : values) {
            if (size == bytes.length) {
                bytes = Arrays.copyOf(bytes, size * 2);
            }
            bytes[size++] = (byte) value;
        }
        return this;
    }

    Encoding raw(byte[] values) {
        for (byte value : values) {
            bytes(value);
        }
        return this;
    }

    Encoding int32(int value) {
        return bytes(value, value >> 8, value >> 16, value >> 24);
    }

    Encoding int64(long value) {
        return int32((int) value).int32((int) (value >> 32));
    }

    byte[] get() {
        return Arrays.copyOf(bytes, size);
    }

    /** REX, if any bit of it is needed or a byte register asks for it. */
    Encoding rex(boolean wide, int reg, int index, int base, boolean always) {
        int rex = (wide ? 8 : 0) | reg << 2 | index << 1 | base;
        return rex != 0 || always ? bytes(0x40 | rex) : this;
    }

    /** Opcode with two registers: {@code rm op= reg}. */
    Encoding register(boolean wide, Register reg, Register rm, int opcode) {
        return rex(wide, reg.high(), 0, rm.high(), false)
                .bytes(opcode, 0xC0 | reg.low() << 3 | rm.low());
    }

    /** Opcode with a register of 1, 2, 4 or 8 bytes and memory; the low bit says "not a byte". */
    Encoding sized(int width, Register reg, Memory memory, int opcode) {
        segment(memory);
        if (width == 2) {
            bytes(0x66);
        }
        boolean byteRegister = width == 1 && reg.number() >= 4;
        return operands(
                width == 8, byteRegister, reg.number(), memory, width == 1 ? opcode : opcode | 1);
    }

    /** Opcode with a register, or an extension of the opcode, and memory. */
    Encoding memory(boolean wide, boolean byteRegister, int reg, Memory memory, int... opcode) {
        return segment(memory).operands(wide, byteRegister, reg, memory, opcode);
    }

    /** The prefix that comes before all others. */
    private Encoding segment(Memory memory) {
        return memory.isThreadLocal() ? bytes(0x64) : this;
    }

    private Encoding operands(
            boolean wide, boolean byteRegister, int reg, Memory memory, int... opcode) {
        Register base = memory.base();
        Register index = memory.index();
        rex(
                wide,
                reg >> 3,
                index == null ? 0 : index.high(),
                base == null ? 0 : base.high(),
                byteRegister);
        bytes(opcode);
        int middle = (reg & 7) << 3;
        int scale = Integer.numberOfTrailingZeros(memory.scale()) << 6;
        int displacement = memory.displacement();
        if (base == null) {
            return bytes(middle | 4, scale | (index == null ? 4 : index.low()) << 3 | 5)
                    .int32(displacement);
        }
        int mode =
                displacement == 0 && base.low() != 5
                        ? 0x00
                        : displacement == (byte) displacement ? 0x40 : 0x80;
        if (index == null && base.low() != 4) {
            bytes(mode | middle | base.low());
        } else {
            bytes(mode | middle | 4, scale | (index == null ? 4 : index.low()) << 3 | base.low());
        }
        return switch (mode) {
            case 0x40 -> bytes(displacement);
            case 0x80 -> int32(displacement);
            default -> this;
        };
    }
}
