// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import dev.cpulocal.lab.internal.lkmm.Event.Kind;
import dev.cpulocal.lab.internal.lkmm.Path.Edge;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * One path of each thread: all events of an execution, and what is known before anything is read.
 */
final class Frame {

    /*
     * Events are numbered: first the initial store to each place, then those of each thread in the
     * order of its statements. Initial stores belong to no thread.
     */

    private final int places;
    private final List<Path> paths;
    private final Event[] events;
    private final int[] threads;
    private final int[] bases;

    Frame(int places, List<Path> paths) {
        this.places = places;
        this.paths = paths;
        int size = places + paths.stream().mapToInt(path -> path.events().size()).sum();
        events = new Event[size];
        threads = new int[size];
        bases = new int[size];
        for (int i = 0; i < places; i++) {
            Term address = new Term.Constant(Words.pointer(i));
            events[i] = new Event(Kind.WRITE, Tag.ONCE, false, address, null, 0, 0);
            threads[i] = -1;
        }
        int base = places;
        for (Path path : paths) {
            for (int i = 0; i < path.events().size(); i++) {
                events[base + i] = path.events().get(i);
                threads[base + i] = path.thread();
                bases[base + i] = base;
            }
            base += path.events().size();
        }
    }

    int size() {
        return events.length;
    }

    int places() {
        return places;
    }

    List<Path> paths() {
        return paths;
    }

    Event event(int number) {
        return events[number];
    }

    /** {@return the thread of an event; -1 for initial stores} */
    int thread(int number) {
        return threads[number];
    }

    /** {@return the number of the first event of the thread of an event} */
    int base(int number) {
        return bases[number];
    }

    /** {@return the number of the first event of a path} */
    int base(Path path) {
        int base = places;
        for (Path other : paths) {
            if (other.thread() == path.thread()) {
                return base;
            }
            base += other.events().size();
        }
        throw new IllegalArgumentException("path: of another frame");
    }

    boolean isInitial(int number) {
        return number < places;
    }

    /** {@return whether one event comes before another in one thread} */
    boolean isBefore(int from, int to) {
        return threads[from] == threads[to]
                && threads[from] >= 0
                && events[from].statement() < events[to].statement();
    }

    EventSet kinds(Kind first, Kind... others) {
        Set<Kind> kinds = EnumSet.of(first, others);
        return EventSet.of(size(), i -> kinds.contains(events[i].kind()));
    }

    EventSet tags(Tag first, Tag... others) {
        Set<Tag> tags = EnumSet.of(first, others);
        return EventSet.of(size(), i -> tags.contains(events[i].tag()));
    }

    /** {@return the edges of a kind} */
    Relation edges(Edge.Kind kind) {
        Relation.Builder edges = new Relation.Builder(size());
        int base = places;
        for (Path path : paths) {
            for (Edge edge : path.edges(kind)) {
                edges.add(base + edge.from(), base + edge.to());
            }
            base += path.events().size();
        }
        return edges.build();
    }
}
