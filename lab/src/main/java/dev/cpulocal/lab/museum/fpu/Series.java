// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

/** How many patches of the series of 1 October 2016 are applied to Linux 4.8. */
enum Series {
    /** None. */
    LINUX_4_8(0),
    /** "split prev/next task fpu state handling". */
    PATCH_1(1),
    /** "delay FPU register loading until switch to userspace", too. */
    PATCHES_1_2(2),
    /** "add kernel fpu argument to __kernel_fpu_begin", too. */
    PATCHES_1_3(3),
    /** "lazily skip FPU restore when still loaded", too: said to be broken. */
    PATCHES_1_4(4),
    /** "kinda sorta fix up signal path", too. */
    PATCHES_1_5(5),
    /** All, and what they lack of the rules that Linux 5.2 came to have. */
    REPAIRED(5);

    private final int patches;

    Series(int patches) {
        this.patches = patches;
    }

    boolean has(int patch) {
        return patch <= patches;
    }

    boolean repaired() {
        return this == REPAIRED;
    }
}
