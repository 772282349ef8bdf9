// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal.x64;

import org.jspecify.annotations.Nullable;

/**
 * A memory operand: {@code [base + index × scale + displacement]}, in the FS segment if neither
 * register is given.
 */
record Memory(@Nullable Register base, @Nullable Register index, int scale, int displacement) {

    static Memory at(Register base, int displacement) {
        return new Memory(base, null, 1, displacement);
    }

    static Memory at(Register base, Register index, int displacement) {
        return new Memory(base, index, 1, displacement);
    }

    /** Relative to the thread pointer. */
    static Memory threadLocal(int displacement) {
        return new Memory(null, null, 1, displacement);
    }

    boolean isThreadLocal() {
        return base == null && index == null;
    }

    @Override
    public String toString() {
        if (isThreadLocal()) {
            return "fs:[" + displacement + "]";
        }
        StringBuilder text = new StringBuilder("[");
        if (base != null) {
            text.append(base);
        }
        if (index != null) {
            text.append(base == null ? "" : "+").append(index);
            text.append(base == null || scale != 1 ? "*" + scale : "");
        }
        if (displacement != 0 || base == null) {
            text.append(displacement < 0 ? "" : "+").append(displacement);
        }
        return text.append("]").toString();
    }
}
