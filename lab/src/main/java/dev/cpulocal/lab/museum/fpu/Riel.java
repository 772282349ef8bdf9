// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

/** Who said what about the series of October 2016. */
final class Riel {

    static final String AUTHOR = "Rik van Riel";
    static final String POSTED = "1 October 2016";
    static final String KERNELS = "none: the series was not merged";

    private Riel() {}

    /** {@return the source of a patch, 0 to 5, or of an answer to it} */
    static String patch(int number) {
        return "PATCH RFC " + number + "/5, " + title(number) + ", linux-kernel";
    }

    private static String title(int number) {
        return switch (number) {
            case 0 -> "x86,fpu: make FPU context switching much lazier";
            case 1 -> "x86,fpu: split prev/next task fpu state handling";
            case 2 -> "x86,fpu: delay FPU register loading until switch to userspace";
            case 3 -> "x86,fpu: add kernel fpu argument to __kernel_fpu_begin";
            case 4 -> "x86,fpu: lazily skip FPU restore when still loaded";
            default -> "x86,fpu: kinda sorta fix up signal path";
        };
    }
}
