// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.stress;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How a run went, as {@code stress --json} prints it: the names of the components are an interface.
 *
 * @param machineCode whether sequences ran as machine code, in some threads at least
 * @param threads how many worked, half of them virtual
 * @param nanos how long they worked
 * @param operations how many operations they finished, of all families
 * @param migrations how often a thread was moved to another CPU
 * @param signals how many signals were sent to threads
 * @param collections how often the garbage collector ran
 * @param retries operations on per-CPU memory that did not complete at once
 * @param completions those that were completed under a stop word
 * @param stops how often a range was stopped
 * @param atomicAdditions additions to counters that took the atomic half
 * @param mostPooled the most objects that were seen in the pool at one time
 * @param ages how many read sections saw an item of age 0 (the current one), 1 (replaced) and 2
 *     (freed) as the oldest; empty if they were not under stress
 * @param checks what must be equal, for each family of operations
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
        long mostPooled,
        List<Long> ages,
        List<Check> checks,
        List<String> failures) {

    /**
     * Two numbers that must be equal.
     *
     * @param family the {@link FamilyName#id} of the operations
     * @param operations how many of them were finished
     * @param expected how many updates the workers say they made, or how many things there are
     * @param actual how many are there
     * @param lost how far they are apart, over all counters or things; and what else must not be: a
     *     torn record, a change of the inactive word, or an object that somebody else has
     */
    public record Check(String family, long operations, long expected, long actual, long lost) {

        /** {@return the check of some numbers together} */
        static Check of(
                String family, long operations, long[] expected, long[] actual, long violations) {
            long lost = violations;
            for (int i = 0; i < expected.length; i++) {
                lost += Math.abs(expected[i] - actual[i]);
            }
            return new Check(
                    family,
                    operations,
                    Arrays.stream(expected).sum(),
                    Arrays.stream(actual).sum(),
                    lost);
        }

        private Check and(Check other) {
            return new Check(
                    family,
                    operations + other.operations,
                    expected + other.expected,
                    actual + other.actual,
                    lost + other.lost);
        }
    }

    /** {@return this run and another one of the same families and threads, together} */
    Outcome and(Outcome other) {
        return new Outcome(
                machineCode,
                threads,
                nanos + other.nanos,
                operations + other.operations,
                migrations + other.migrations,
                signals + other.signals,
                collections + other.collections,
                retries + other.retries,
                completions + other.completions,
                stops + other.stops,
                atomicAdditions + other.atomicAdditions,
                Math.max(mostPooled, other.mostPooled),
                IntStream.range(0, ages.size())
                        .mapToObj(age -> ages.get(age) + other.ages.get(age))
                        .toList(),
                IntStream.range(0, checks.size())
                        .mapToObj(i -> checks.get(i).and(other.checks.get(i)))
                        .toList(),
                Stream.concat(failures.stream(), other.failures.stream()).toList());
    }

    /** {@return a run that did not come to its end} */
    static Outcome died(int threads, String reason) {
        return new Outcome(
                false,
                threads,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                List.of(),
                List.of(),
                List.of(reason));
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
