// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.environment;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.cpulocal.internal.Errno;
import dev.cpulocal.internal.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Seccomp filters that a process puts on all of its threads. */
final class Filter {

    static final int MPROTECT_X64 = 10;
    static final int PROT_EXEC = 4;

    private static final int PRCTL_X64 = 157;
    private static final int SECCOMP_X64 = 317;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int SECCOMP_SET_MODE_FILTER = 1;
    private static final int SECCOMP_FILTER_FLAG_TSYNC = 1;

    private static final short LOAD_WORD = 0x20;
    private static final short JUMP_IF_EQUAL = 0x15;
    private static final short RETURN = 0x06;
    private static final int RETURN_ALLOW = 0x7FFF_0000;
    private static final int RETURN_ERRNO = 0x0005_0000;
    private static final short AND = 0x54;
    private static final int NUMBER = 0;
    private static final int ARGUMENTS = 16;

    private Filter() {}

    /** Makes a system call fail. */
    static void deny(int number, int errno) {
        deny(number, errno, 0, 0, 0);
    }

    /** Makes a system call fail where {@code (argument & mask) == value}. */
    static void deny(int number, int errno, int argument, int mask, int value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment filter = arena.allocate(7 * 8L, 8);
            instruction(filter, 0, LOAD_WORD, 0, NUMBER);
            instruction(filter, 1, JUMP_IF_EQUAL, 4, number);
            instruction(filter, 2, LOAD_WORD, 0, ARGUMENTS + 8 * argument);
            instruction(filter, 3, AND, 0, mask);
            instruction(filter, 4, JUMP_IF_EQUAL, 1, value);
            instruction(filter, 5, RETURN, 0, RETURN_ERRNO | errno);
            instruction(filter, 6, RETURN, 0, RETURN_ALLOW);
            MemorySegment program = arena.allocate(16, 8);
            program.set(JAVA_SHORT, 0, (short) 7);
            program.set(JAVA_LONG, 8, filter.address());
            check(Libc.syscall(PRCTL_X64, PR_SET_NO_NEW_PRIVS, 1, 0, 0));
            check(
                    Libc.syscall(
                            SECCOMP_X64,
                            SECCOMP_SET_MODE_FILTER,
                            SECCOMP_FILTER_FLAG_TSYNC,
                            program.address(),
                            0));
        }
    }

    /** A {@code struct sock_filter}. */
    private static void instruction(
            MemorySegment filter, int index, short code, int ifFalse, int constant) {
        filter.set(JAVA_SHORT, index * 8L, code);
        filter.set(JAVA_BYTE, index * 8L + 3, (byte) ifFalse);
        filter.set(JAVA_INT, index * 8L + 4, constant);
    }

    private static void check(long result) {
        if (result != 0) {
            throw new IllegalStateException(Errno.name((int) -result));
        }
    }
}
