// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.museum;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds why no order of the accesses, one after the other, explains a trace. */
final class Cycle {

    /*
     * One access comes before another if its CPU's program has it so, if the other reads what it
     * stores (reads-from), if the other overwrites what it stores (coherence), or if it reads what the
     * other overwrites (from-reads). What sends an interrupt comes before that begins. If these arrows
     * lead from an access back to it, there is no such order, so that some CPU must have performed
     * accesses in another order than its program has; the shortest way back shows which.
     */

    /** Why one comes before another. */
    enum Kind {
        PROGRAM,
        READS_FROM,
        OVERWRITES,
        READS_BEFORE,
        CAUSES
    }

    /**
     * One comes before another.
     *
     * @param from the one
     * @param to the other
     * @param kind why
     */
    record Edge(Event from, Event to, Kind kind) {

        /** {@return whether the CPU has performed them the other way round} */
        boolean isTurned() {
            return kind == Kind.PROGRAM && !from.place.equals(to.place) && from.last() > to.first();
        }
    }

    private final Events events;
    private final Map<Event, List<Edge>> edges = new LinkedHashMap<>();

    private Cycle(Events events) {
        this.events = events;
        List<Event> all = events.all();
        for (Event event : all) {
            all.stream()
                    .filter(other -> other.cpu == event.cpu && other.executed > event.executed)
                    .forEach(other -> add(event, other, Kind.PROGRAM));
            addMemory(event);
        }
    }

    private void addMemory(Event event) {
        Event source = event.from < 0 ? null : events.executedBy(event.from);
        if (source != null && source.cpu != event.cpu) {
            add(source, event, Kind.READS_FROM);
        }
        Event cause = event.cause < 0 ? null : events.executedBy(event.cause);
        if (cause != null) {
            add(cause, event, Kind.CAUSES);
        }
        if (event.reads() && !event.place.isEmpty()) {
            events.overwriting(event).stream()
                    .filter(other -> other.cpu != event.cpu)
                    .forEach(other -> add(event, other, Kind.READS_BEFORE));
        }
        if (event.writes()) {
            List<Event> writes = events.writes(event.place);
            writes.subList(writes.indexOf(event) + 1, writes.size()).stream()
                    .filter(other -> other.cpu != event.cpu)
                    .forEach(other -> add(event, other, Kind.OVERWRITES));
        }
    }

    private void add(Event from, Event to, Kind kind) {
        edges.computeIfAbsent(from, _ -> new ArrayList<>()).add(new Edge(from, to, kind));
    }

    /**
     * {@return the shortest cycle, beginning with an edge that is turned; empty if there is none}
     */
    static List<Edge> of(Events events) {
        Cycle cycle = new Cycle(events);
        List<Edge> shortest = List.of();
        for (List<Edge> leaving : cycle.edges.values()) {
            for (Edge edge : leaving) {
                List<Edge> found = edge.isTurned() ? cycle.closing(edge) : List.of();
                if (!found.isEmpty() && isBetter(found, shortest)) {
                    shortest = found;
                }
            }
        }
        return shortest;
    }

    private static boolean isBetter(List<Edge> found, List<Edge> best) {
        if (best.isEmpty() || found.size() != best.size()) {
            return best.isEmpty() || found.size() < best.size();
        }
        return found.getFirst().from().executed < best.getFirst().from().executed
                || (found.getFirst().from() == best.getFirst().from()
                        && found.getFirst().to().executed < best.getFirst().to().executed);
    }

    /** An edge and the shortest way from its end to its beginning. */
    private List<Edge> closing(Edge first) {
        Map<Event, Edge> reachedBy = new HashMap<>();
        Deque<Event> queue = new ArrayDeque<>(List.of(first.to()));
        while (!queue.isEmpty() && !reachedBy.containsKey(first.from())) {
            Event event = queue.remove();
            for (Edge edge : edges.getOrDefault(event, List.of())) {
                if (edge.to() != first.to() && reachedBy.putIfAbsent(edge.to(), edge) == null) {
                    queue.add(edge.to());
                }
            }
        }
        Deque<Edge> way = new ArrayDeque<>();
        Event at = first.from();
        while (at != first.to()) {
            Edge edge = reachedBy.get(at);
            if (edge == null) {
                return List.of();
            }
            way.push(edge);
            at = edge.from();
        }
        way.push(first);
        return List.copyOf(way);
    }
}
