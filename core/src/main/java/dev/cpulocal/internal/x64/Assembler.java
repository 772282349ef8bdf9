// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal.x64;

import dev.cpulocal.internal.Code;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Encodes the x86-64 instructions that sequences use, and no others.
 *
 * <p>Encodings follow the Intel SDM, volume 2; where several are possible the choice is GNU as's,
 * so that assembling the listing gives the same bytes, which the tests check for every emitted
 * sequence. Jumps begin short and grow until all targets are in reach.
 */
final class Assembler {

    /** When a jump is made. */
    enum Condition {
        BELOW(0x2, "jb"),
        ABOVE_OR_EQUAL(0x3, "jae"),
        EQUAL(0x4, "je"),
        NOT_EQUAL(0x5, "jne"),
        ABOVE(0x7, "ja"),
        LESS(0xC, "jl"),
        ALWAYS("jmp", 0xEB, 0xE9),
        /** If rcx is 0; reads and changes no flag. Reaches only 127 bytes. */
        RCX_ZERO("jrcxz", 0xE3, 0),
        /** If rcx is not 0 after 1 is subtracted; reads and changes no flag. Reaches the same. */
        LOOP("loop", 0xE2, 0);

        private final String mnemonic;
        private final int shortOpcode;
        private final int farOpcode;

        Condition(int code, String mnemonic) {
            this(mnemonic, 0x70 | code, 0x0F80 | code);
        }

        Condition(String mnemonic, int shortOpcode, int farOpcode) {
            this.mnemonic = mnemonic;
            this.shortOpcode = shortOpcode;
            this.farOpcode = farOpcode;
        }

        /** {@return whether there is a form that reaches everything} */
        boolean reachesFar() {
            return farOpcode != 0;
        }

        private Encoding far() {
            Encoding encoding = new Encoding();
            return farOpcode > 0xFF
                    ? encoding.bytes(farOpcode >> 8, farOpcode)
                    : encoding.bytes(farOpcode);
        }
    }

    /** Arithmetic with the common two-operand encoding; the number is the ModRM extension. */
    enum Arithmetic {
        ADD(0),
        OR(1),
        AND(4),
        SUB(5),
        XOR(6),
        CMP(7);

        private final int extension;

        Arithmetic(int extension) {
            this.extension = extension;
        }

        private String mnemonic() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** One instruction, or an alignment, or a label. A jump has a target and two forms. */
    private static final class Item {
        final String text;
        final String origin;
        final @Nullable String label;
        final @Nullable String target;
        final @Nullable Condition condition;
        byte[] bytes;
        int align;
        boolean far;

        Item(
                String text,
                String origin,
                @Nullable String label,
                @Nullable String target,
                @Nullable Condition condition,
                byte[] bytes) {
            this.text = text;
            this.origin = origin;
            this.label = label;
            this.target = target;
            this.condition = condition;
            this.bytes = bytes;
        }
    }

    private final List<Item> items = new ArrayList<>();
    private String origin = "";
    private @Nullable Runnable hook;

    /** Has something called before each instruction that follows. It may emit some itself. */
    void beforeEach(@Nullable Runnable newHook) {
        hook = newHook;
    }

    /** Emits instructions that {@link #beforeEach} does not see. */
    void unseen(Runnable emit) {
        Runnable seeing = hook;
        String pending = take();
        hook = null;
        emit.run();
        hook = seeing;
        origin = pending;
    }

    private void announce() {
        if (hook != null) {
            unseen(hook);
        }
    }

    /** Says which pseudo-code the following instructions stand for. */
    void origin(String pseudoCode) {
        origin = pseudoCode;
    }

    void label(String name) {
        items.add(new Item(name + ":", "", name, null, null, new byte[0]));
    }

    /** Pads with {@code int3}, so that running into the padding traps. */
    void align(int bytes) {
        Item item = new Item(".balign " + bytes + ", 0xcc", "", null, null, null, new byte[0]);
        item.align = bytes;
        items.add(item);
    }

    /** Zeros, to be filled in when the address is known. */
    void reserve(int bytes) {
        add(".skip " + bytes, new byte[bytes]);
    }

    void jump(Condition condition, String target) {
        announce();
        items.add(
                new Item(
                        condition.mnemonic + " " + target,
                        take(),
                        null,
                        target,
                        condition,
                        new byte[2]));
    }

    void ret() {
        add("ret", encode(0xC3));
    }

    void syscall() {
        add("syscall", encode(0x0F, 0x05));
    }

    /** {@code ud1 edi, [rip + signature]}: four bytes of signature behind a trapping opcode. */
    void signature(int signature) {
        add(
                "ud1 edi, dword ptr [rip+" + signature + "]",
                new Encoding().bytes(0x0F, 0xB9, 0x3D).int32(signature).get());
    }

    void leaRip(Register to, String target) {
        announce();
        // The displacement is filled in by layOut: the only rip-relative operand there is.
        items.add(
                new Item(
                        "lea " + to + ", [rip+" + target + "]",
                        take(),
                        null,
                        target,
                        null,
                        new Encoding()
                                .bytes(0x48 | to.high() << 2, 0x8D, to.low() << 3 | 5)
                                .int32(0)
                                .get()));
    }

    void lea(Register to, Memory from) {
        add(
                "lea " + to + ", " + from,
                new Encoding().memory(true, false, to.number(), from, 0x8D).get());
    }

    void move(Register to, Register from) {
        add("mov " + to + ", " + from, new Encoding().register(true, from, to, 0x89).get());
    }

    void moveIfLess(Register to, Register from) {
        add(
                "cmovl " + to + ", " + from,
                new Encoding()
                        .rex(true, to.high(), 0, from.high(), false)
                        .bytes(0x0F, 0x4C, 0xC0 | to.low() << 3 | from.low())
                        .get());
    }

    /** The shortest form that leaves the flags alone. */
    void moveConstant(Register to, long value) {
        if (value == (value & 0xFFFF_FFFFL)) {
            add(
                    "mov " + to.name(4) + ", " + value,
                    new Encoding()
                            .rex(false, 0, 0, to.high(), false)
                            .bytes(0xB8 | to.low())
                            .int32((int) value)
                            .get());
        } else if (value == (int) value) {
            add(
                    "mov " + to + ", " + value,
                    new Encoding()
                            .rex(true, 0, 0, to.high(), false)
                            .bytes(0xC7, 0xC0 | to.low())
                            .int32((int) value)
                            .get());
        } else {
            add(
                    "movabs " + to + ", " + value,
                    new Encoding()
                            .rex(true, 0, 0, to.high(), false)
                            .bytes(0xB8 | to.low())
                            .int64(value)
                            .get());
        }
    }

    /** {@code xor r32, r32}; changes the flags. */
    void zero(Register to) {
        add(
                "xor " + to.name(4) + ", " + to.name(4),
                new Encoding().register(false, to, to, 0x31).get());
    }

    /** Loads 1, 2, 4 or 8 bytes, extended with zeros. */
    void load(Register to, Memory from, int bytes) {
        Encoding encoding = new Encoding();
        switch (bytes) {
            case 1 -> encoding.memory(false, false, to.number(), from, 0x0F, 0xB6);
            case 2 -> encoding.memory(false, false, to.number(), from, 0x0F, 0xB7);
            default -> encoding.memory(bytes == 8, false, to.number(), from, 0x8B);
        }
        String mnemonic = bytes < 4 ? "movzx " : "mov ";
        add(mnemonic + to.name(Math.max(bytes, 4)) + ", " + sized(from, bytes), encoding.get());
    }

    void store(Memory to, Register from, int bytes) {
        add(
                "mov " + sized(to, bytes) + ", " + from.name(bytes),
                new Encoding().sized(bytes, from, to, 0x88).get());
    }

    void addToMemory(Memory to, Register value, int bytes) {
        add(
                "add " + sized(to, bytes) + ", " + value.name(bytes),
                new Encoding().sized(bytes, value, to, 0x00).get());
    }

    /** Compares 4 or 8 bytes of memory with a constant of one byte. */
    void compareMemory(Memory left, int bytes, int constant) {
        add(
                "cmp " + sized(left, bytes) + ", " + constant,
                new Encoding().memory(bytes == 8, false, 7, left, 0x83).bytes(constant).get());
    }

    void arithmetic(Arithmetic operation, Register left, Register right) {
        add(
                operation.mnemonic() + " " + left + ", " + right,
                new Encoding().register(true, right, left, operation.extension << 3 | 1).get());
    }

    /** With a constant of 4 bytes, extended with its sign to 8 if the operation is wide. */
    void arithmetic(Arithmetic operation, Register left, int constant, boolean wide) {
        Encoding encoding = new Encoding();
        if (constant == (byte) constant) {
            encoding.rex(wide, 0, 0, left.high(), false)
                    .bytes(0x83, 0xC0 | operation.extension << 3 | left.low(), constant);
        } else if (left == Register.RAX) {
            encoding.rex(wide, 0, 0, 0, false).bytes(operation.extension << 3 | 5).int32(constant);
        } else {
            encoding.rex(wide, 0, 0, left.high(), false)
                    .bytes(0x81, 0xC0 | operation.extension << 3 | left.low())
                    .int32(constant);
        }
        add(operation.mnemonic() + " " + left.name(wide ? 8 : 4) + ", " + constant, encoding.get());
    }

    /** Shifts by 0 to 63. */
    void shift(boolean left, Register register, int count) {
        Encoding encoding = new Encoding().rex(true, 0, 0, register.high(), false);
        int modrm = (left ? 0xE0 : 0xE8) | register.low();
        if (count == 1) {
            encoding.bytes(0xD1, modrm);
        } else {
            encoding.bytes(0xC1, modrm, count);
        }
        add((left ? "shl " : "shr ") + register + ", " + count, encoding.get());
    }

    void test(Register register) {
        add(
                "test " + register + ", " + register,
                new Encoding().register(true, register, register, 0x85).get());
    }

    private static String sized(Memory memory, int bytes) {
        String size =
                switch (bytes) {
                    case 1 -> "byte";
                    case 2 -> "word";
                    case 4 -> "dword";
                    default -> "qword";
                };
        return size + " ptr " + memory;
    }

    private static byte[] encode(int... bytes) {
        return new Encoding().bytes(bytes).get();
    }

    private void add(String text, byte[] bytes) {
        announce();
        items.add(new Item(text, take(), null, null, null, bytes));
    }

    private String take() {
        String taken = origin;
        origin = "";
        return taken;
    }

    /** Lays the instructions out and resolves all targets. */
    Code assemble() {
        Map<String, Integer> labels = layOut();
        while (growJumps(labels)) {
            labels = layOut();
        }
        int offset = 0;
        List<Code.Line> lines = new ArrayList<>();
        Encoding block = new Encoding();
        for (Item item : items) {
            byte[] bytes = encoded(item, offset, labels);
            lines.add(new Code.Line(offset, bytes, item.text, item.origin));
            block.raw(bytes);
            offset += bytes.length;
        }
        return new Code(block.get(), List.copyOf(lines), Map.copyOf(labels));
    }

    private Map<String, Integer> layOut() {
        Map<String, Integer> labels = new LinkedHashMap<>();
        int offset = 0;
        for (Item item : items) {
            if (item.label != null) {
                labels.put(item.label, offset);
            }
            offset += length(item, offset);
        }
        return labels;
    }

    private static int length(Item item, int offset) {
        if (item.align != 0) {
            return -offset & (item.align - 1);
        }
        if (item.condition == null || !item.far) {
            return item.bytes.length;
        }
        return item.condition.far().get().length + Integer.BYTES;
    }

    private boolean growJumps(Map<String, Integer> labels) {
        boolean grown = false;
        int offset = 0;
        for (Item item : items) {
            offset += length(item, offset);
            if (item.condition != null && !item.far) {
                int distance = target(item, labels) - offset;
                item.far = distance != (byte) distance;
                grown |= item.far;
                if (item.far && !item.condition.reachesFar()) {
                    throw new IllegalStateException(
                            item.text + ": " + distance + " bytes (expected: -128 to 127)");
                }
            }
        }
        return grown;
    }

    private static int target(Item item, Map<String, Integer> labels) {
        Integer target = item.target == null ? null : labels.get(item.target);
        if (target == null) {
            throw new IllegalStateException(
                    "label: " + item.target + " (expected: one that is placed)");
        }
        return target;
    }

    private static byte[] encoded(Item item, int offset, Map<String, Integer> labels) {
        if (item.align != 0) {
            byte[] padding = new byte[length(item, offset)];
            Arrays.fill(padding, (byte) 0xCC);
            return padding;
        }
        if (item.target == null) {
            return item.bytes;
        }
        int distance = target(item, labels) - (offset + length(item, offset));
        Condition condition = item.condition;
        if (condition == null) {
            byte[] opcode = Arrays.copyOf(item.bytes, 3);
            return new Encoding().raw(opcode).int32(distance).get();
        }
        return item.far
                ? condition.far().int32(distance).get()
                : encode(condition.shortOpcode, distance);
    }
}
