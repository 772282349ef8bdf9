// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.axioms;

import java.util.List;

/**
 * What a task does if its reads have certain values.
 *
 * @param events its accesses in program order
 * @param barriers its barriers
 * @param registers what its registers hold in the end
 */
record Path(List<Event> events, List<Barrier> barriers, List<Long> registers) {

    /**
     * A barrier.
     *
     * @param position how many events come before it
     * @param before which of those it orders
     * @param after with which later ones
     */
    record Barrier(int position, int before, int after) {}

    /** {@return whether a barrier orders two accesses} */
    boolean isFenced(Event a, int kindsOfA, Event b, int kindsOfB) {
        return barriers.stream()
                .anyMatch(barrier ->
                        barrier.position > a.index()
                                && barrier.position <= b.index()
                                && (barrier.before & kindsOfA) != 0
                                && (barrier.after & kindsOfB) != 0);
    }

    /** {@return the events between two} */
    List<Event> between(Event a, Event b) {
        return events.subList(a.index() + 1, b.index());
    }
}
