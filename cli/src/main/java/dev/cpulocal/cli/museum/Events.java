// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.museum;

import dev.cpulocal.lab.Verdict.Access;
import dev.cpulocal.lab.Verdict.Step;
import dev.cpulocal.lab.Verdict.StepKind;
import dev.cpulocal.lab.Verdict.Trace;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What CPUs do in a trace that others can notice, each once, though it may take several steps. */
final class Events {

    private final Trace trace;
    private final Map<Integer, Event> byStep = new TreeMap<>();

    Events(Trace trace) {
        this.trace = trace;
        for (int i = 0; i < trace.steps().size(); i++) {
            Step step = trace.steps().get(i);
            if (step.access() != null) {
                add(i, step, step.access());
            }
            if (step.cause() >= 0) {
                addCause(i, step);
            }
        }
    }

    private void add(int number, Step step, Access access) {
        Step executed = trace.steps().get(access.executed());
        Event event =
                byStep.computeIfAbsent(
                        access.executed(),
                        at -> new Event(step.cpu(), at, access.place(), executed.text()));
        if (access.read() != null) {
            event.read = access.read();
            event.readAt = number;
            event.from = access.from();
            event.text = step.text();
        }
        if (access.written() != null) {
            event.written = access.written();
            event.writtenAt = step.kind() == StepKind.ISSUE ? Event.NEVER : number;
        }
    }

    private void addCause(int number, Step step) {
        Step sender = trace.steps().get(step.cause());
        if (sender.cpu() != step.cpu()) {
            hardware(step.cause(), sender);
            hardware(number, step).cause = step.cause();
        }
    }

    private Event hardware(int number, Step step) {
        Event event =
                byStep.computeIfAbsent(
                        number,
                        at ->
                                new Event(
                                        step.cpu(),
                                        at,
                                        "",
                                        (step.kind() == StepKind.INTERRUPT ? "interrupt: " : "")
                                                + step.text()));
        event.readAt = Math.min(event.readAt, number);
        return event;
    }

    /** {@return all, as they are executed} */
    List<Event> all() {
        return List.copyOf(byStep.values());
    }

    /** {@return what a step executes, or null} */
    @Nullable Event executedBy(int step) {
        return byStep.get(step);
    }

    /** {@return the writes to a place, as they are performed; those that never are come last} */
    List<Event> writes(String place) {
        List<Event> writes = new ArrayList<>(all());
        writes.removeIf(event -> !event.writes() || !event.place.equals(place));
        writes.sort(Comparator.comparingInt(event -> event.writtenAt));
        return writes;
    }

    /** {@return the writes that overwrite what an event reads, the first one first} */
    List<Event> overwriting(Event read) {
        List<Event> writes = writes(read.place);
        Event source = read.from < 0 ? null : executedBy(read.from);
        int first = source == null ? 0 : writes.indexOf(source) + 1;
        return writes.subList(first, writes.size()).stream()
                .filter(event -> event != read)
                .toList();
    }

    /**
     * {@return a store of another CPU that is executed before an event reads its place, and seen
     * only afterwards; null if there is none}
     */
    @Nullable Event unseen(Event read) {
        return overwriting(read).stream()
                .filter(write ->
                        write.cpu != read.cpu
                                && write.executed < read.readAt
                                && write.writtenAt > read.readAt)
                .findFirst()
                .orElse(null);
    }
}
