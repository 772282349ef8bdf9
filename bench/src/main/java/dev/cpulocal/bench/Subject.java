// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

import dev.cpulocal.Rseq;
import java.util.List;

/** What is measured: ways to count, from what users take today to the parts of ours. */
public enum Subject {
    /**
     * {@link dev.cpulocal.CpuCounter}; for many counters a row of {@link dev.cpulocal.CpuCounters}.
     */
    CPU_COUNTER("CpuCounter"),
    /** The same with rseq switched off: its portable mode. */
    CPU_COUNTER_OFF("CpuCounter, rseq off"),
    /** The JDK's striped counter. */
    LONG_ADDER("LongAdder"),
    /** The JDK's atomic number. */
    ATOMIC_LONG("AtomicLong"),
    /**
     * An array with a padded stripe for every few threads, chosen by thread id, with atomic adds.
     */
    THREAD_STRIPED("array striped by thread"),
    /** The CPU's number by a call, then an atomic add to a padded row of that CPU. */
    CPU_ATOMIC("CPU index + atomic add"),
    /** A catalogue sequence with the test of the stop word, bound by {@code CpuMemory.bind}. */
    BOUND("bound sequence"),
    /** A user's own description of the same, bound to the user's interface. */
    OWN("user's own sequence"),
    /** The machine code of {@link #BOUND}, with nothing around it. */
    STOPPABLE("bare call, stop word"),
    /** The machine code of CpuCounter, without a stop word, and with nothing around it. */
    BARE("bare call"),
    /** A call of machine code that only returns, the floor under all calls. Counts nothing. */
    EMPTY_CALL("empty call"),
    /** The machine code of {@link #BARE}, called by C. Measured by {@link CBaseline}. */
    C_LOOP("C loop");

    private final String label;

    Subject(String label) {
        this.label = label;
    }

    /** {@return its name in tables} */
    public String label() {
        return label;
    }

    /** {@return whether it runs in a JVM} */
    public boolean isJava() {
        return this != C_LOOP;
    }

    /** {@return the options of the JVM it runs in} */
    List<String> jvmOptions() {
        return this == CPU_COUNTER_OFF ? List.of("-Dcpulocal.rseq=off") : List.of();
    }

    /** {@return whether its sums are what was added} */
    boolean counts() {
        return this != EMPTY_CALL;
    }

    /**
     * {@return new counters}
     *
     * @param counters how many
     */
    Counting create(int counters) {
        return switch (this) {
            case CPU_COUNTER -> CpuCountings.counters(counters);
            case CPU_COUNTER_OFF -> {
                if (Rseq.threads() != Rseq.Threads.NONE) {
                    throw new IllegalStateException(
                            "subject: " + this + " (expected: a JVM with -Dcpulocal.rseq=off)");
                }
                yield CpuCountings.counters(counters);
            }
            case LONG_ADDER -> JdkCountings.adders(counters);
            case ATOMIC_LONG -> JdkCountings.atomics(counters);
            case THREAD_STRIPED -> new JdkCountings.Striped(counters);
            case CPU_ATOMIC -> new CpuCountings.IndexedAtomic(counters);
            case BOUND -> CpuCountings.bound(counters);
            case OWN -> CpuCountings.own(counters);
            case STOPPABLE -> new CpuCountings.Stoppable(counters);
            case BARE -> new CpuCountings.Bare(counters);
            case EMPTY_CALL -> new CpuCountings.EmptyCall();
            case C_LOOP ->
                    throw new UnsupportedOperationException("the C loop does not run in a JVM");
        };
    }
}
