// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.museum;

import dev.cpulocal.cli.museum.TimeLine.Arrow;
import dev.cpulocal.cli.museum.TimeLine.Bar;
import dev.cpulocal.cli.museum.TimeLine.Read;
import dev.cpulocal.cli.museum.TimeLine.Signal;
import dev.cpulocal.lab.ProgramText.Part;
import dev.cpulocal.lab.Verdict.StepKind;
import dev.cpulocal.lab.Verdict.Trace;
import java.util.List;

/** Makes time lines of traces. */
final class TimeLines {

    private final Trace trace;
    private final Events events;
    private final Rows rows;
    private final Sentences sentences;

    private TimeLines(Trace trace, Comparison comparison) {
        this.trace = trace;
        this.events = new Events(trace);
        this.rows = new Rows(trace, comparison);
        this.sentences = new Sentences(events, rows);
    }

    /**
     * {@return the time line of a trace}
     *
     * @param id what links name it by
     * @param trace the trace
     * @param comparison the program that it is of, beside another one
     */
    static TimeLine of(String id, Trace trace, Comparison comparison) {
        TimeLines lines = new TimeLines(trace, comparison);
        List<Cycle.Edge> cycle = Cycle.of(lines.events);
        return new TimeLine(
                id,
                comparison.variant() + ", " + trace.memoryModel().title(),
                trace.broken(),
                trace.condition(),
                Moments.when(trace, comparison.program()),
                trace.cpus(),
                lines.rows.of(trace.loop()),
                comparison.program().parts().stream()
                        .filter(Part::background)
                        .map(Part::name)
                        .toList(),
                trace.initial(),
                lines.rows.all(),
                lines.bars(),
                lines.reads(),
                lines.signals(),
                cycle.stream().map(lines::arrow).toList(),
                lines.sentences.order(cycle, trace.memoryModel()));
    }

    private List<Bar> bars() {
        return events.all().stream()
                .filter(event -> trace.steps().get(event.executed).kind() == StepKind.ISSUE)
                .filter(event -> !trace.isAtOnce(event.executed))
                .map(event ->
                        new Bar(
                                event.cpu,
                                event.writes(),
                                trace.steps().get(event.executed).text(),
                                rows.of(event.executed),
                                rows.of(event.last())))
                .toList();
    }

    private List<Read> reads() {
        return events.all().stream()
                .filter(event -> event.reads() && event.readAt != Event.NEVER)
                .map(this::read)
                .toList();
    }

    private Read read(Event event) {
        Event source = event.from < 0 ? null : events.executedBy(event.from);
        Event unseen = events.unseen(event);
        boolean seen = source != null && source.writtenAt < event.readAt;
        return new Read(
                rows.of(event.readAt),
                source == null ? -1 : rows.of(seen ? source.writtenAt : source.executed),
                source != null && source.cpu == event.cpu,
                unseen == null ? -1 : rows.of(unseen.executed),
                sentences.read(event, source, unseen));
    }

    private List<Signal> signals() {
        return events.all().stream()
                .filter(event -> event.cause >= 0)
                .map(event -> new Signal(rows.of(event.cause), rows.of(event.executed)))
                .toList();
    }

    private Arrow arrow(Cycle.Edge edge) {
        return new Arrow(
                rows.of(at(edge.from())),
                rows.of(at(edge.to())),
                edge.kind().name(),
                edge.isTurned(),
                sentences.edge(edge));
    }

    private static int at(Event event) {
        return event.last() == Event.NEVER ? event.executed : event.last();
    }
}
