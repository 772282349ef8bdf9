// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

/** The error numbers that rseq(2) and membarrier(2) return (Linux {@code asm-generic/errno*.h}). */
public final class Errno {

    /** Operation not permitted. */
    public static final int EPERM = 1;

    /** No such process. */
    public static final int ESRCH = 3;

    /** No such device or address. */
    public static final int ENXIO = 6;

    /** Out of memory. */
    public static final int ENOMEM = 12;

    /** Permission denied. */
    public static final int EACCES = 13;

    /** Bad address. */
    public static final int EFAULT = 14;

    /** Device or resource busy. */
    public static final int EBUSY = 16;

    /** Invalid argument. */
    public static final int EINVAL = 22;

    /** Function not implemented. */
    public static final int ENOSYS = 38;

    private Errno() {}

    /** {@return the symbol of an error number} */
    public static String name(int errno) {
        return switch (errno) {
            case EPERM -> "EPERM";
            case ESRCH -> "ESRCH";
            case ENXIO -> "ENXIO";
            case ENOMEM -> "ENOMEM";
            case EACCES -> "EACCES";
            case EFAULT -> "EFAULT";
            case EBUSY -> "EBUSY";
            case EINVAL -> "EINVAL";
            case ENOSYS -> "ENOSYS";
            default -> "errno " + errno;
        };
    }
}
