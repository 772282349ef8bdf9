// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

/** The linked {@link dev.cpulocal.Sequences#COUNTER_ADD}: one attempt. */
public interface Adder {
    /** {@return the result, possibly transient} */
    long add(long base, long offset, long count);
}
