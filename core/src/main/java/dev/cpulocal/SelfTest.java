// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import java.util.List;

/**
 * What the start-up self-test saw: whether the kernel of this machine really restarts sections.
 *
 * <p>It matters because kernels exist that do not: on arm64, Linux 6.19 to 7.0.13 resume a section
 * that was preempted and continues on the same CPU.
 *
 * @param checks one for each cause of an abort; empty if the test did not run
 * @param nanos how long the test took, including the registration of membarrier
 * @param membarrierNanos how long the registration of membarrier took, beside the other checks
 */
public record SelfTest(List<Check> checks, long nanos, long membarrierNanos) {

    /** What became of a section when it was disturbed. */
    public enum Verdict {
        /** It was aborted, as it must be. */
        ABORTED,
        /** It ran on: its atomicity is lost. */
        SURVIVED,
        /** There was no occasion, such as for a migration with one CPU. */
        NOT_TESTED
    }

    /**
     * One cause of an abort.
     *
     * @param cause what was done to the section
     * @param verdict what became of it
     * @param detail why it was not tested, or what was seen; may be empty
     */
    public record Check(String cause, Verdict verdict, String detail) {}

    /** Copies the list. */
    public SelfTest {
        checks = List.copyOf(checks);
    }

    /** {@return whether it ran and no section survived} */
    public boolean passed() {
        return !checks.isEmpty()
                && checks.stream().noneMatch(check -> check.verdict() == Verdict.SURVIVED);
    }
}
