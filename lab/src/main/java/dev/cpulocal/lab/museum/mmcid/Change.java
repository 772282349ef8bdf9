// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.mmcid;

/** What can be different from today's management of concurrency ids. */
enum Change {
    /** On the way to per-CPU mode cids go to the CPUs at once, without {@code MM_CID_TRANSIT}. */
    DIRECT_TO_CPU,
    /** Two words, percpu and transit, in place of the one word mode. */
    TWO_WORDS,
    /** percpu is stored by {@code smp_store_release()}. */
    RELEASE,
    /** percpu is loaded by {@code smp_load_acquire()}. */
    ACQUIRE,
    /** The walk does not come to the last thread. */
    WALK_ENDS_EARLY,
    /** An exit takes the cid in its CPU's slot for one that the CPU owns. */
    SLOT_TAKEN_FOR_OWNED,
    /** The walk marks what a thread has for a cid even if it has none. */
    UNSET_MARKED
}
