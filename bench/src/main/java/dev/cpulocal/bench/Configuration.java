// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

/**
 * One thing to measure.
 *
 * @param subject what counts
 * @param threads how many threads count at the same time
 * @param virtual whether they are virtual threads
 * @param counters how many counters they choose from at random: a power of two
 */
public record Configuration(Subject subject, int threads, boolean virtual, int counters) {

    /** The most counters; a row of them fits the default stride. */
    public static final int MAX_COUNTERS = 4096;

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one cannot be measured
     */
    public Configuration {
        if (threads < 1) {
            throw new IllegalArgumentException("threads: " + threads + " (expected: at least 1)");
        }
        if (counters < 1 || counters > MAX_COUNTERS || Integer.bitCount(counters) != 1) {
            throw new IllegalArgumentException(
                    "counters: "
                            + counters
                            + " (expected: a power of two, 1 to "
                            + MAX_COUNTERS
                            + ")");
        }
        if (virtual && !subject.isJava()) {
            throw new IllegalArgumentException(
                    "subject: " + subject.label() + " (expected: no virtual threads, or another)");
        }
    }

    /**
     * {@return the same situation with another subject} That of the C loop has platform threads.
     *
     * @param other the subject
     */
    public Configuration with(Subject other) {
        return new Configuration(other, threads, virtual && other.isJava(), counters);
    }

    @Override
    public String toString() {
        return subject.label()
                + ", "
                + counters
                + (counters == 1 ? " counter, " : " counters, ")
                + threads
                + (virtual ? " virtual" : " platform")
                + (threads == 1 ? " thread" : " threads");
    }
}
