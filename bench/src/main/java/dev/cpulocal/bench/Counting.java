// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

/** Counters numbered from 0, by whatever means: what a benchmark sees of a {@link Subject}. */
interface Counting {

    /**
     * Adds 1.
     *
     * @param counter its number
     */
    void increment(int counter);

    /**
     * {@return the value of a counter}
     *
     * @param counter its number
     */
    long sum(int counter);
}
