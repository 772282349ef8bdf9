// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.rcu;

/**
 * One thing to measure.
 *
 * @param subject how is read
 * @param threads how many threads read at the same time
 * @param virtual whether they are virtual threads
 */
public record ReadConfiguration(ReadSubject subject, int threads, boolean virtual) {

    /**
     * Checks that it can be measured.
     *
     * @throws IllegalArgumentException if it cannot
     */
    public ReadConfiguration {
        if (threads < 1) {
            throw new IllegalArgumentException("threads: " + threads + " (expected: at least 1)");
        }
        if (virtual && !subject.isJava()) {
            throw new IllegalArgumentException(
                    "subject: " + subject.label() + " (expected: no virtual threads, or another)");
        }
    }

    /**
     * {@return the same situation with another subject}
     *
     * @param other the subject
     */
    public ReadConfiguration with(ReadSubject other) {
        return new ReadConfiguration(other, threads, virtual);
    }

    /**
     * {@return how long a CPU works on an operation, so that few threads and many can be compared}
     *
     * @param nanos how long it takes as a thread sees it
     * @param cpus how many CPUs there are
     */
    double cpuNanos(double nanos, int cpus) {
        return nanos * Math.min(threads, cpus) / threads;
    }

    @Override
    public String toString() {
        return subject.label()
                + ", "
                + threads
                + (virtual ? " virtual" : " platform")
                + (threads == 1 ? " thread" : " threads");
    }
}
