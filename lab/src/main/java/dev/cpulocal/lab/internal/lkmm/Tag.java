// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

/** How an access is marked, or which barrier an event is. */
enum Tag {
    /** An access by the compiler's own means. */
    PLAIN,
    /** {@code READ_ONCE}, {@code WRITE_ONCE}, and everything relaxed. */
    ONCE,
    /** Acquire, on the load. */
    ACQUIRE,
    /** Release, on the store. */
    RELEASE,
    /** A full barrier: {@code smp_mb}, or on both sides of an atomic operation. */
    MB,
    /** An atomic operation that returns nothing. */
    NORETURN,
    /** The load in {@code srcu_read_lock}. */
    SRCU_LOCK,
    /** The store in {@code srcu_read_unlock}. */
    SRCU_UNLOCK,
    /** {@code smp_rmb}. */
    RMB,
    /** {@code smp_wmb}. */
    WMB,
    /** {@code barrier}, for the compiler alone. */
    BARRIER,
    /** {@code smp_mb__before_atomic}. */
    BEFORE_ATOMIC,
    /** {@code smp_mb__after_atomic}. */
    AFTER_ATOMIC,
    /** {@code smp_mb__after_spinlock}. */
    AFTER_SPINLOCK,
    /** {@code smp_mb__after_unlock_lock}. */
    AFTER_UNLOCK_LOCK,
    /** {@code smp_mb__after_srcu_read_unlock}. */
    AFTER_SRCU_READ_UNLOCK,
    /** {@code rcu_read_lock}. */
    RCU_LOCK,
    /** {@code rcu_read_unlock}. */
    RCU_UNLOCK,
    /** {@code synchronize_rcu}. */
    SYNCHRONIZE_RCU,
    /** {@code synchronize_srcu}. */
    SYNCHRONIZE_SRCU
}
