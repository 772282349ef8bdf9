// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.rcu;

/** A value that is read under some protection: what a benchmark sees of a {@link ReadSubject}. */
@FunctionalInterface
interface Reading {

    /** {@return the value, read in a section of its own} */
    long read();
}
