// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import org.jspecify.annotations.Nullable;

/**
 * Something that a thread does and that others can notice.
 *
 * @param kind what
 * @param tag how it is marked, or which barrier it is
 * @param atomic whether it belongs to an atomic operation
 * @param address where, if anywhere
 * @param value what it stores, or what it must load, if that is decided
 * @param statement the number of its statement: one with a lower number is before it
 * @param line the number of the line
 */
record Event(
        Kind kind,
        Tag tag,
        boolean atomic,
        @Nullable Term address,
        @Nullable Term value,
        int statement,
        int line) {

    /** {@return whether it belongs to the functions of spinlocks or SRCU} */
    boolean isLocking() {
        return kind.isLock()
                || kind == Kind.SYNCHRONIZE
                || tag == Tag.SRCU_LOCK
                || tag == Tag.SRCU_UNLOCK;
    }

    /** What an event does. */
    enum Kind {
        /** Loads. */
        READ,
        /** Stores. */
        WRITE,
        /** Orders. */
        BARRIER,
        /** Finds a lock free, to take it. */
        LOCK_READ,
        /** Takes the lock. */
        LOCK_WRITE,
        /** Lets it go. */
        UNLOCK,
        /** Finds a lock taken. */
        BUSY,
        /** Finds a lock free, and leaves it so. */
        FREE,
        /** Waits for SRCU read-side critical sections. */
        SYNCHRONIZE;

        /** {@return whether what depends on its result depends on it} */
        boolean isDependency() {
            return this == READ || this == BUSY || this == FREE;
        }

        /** {@return whether it is about a lock} */
        boolean isLock() {
            return this == LOCK_READ
                    || this == LOCK_WRITE
                    || this == UNLOCK
                    || this == BUSY
                    || this == FREE;
        }
    }
}
