// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import java.util.List;
import java.util.Map;

/**
 * What a thread does if all its decisions turn out in a certain way.
 *
 * @param thread the number of the thread
 * @param events its events, numbered from 0
 * @param edges how they hang together
 * @param guards what must hold for this path to be taken
 * @param registers what its variables hold at the end
 */
record Path(
        int thread,
        List<Event> events,
        Map<Edge.Kind, List<Edge>> edges,
        List<Guard> guards,
        Map<String, Term> registers) {

    /** {@return the edges of a kind} */
    List<Edge> edges(Edge.Kind kind) {
        return edges.getOrDefault(kind, List.of());
    }

    /**
     * Two events of a path that have to do with each other.
     *
     * @param from the number of the first
     * @param to the number of the second
     */
    record Edge(int from, int to) {

        /** What they have to do with each other. */
        enum Kind {
            /** In one statement, one comes before the other. */
            ORDER,
            /** Where the second accesses depends on what the first reads. */
            ADDRESS,
            /** What the second stores depends on what the first reads. */
            DATA,
            /** Whether the second happens depends on what the first reads. */
            CONTROL,
            /** Load and store of an atomic operation. */
            ATOMIC,
            /** Beginning and end of an RCU read-side critical section. */
            CRITICAL
        }
    }

    /**
     * A decision.
     *
     * @param line the number of the line
     * @param term what is asked
     * @param holds whether it is other than 0
     */
    record Guard(int line, Term term, boolean holds) {}
}
