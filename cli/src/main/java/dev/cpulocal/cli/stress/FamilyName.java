// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.stress;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The families of operations that can be put under stress. */
public enum FamilyName {
    /** Counters, summed at the end. */
    COUNTERS,
    /** Counters that are reset meanwhile. */
    RESETS,
    /** Compare-and-store, on the own CPU and on others. */
    TICKETS,
    /** Plain sums under a lock for each CPU: param_test -T s. */
    SPINLOCK,
    /** Nodes that go from list to list: param_test -T l. */
    LIST,
    /** Values that go from buffer to buffer: param_test -T b. */
    BUFFER,
    /** The same with release order: param_test -T b -M. */
    BUFFER_RELEASE,
    /** Records that are copied from buffer to buffer: param_test -T m. */
    MEMCPY,
    /** The same with release order: param_test -T m -M. */
    MEMCPY_RELEASE,
    /** Bound additions: param_test -T i. */
    INCREMENT,
    /** Additions to an active word, of which the inactive one must not change: param_test -T r. */
    MEMBARRIER,
    /** Objects of a pool, each with one owner at a time. */
    POOL,
    /** Read sections, in which nothing may be seen that was freed after a grace period. */
    RCU;

    /** {@return its name on the command line and in JSON} */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** {@return the one with a name} */
    public static Optional<FamilyName> find(String id) {
        return all().stream().filter(family -> family.id().equals(id)).findFirst();
    }

    /** {@return all} */
    public static List<FamilyName> all() {
        return Arrays.asList(values());
    }

    @Override
    public String toString() {
        return id();
    }
}
