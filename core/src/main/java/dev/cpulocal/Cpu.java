// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import dev.cpulocal.internal.CurrentIndex;
import dev.cpulocal.internal.Topology;

/**
 * Where the calling thread runs, and which CPUs there are.
 *
 * <p>The current ones are hints: the thread may have moved before the caller looks at the answer.
 * To work on the current CPU's data without that doubt is what a {@link Sequence} is for. For a
 * virtual thread they are those of its carrier. All throw what {@link Rseq#availability} throws for
 * a setting that makes no sense.
 */
public final class Cpu {

    /** The answer where the platform does not say. */
    public static final int UNKNOWN = -1;

    private Cpu() {}

    /**
     * {@return the CPU the calling thread runs on, or {@link #UNKNOWN}} Costs 1 to 2 ns with rseq.
     */
    public static int current() {
        return CurrentIndex.cpu();
    }

    /**
     * {@return the concurrency id of the calling thread, or {@link #UNKNOWN}: a number that no
     * other running thread of this process has, smaller than the number of its threads}
     */
    public static int concurrencyId() {
        return CurrentIndex.concurrencyId();
    }

    /** {@return the NUMA node the calling thread runs on, or {@link #UNKNOWN}} */
    public static int node() {
        return CurrentIndex.node();
    }

    /**
     * {@return the CPUs that can ever be online; fixed at boot}
     *
     * <p>Their numbers may be sparse, and there may be more of them than {@link
     * Runtime#availableProcessors}, which counts only what this process may use.
     */
    public static CpuSet possible() {
        return Topology.possible();
    }

    /** {@return the CPUs that are online now} Reads a file of /sys. */
    public static CpuSet online() {
        return Topology.online();
    }
}
