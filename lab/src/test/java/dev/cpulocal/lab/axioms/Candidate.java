// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.axioms;

import dev.cpulocal.lab.axioms.LocalRules.Rule;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** An execution that the axioms allow or not. */
final class Candidate {
    private final List<Rule> rules;
    private final boolean updatesAtOnce;
    final List<Path> paths;
    final List<Event> events;

    /** The write that each read reads, if it is not the initial value. */
    final Map<Event, Event> sources = new HashMap<>();

    /** The writes to each location, in order. */
    final Map<Integer, List<Event>> orders = new HashMap<>();

    Candidate(List<Rule> rules, boolean updatesAtOnce, List<Path> paths, List<Event> events) {
        this.rules = rules;
        this.updatesAtOnce = updatesAtOnce;
        this.paths = paths;
        this.events = events;
    }

    boolean isAllowed() {
        return isAtomic() && isCoherent() && isOrdered();
    }

    /** The position of the write that a read reads among the writes to its place; -1 if initial. */
    private int position(Event read) {
        Event source = sources.get(read);
        return source == null ? -1 : position(source, read);
    }

    private int position(Event write, Event ofPlace) {
        return Objects.requireNonNull(orders.get(ofPlace.location())).indexOf(write);
    }

    private boolean isAtomic() {
        for (Event write : events) {
            if (write.write() && write.atomic()) {
                Event read = paths.get(write.task()).events().get(write.index() - 1);
                if (position(write, write) != position(read) + 1) {
                    return false;
                }
            }
        }
        return true;
    }

    /* ------------------------- Graphs ------------------------- */

    private boolean isCoherent() {
        return Graphs.isAcyclic(
                events.size(),
                (i, k) -> {
                    Event a = events.get(i);
                    Event b = events.get(k);
                    return a.location() == b.location()
                            && (isEarlier(a, b) || communicates(a, b, true));
                });
    }

    private boolean isOrdered() {
        int[] nodes = new int[events.size()];
        for (int i = 0; i < nodes.length; i++) {
            boolean joins = updatesAtOnce && i > 0;
            nodes[i] = joins && events.get(i).isHalfOf(events.get(i - 1)) ? i - 1 : i;
        }
        return Graphs.isAcyclic(events.size(), (i, k) -> isBefore(nodes, i, k));
    }

    private boolean isBefore(int[] nodes, int from, int to) {
        for (int i = 0; i < nodes.length; i++) {
            for (int k = 0; k < nodes.length; k++) {
                if (nodes[i] == from
                        && nodes[k] == to
                        && from != to
                        && isBefore(events.get(i), events.get(k))) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean isBefore(Event a, Event b) {
        return communicates(a, b, false)
                || (isEarlier(a, b)
                        && rules.stream()
                                .anyMatch(rule ->
                                        rule.isBefore(paths.get(a.task()), a, b, sources::get)));
    }

    private static boolean isEarlier(Event a, Event b) {
        return a.task() == b.task() && a.index() < b.index();
    }

    /** Reads-from, order of writes, from-read. */
    private boolean communicates(Event a, Event b, boolean inside) {
        if (a.location() != b.location()) {
            return false;
        }
        if (a.write()) {
            return b.write()
                    ? position(a, a) < position(b, b)
                    : a.equals(sources.get(b)) && (inside || a.task() != b.task());
        }
        return b.write() && position(a) < position(b, b);
    }
}
