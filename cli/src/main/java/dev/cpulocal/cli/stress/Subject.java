// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.stress;

import java.util.random.RandomGenerator;

/** What workers call, and what the checks look at afterwards. All methods for any thread. */
interface Subject {

    /** How many counters there are of each kind. */
    int COUNTERS = 8;

    /** Adds 1 to a counter that nobody resets. */
    void addToKept(int counter);

    /** {@return its sum} */
    long kept(int counter);

    /** Adds 1 to a counter that another thread keeps resetting. */
    void addToDrained(int counter);

    /** {@return its sum, and takes it away} */
    long drain(int counter);

    /**
     * Takes the next ticket of some CPU by reading its number and replacing it by the next.
     *
     * @return whether it was taken
     */
    boolean takeTicket();

    /**
     * The same for a given CPU, from wherever the caller runs.
     *
     * @return whether it was taken
     */
    boolean takeTicketElsewhere(RandomGenerator random);

    /** {@return how many tickets have been taken on all CPUs together} */
    long tickets();

    /** {@return how much was added by atomic instructions to the counters that nobody resets} */
    long atomicAdditions();

    /** {@return operations that did not complete at once} */
    default long retries() {
        return 0;
    }

    /** {@return operations that were completed under a stop word} */
    default long completions() {
        return 0;
    }

    /** {@return how often ranges were stopped} */
    default long stops() {
        return 0;
    }
}
