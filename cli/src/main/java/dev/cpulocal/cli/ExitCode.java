// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli;

/** The exit codes, which are part of the interface. The launcher adds 69 for a missing JDK. */
public final class ExitCode {

    /** What was asked for was done. */
    public static final int OK = 0;

    /** A check failed: an update was lost, or a process that was being tested died. */
    public static final int FAILED = 1;

    /** The command line, or a setting, is wrong. */
    public static final int USAGE = 2;

    /** {@code doctor}: no sequence runs as machine code here. */
    public static final int PORTABLE = 3;

    /** Something happened that nobody foresaw, or a check cannot be trusted. */
    public static final int INTERNAL = 70;

    private ExitCode() {}
}
