// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.rcu;

import java.util.List;

/** What is measured: ways to read what somebody may replace. */
public enum ReadSubject {
    /** {@code readLock} and {@code readUnlock}. */
    RCU("Rcu", List.of()),
    /** {@code read()} in a try statement. */
    RCU_SECTION("Rcu, section", List.of()),
    /** A reference, read by a function. */
    RCU_REFERENCE("RcuReference", List.of()),
    /** The same as {@link #RCU} with rseq switched off: its portable mode. */
    RCU_OFF("Rcu, rseq off", List.of("-Dcpulocal.rseq=off")),
    /** The same as {@link #RCU} with a full fence on both sides. */
    RCU_FULL_FENCES("Rcu, membarrier off", List.of("-Dcpulocal.membarrier=off")),
    /** Reads a volatile variable, with no protection at all: the floor. */
    VOLATILE("a volatile read", List.of()),
    /** The JDK's read lock. */
    READ_WRITE_LOCK("ReentrantReadWriteLock", List.of()),
    /** The JDK's other read lock. */
    STAMPED_READ("StampedLock, read", List.of()),
    /** The JDK's optimistic reads, which protect no memory that may be freed. */
    STAMPED_OPTIMISTIC("StampedLock, optimistic", List.of()),
    /** A count of readers in the object itself. */
    REFERENCE_COUNT("AtomicReference + count", List.of()),
    /** An epoch for each thread in a padded slot, with a full fence. */
    EPOCH("epoch by thread", List.of());

    private final String label;
    private final List<String> jvmOptions;

    ReadSubject(String label, List<String> jvmOptions) {
        this.label = label;
        this.jvmOptions = jvmOptions;
    }

    /** {@return its name in tables} */
    public String label() {
        return label;
    }

    /** {@return the options of the JVM it runs in} */
    List<String> jvmOptions() {
        return jvmOptions;
    }

    /** {@return a value to be read} */
    Reading create() {
        return switch (this) {
            case RCU, RCU_OFF, RCU_FULL_FENCES -> new RcuReadings.Token();
            case RCU_SECTION -> new RcuReadings.Section();
            case RCU_REFERENCE -> new RcuReadings.Reference();
            case VOLATILE -> new OtherReadings.Volatile();
            case READ_WRITE_LOCK -> new OtherReadings.ReadWriteLock();
            case STAMPED_READ -> new OtherReadings.StampedRead();
            case STAMPED_OPTIMISTIC -> new OtherReadings.StampedOptimistic();
            case REFERENCE_COUNT -> new OtherReadings.ReferenceCount();
            case EPOCH -> new OtherReadings.Epoch();
        };
    }
}
