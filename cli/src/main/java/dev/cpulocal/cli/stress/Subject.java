// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.stress;

import dev.cpulocal.CpuMemory.Statistics;
import java.util.List;

/** What a process puts under stress. */
interface Subject {

    /** {@return a new family of operations} */
    Family family(FamilyName name);

    /** {@return how the operations on per-CPU memory went} */
    default Statistics statistics() {
        return new Statistics(0, 0, 0, 0);
    }

    /** {@return the most objects that were seen in the pool at one time} */
    default long mostPooled() {
        return 0;
    }

    /**
     * {@return how many read sections saw an item of age 0, 1 and 2 as the oldest; empty if none
     * was under stress}
     */
    default List<Long> ages() {
        return List.of();
    }

    /** {@return how much was added by atomic instructions to counters} */
    default long atomicAdditions() {
        return 0;
    }
}
