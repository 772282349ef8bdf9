// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.rcu;

import dev.cpulocal.bench.Liburcu;
import java.util.List;

/** What is measured: ways to read what somebody may replace. */
public enum ReadSubject {
    /** {@code readLock} and {@code readUnlock}. */
    RCU("Rcu", ""),
    /** {@code read()} in a try statement. */
    RCU_SECTION("Rcu, section", ""),
    /** A reference, read by a function. */
    RCU_REFERENCE("RcuReference", ""),
    /** The same as {@link #RCU} with rseq switched off: its portable mode. */
    RCU_OFF("Rcu, rseq off", "-Dcpulocal.rseq=off"),
    /** The same as {@link #RCU} with a full fence on both sides. */
    RCU_FULL_FENCES("Rcu, membarrier off", "-Dcpulocal.membarrier=off"),
    /** Reads a volatile variable, with no protection at all: the floor. */
    VOLATILE("a volatile read", ""),
    /** The JDK's read lock. */
    READ_WRITE_LOCK("ReentrantReadWriteLock", ""),
    /** The JDK's other read lock. */
    STAMPED_READ("StampedLock, read", ""),
    /** The JDK's optimistic reads, which protect no memory that may be freed. */
    STAMPED_OPTIMISTIC("StampedLock, optimistic", ""),
    /** A count of readers in the object itself. */
    REFERENCE_COUNT("AtomicReference + count", ""),
    /** An epoch for each thread in a padded slot, with a full fence. */
    EPOCH("epoch by thread", ""),
    /** The sections of liburcu, in a C program. Measured by {@link Liburcu}. */
    LIBURCU("liburcu memb, C", "");

    private final String label;
    private final String jvmOption;

    ReadSubject(String label, String jvmOption) {
        this.label = label;
        this.jvmOption = jvmOption;
    }

    /** {@return its name in tables} */
    public String label() {
        return label;
    }

    /** {@return whether it runs in a JVM} */
    public boolean isJava() {
        return this != LIBURCU;
    }

    /** {@return the options of the JVM it runs in} */
    List<String> jvmOptions() {
        return jvmOption.isEmpty() ? List.of() : List.of(jvmOption);
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
            case LIBURCU ->
                    throw new UnsupportedOperationException("liburcu does not run in a JVM");
        };
    }
}
