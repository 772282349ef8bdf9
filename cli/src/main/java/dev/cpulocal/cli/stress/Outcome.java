// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.stress;

import java.util.List;

/**
 * How a run went, as {@code stress --json} prints it: the names of the components are an interface.
 *
 * @param machineCode whether sequences ran as machine code, in some threads at least
 * @param threads how many worked, half of them virtual
 * @param nanos how long they worked
 * @param operations how many operations they finished
 * @param migrations how often a thread was moved to another CPU
 * @param signals how many signals were sent to threads
 * @param collections how often the garbage collector ran
 * @param retries operations on per-CPU memory that did not complete at once
 * @param completions those that were completed under a stop word
 * @param stops how often a range was stopped
 * @param atomicAdditions additions to counters that took the atomic half
 * @param checks what must be equal
 * @param failures what went wrong otherwise, a sentence each
 */
public record Outcome(
        boolean machineCode,
        int threads,
        long nanos,
        long operations,
        long migrations,
        long signals,
        long collections,
        long retries,
        long completions,
        long stops,
        long atomicAdditions,
        List<Check> checks,
        List<String> failures) {

    /**
     * Two numbers that must be equal.
     *
     * @param name what was counted
     * @param expected how many updates the workers say they made
     * @param actual how many are there
     * @param lost how far they are apart, over all counters
     */
    public record Check(String name, long expected, long actual, long lost) {

        /** {@return the check of one number} */
        static Check of(String name, long expected, long actual) {
            return new Check(name, expected, actual, Math.abs(expected - actual));
        }

        /** {@return this and another counter together} */
        Check and(long moreExpected, long moreActual) {
            return new Check(
                    name,
                    expected + moreExpected,
                    actual + moreActual,
                    lost + Math.abs(moreExpected - moreActual));
        }
    }

    /** {@return a run that did not come to its end} */
    static Outcome died(int threads, String reason) {
        return new Outcome(false, threads, 0, 0, 0, 0, 0, 0, 0, 0, 0, List.of(), List.of(reason));
    }

    /** {@return how many updates are missing or were made twice} */
    public long lostUpdates() {
        return checks.stream().mapToLong(Check::lost).sum();
    }

    /** {@return whether each check, by itself, found lost updates} */
    public boolean everyCheckSawLoss() {
        return !checks.isEmpty() && checks.stream().allMatch(check -> check.lost > 0);
    }

    /** {@return whether all checks were made and nothing was lost} */
    public boolean nothingLost() {
        return failures.isEmpty() && !checks.isEmpty() && lostUpdates() == 0;
    }
}
