// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import dev.cpulocal.lab.internal.lkmm.Path.Edge;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The events of a path as they come up. */
final class Trace {
    private final List<Event> events = new ArrayList<>();
    private final Map<Edge.Kind, List<Edge>> edges = new EnumMap<>(Edge.Kind.class);
    private final Deque<Integer> sections = new ArrayDeque<>();
    private long loads;
    private long control;
    private int statement;
    private int line;

    /** Begins a statement. */
    void begin(int newLine) {
        statement++;
        line = newLine;
    }

    /** {@return the line of the current statement} */
    int line() {
        return line;
    }

    /** {@return whether there is room for another statement} */
    boolean hasRoom() {
        return events.size() < 60;
    }

    /** {@return whether an access goes to what cannot be a place, whatever is loaded} */
    boolean goesAstray() {
        return events.stream()
                .anyMatch(event ->
                        event.address() instanceof Term.Constant(long address)
                                && !(Words.isPointer(address) && Words.offset(address) == 0));
    }

    /** {@return the number of the next event} */
    int next() {
        return events.size();
    }

    /** Adds an access. {@return its number} */
    int add(Event.Kind kind, Tag tag, boolean atomic, Operand address, @Nullable Term value) {
        int number = add(new Event(kind, tag, atomic, address.value(), value, statement, line));
        depends(Edge.Kind.ADDRESS, address, number);
        return number;
    }

    /** Adds a barrier. */
    void barrier(Tag tag) {
        int number = add(new Event(Event.Kind.BARRIER, tag, false, null, null, statement, line));
        if (tag == Tag.RCU_LOCK) {
            sections.push(number);
        } else if (tag == Tag.RCU_UNLOCK && !sections.isEmpty()) {
            edge(Edge.Kind.CRITICAL, sections.pop(), number);
        }
    }

    private int add(Event event) {
        int number = events.size();
        events.add(event);
        if (event.kind().isDependency()) {
            loads |= 1L << number;
        }
        edges(Edge.Kind.CONTROL, control, number);
        return number;
    }

    /** Makes what an event does depend on an operand. */
    void depends(Edge.Kind kind, Operand operand, int event) {
        edges(kind, loads(operand) | operand.data(), event);
        follows(operand, event);
    }

    /** Makes an event come after those that yield an operand. */
    void follows(Operand operand, int event) {
        edges(Edge.Kind.ORDER, operand.sources(), event);
    }

    /** Adds the pair of an atomic operation. */
    void pair(int read, int write) {
        edge(Edge.Kind.ATOMIC, read, write);
        edge(Edge.Kind.ORDER, read, write);
    }

    /** Makes one event come before another of its statement. */
    void order(int from, int to) {
        edge(Edge.Kind.ORDER, from, to);
    }

    /** Makes what one event stores depend on what another one reads. */
    void data(int from, int to) {
        edge(Edge.Kind.DATA, from, to);
    }

    private void edges(Edge.Kind kind, long from, int to) {
        for (long left = from; left != 0; left &= left - 1) {
            edge(kind, Long.numberOfTrailingZeros(left), to);
        }
    }

    private void edge(Edge.Kind kind, int from, int to) {
        edges.computeIfAbsent(kind, _ -> new ArrayList<>()).add(new Edge(from, to));
    }

    /** {@return the sources of an operand that are loads} */
    long loads(Operand operand) {
        return operand.sources() & loads;
    }

    /** {@return the loads from a number on} */
    long loadsSince(int number) {
        return loads & -1L << number;
    }

    /** {@return the loads that decided what happens now} */
    long control() {
        return control;
    }

    /** Enters or leaves a branch. */
    void setControl(long newControl) {
        control = newControl;
    }

    /** {@return the path} */
    Path path(int thread, List<Path.Guard> guards, Map<String, Term> registers) {
        return new Path(thread, events, edges, guards, registers);
    }
}
