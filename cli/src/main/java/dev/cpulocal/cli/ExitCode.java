// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli;

/** The exit codes, which are part of the interface. The launcher adds 69 for a missing JDK. */
public final class ExitCode {

    /** What was asked for was done. */
    public static final int OK = 0;

    /**
     * A check failed: an update was lost, a process that was being tested died, or a verdict is not
     * what it has to be.
     */
    public static final int FAILED = 1;

    /** The command line, a setting, or a file is wrong. */
    public static final int USAGE = 2;

    /** {@code doctor}: no sequence runs as machine code here. */
    public static final int PORTABLE = 3;

    /** {@code prove}: a budget was used up before everything was searched. */
    public static final int EXHAUSTED = 4;

    /** {@code prove}: a litmus file asks for something that is not covered. */
    public static final int REFUSED = 5;

    /** Something happened that nobody foresaw, or a check cannot be trusted. */
    public static final int INTERNAL = 70;

    private ExitCode() {}
}
