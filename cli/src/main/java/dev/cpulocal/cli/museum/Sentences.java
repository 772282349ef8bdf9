// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.museum;

import dev.cpulocal.cli.museum.Cycle.Edge;
import dev.cpulocal.cli.museum.TimeLine.Kind;
import dev.cpulocal.cli.museum.TimeLine.Row;
import dev.cpulocal.lab.MemoryModel;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Says in words what arrows of a time line mean. What programs say stands in backquotes. */
final class Sentences {

    private final Events events;
    private final Rows rows;

    Sentences(Events events, Rows rows) {
        this.events = events;
        this.rows = rows;
    }

    /* ------------------------- Loads ------------------------- */

    /** {@return where a load has its value from} */
    String read(Event read, @Nullable Event source, @Nullable Event unseen) {
        return "Reads "
                + read.place
                + " = "
                + read.read
                + ", "
                + origin(read, source)
                + (unseen == null ? later(read) : "STALE: " + hidden(unseen));
    }

    private static String quoted(Event event) {
        return "`" + event.text + "`";
    }

    private String origin(Event read, @Nullable Event source) {
        if (source == null) {
            return "what was there at first. ";
        }
        String where = source.cpu == read.cpu ? "this CPU" : "CPU " + source.cpu;
        String how = source.writtenAt > read.readAt ? ", which it still holds back" : "";
        return "stored by " + where + " in step " + number(source.executed) + how + ". ";
    }

    private String hidden(Event unseen) {
        String until =
                unseen.writtenAt == Event.NEVER
                        ? "it is still held back at the end."
                        : "nobody else sees it before step " + number(unseen.writtenAt) + ".";
        return "CPU "
                + unseen.cpu
                + " has executed "
                + quoted(unseen)
                + " in step "
                + number(unseen.executed)
                + " already, but "
                + until;
    }

    private String later(Event read) {
        return events.overwriting(read).stream()
                .filter(write -> write.cpu != read.cpu && write.writtenAt != Event.NEVER)
                .findFirst()
                .map(write ->
                        "Performed after step "
                                + number(write.writtenAt)
                                + ", it would have read "
                                + write.written
                                + ".")
                .orElse("");
    }

    private int number(int step) {
        return rows.all().get(rows.of(step)).number();
    }

    /* ------------------------- The cycle ------------------------- */

    /** {@return why one comes before another} */
    String edge(Edge edge) {
        String from = quoted(edge.from());
        String to = quoted(edge.to());
        return switch (edge.kind()) {
            case PROGRAM -> program(edge, from, to);
            case READS_FROM -> to + " reads what " + from + " stores, so it comes after it.";
            case OVERWRITES -> to + " overwrites what " + from + " stores, so it comes after it.";
            case READS_BEFORE -> from + " does not see " + to + " yet, so it comes before it.";
            case CAUSES -> from + " lets " + to + " happen, so it comes before it.";
        };
    }

    private String program(Edge edge, String from, String to) {
        String start = "On CPU " + edge.from().cpu + ", " + from + " comes before " + to;
        String barriers = between(edge, Row::barrier);
        if (!edge.isTurned()) {
            return start
                    + (barriers.isEmpty()
                            ? " in the program, and is performed before it."
                            : " in the program, and " + barriers + " keeps them so.");
        }
        String missing = between(edge, row -> row.kind() == Kind.MISSING);
        return start
                + " in the program, but is performed after it: "
                + (barriers.isEmpty()
                        ? "nothing keeps them in order."
                        : barriers + " does not keep them in order.")
                + (missing.isEmpty() ? "" : " The other program has " + missing + " in between.");
    }

    private String between(Edge edge, Predicate<Row> which) {
        int from = rows.of(edge.from().executed);
        int to = rows.of(edge.to().executed);
        return rows.all().subList(from + 1, to).stream()
                .filter(row -> row.cpu() == edge.from().cpu && which.test(row))
                .map(row -> "`" + row.text() + "`")
                .distinct()
                .collect(Collectors.joining(", "));
    }

    /** {@return what the cycle says, or its absence} */
    String order(List<Edge> cycle, MemoryModel model) {
        if (!cycle.isEmpty()) {
            return "Each of these comes before the next, and the last one before the first: there"
                    + " is no order, one after the other, that explains this trace. "
                    + model.title()
                    + " permits it all the same: it does not keep "
                    + cycle.stream()
                            .filter(Edge::isTurned)
                            .map(edge -> kinds(edge.from(), edge.to()))
                            .distinct()
                            .collect(Collectors.joining(", nor "))
                    + " in order, if nothing else does.";
        }
        return model == MemoryModel.SC
                ? "Nothing is reordered here: every step takes effect at once, in the order in which"
                        + " it stands. It is the program that does things in a wrong order, or not at"
                        + " all."
                : "Nothing needs to be reordered for this: the accesses can be put in one order that"
                        + " agrees with every CPU's program.";
    }

    private static String kinds(Event from, Event to) {
        return kind(from) + " and a later " + kind(to).replaceFirst("^an? ", "");
    }

    private static String kind(Event event) {
        return event.place.isEmpty()
                ? "a step of the hardware"
                : event.writes() ? event.reads() ? "an update" : "a store" : "a load";
    }
}
