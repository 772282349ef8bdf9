// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.pool;

/**
 * One thing to measure.
 *
 * @param subject what pools
 * @param work what is done with it
 * @param threads how many threads do it at the same time
 * @param bytes the size of a buffer
 */
public record PoolConfiguration(PoolSubject subject, Work work, int threads, int bytes) {

    /** What threads do with a pool. */
    public enum Work {
        /** Platform threads acquire and release again and again. */
        PLATFORM("platform threads", "platform", 1),
        /** Virtual threads do. */
        LONG_TASKS("virtual threads, many uses each", "longTasks", 1),
        /** Each virtual thread acquires and releases once. */
        SHORT_TASKS("virtual threads, one use each", "shortTasks", 1),
        /** Half of the platform threads acquire, and half release. */
        FLOW("platform threads, half acquire and half release", "flow", 2),
        /** Half of the virtual threads acquire, and half release. */
        VIRTUAL_FLOW("virtual threads, half acquire and half release", "flow", 2);

        private final String label;
        private final String method;
        private final int multiple;

        Work(String label, String method, int multiple) {
            this.label = label;
            this.method = method;
            this.multiple = multiple;
        }

        /** {@return its name in tables} */
        public String label() {
            return label;
        }

        /** {@return whether the threads are virtual} */
        public boolean isVirtual() {
            return this == LONG_TASKS || this == SHORT_TASKS || this == VIRTUAL_FLOW;
        }

        /** {@return which benchmark does it} */
        String method() {
            return method;
        }
    }

    /** The size of a buffer, unless another is said: what Jackson's largest ones have. */
    public static final int BYTES = 8192;

    /** The most threads. */
    public static final int MAX_THREADS = 10_000;

    private static final int MAX_BYTES = 1 << 20;

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one cannot be measured
     */
    public PoolConfiguration {
        if (threads < 1 || threads > MAX_THREADS || threads % work.multiple != 0) {
            throw new IllegalArgumentException(
                    "threads: "
                            + threads
                            + " (expected: 1 to "
                            + MAX_THREADS
                            + (work.multiple == 2 ? ", an even number)" : ")"));
        }
        if (bytes < 1 || bytes > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "bytes: " + bytes + " (expected: 1 to " + MAX_BYTES + ")");
        }
    }

    /**
     * {@return the same situation with another subject}
     *
     * @param other the subject
     */
    public PoolConfiguration with(PoolSubject other) {
        return new PoolConfiguration(other, work, threads, BYTES);
    }

    /** {@return the subject for people, with the size of buffers where that matters} */
    public String label() {
        return subject == PoolSubject.NEW ? "new, " + bytes + " bytes" : subject.label();
    }

    /**
     * {@return how long a CPU works on an operation}
     *
     * @param score of the benchmark: the time of a platform thread of JMH, or of all threads
     * @param cpus how many CPUs there are
     */
    double cpuNanos(double score, int cpus) {
        double used = Math.min(cpus, threads);
        return switch (work) {
            case PLATFORM -> score * used / threads;
            case LONG_TASKS, SHORT_TASKS, FLOW, VIRTUAL_FLOW -> score * used;
        };
    }

    @Override
    public String toString() {
        return label() + ", " + threads + " " + work.label();
    }
}
