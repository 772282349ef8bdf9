// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

import dev.cpulocal.lab.internal.machine.Program;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A model's program as text, to be read beside the C code and compared with another one.
 *
 * @param cpus how many CPUs there are
 * @param window how many events a CPU can hold back
 * @param parts what tasks do, and what handlers do, in the order in which they are declared
 * @param properties what must hold, beside what lines check
 */
public record ProgramText(int cpus, int window, List<Part> parts, List<Property> properties) {

    /** Copies the lists. */
    public ProgramText {
        parts = List.copyOf(parts);
        properties = List.copyOf(properties);
    }

    /** {@return the program of a model} */
    public static ProgramText of(Model model) {
        Program program = model.program();
        List<Part> parts = new ArrayList<>();
        for (int task = 0; task < program.tasks().size(); task++) {
            parts.add(task(program, task));
        }
        for (int handler = 0; handler < program.handlers().size(); handler++) {
            parts.addAll(handler(program, handler));
        }
        return new ProgramText(
                program.initial().size(), program.window(), parts, properties(program));
    }

    private static Part task(Program program, int number) {
        Program.Task task = program.tasks().get(number);
        int end = task.entries().stream().filter(entry -> entry >= 0).findFirst().orElse(-1);
        return new Part(
                task.name(),
                false,
                Map.of(task.name(), 0),
                program.initial().indexOf(number),
                task.background(),
                ProgramLines.of(task.lines(), 0, end < 0 ? task.lines().size() : end));
    }

    /** A handler, once for all tasks in which it does the same. */
    private static List<Part> handler(Program program, int handler) {
        Map<List<Line>, Map<String, Integer>> bodies = new LinkedHashMap<>();
        for (Program.Task task : program.tasks()) {
            int entry = task.entries().get(handler);
            if (entry >= 0) {
                int end = ProgramLines.end(task, entry);
                bodies.computeIfAbsent(
                                ProgramLines.of(task.lines(), entry, end),
                                _ -> new LinkedHashMap<>())
                        .put(task.name(), entry);
            }
        }
        String name = program.handlers().get(handler).name();
        return bodies.entrySet().stream()
                .map(body -> new Part(name, true, body.getValue(), -1, false, body.getKey()))
                .toList();
    }

    private static List<Property> properties(Program program) {
        return Stream.concat(
                        program.properties().stream()
                                .map(property ->
                                        new Property(
                                                property.name(),
                                                property.condition().toString(),
                                                property.atEnd() ? When.AT_END : When.ALWAYS)),
                        Stream.ofNullable(program.progress())
                                .map(property ->
                                        new Property(
                                                property.name(),
                                                property.condition().toString(),
                                                When.AGAIN_AND_AGAIN)))
                .toList();
    }

    /**
     * {@return the part that a line of a task is in}
     *
     * @param task the name of the task
     * @param line its number in the task, as traces have it
     */
    public Part part(String task, int line) {
        return parts.stream()
                .filter(part -> part.first(task) >= 0 && part.first(task) <= line)
                .max(Comparator.comparingInt(part -> part.first(task)))
                .orElseThrow();
    }

    /**
     * What a task or a handler does.
     *
     * @param name the name of the task or handler
     * @param handler whether it is a handler
     * @param tasks the task, or those that the handler can interrupt, with the number that its
     *     first line has there in traces
     * @param cpu the CPU that runs the task at first; -1 if none, or of a handler
     * @param background whether the task need not come to an end
     * @param lines what it does
     */
    public record Part(
            String name,
            boolean handler,
            Map<String, Integer> tasks,
            int cpu,
            boolean background,
            List<Line> lines) {

        /** Copies the map and the list. */
        public Part {
            tasks = Collections.unmodifiableMap(new LinkedHashMap<>(tasks));
            lines = List.copyOf(lines);
        }

        /** {@return the number that its first line has in a task; -1 if it is no part of it} */
        public int first(String task) {
            return tasks.getOrDefault(task, -1);
        }

        /**
         * {@return the index in {@link #lines} of a line; how many there are if it is one at the
         * end that is not shown}
         *
         * @param task the task that executes it
         * @param line its number in the task, as traces have it
         */
        public int index(String task, int line) {
            for (int i = 0; i < lines.size(); i++) {
                if (lines.get(i).number == line - first(task)) {
                    return i;
                }
            }
            return lines.size();
        }
    }

    /**
     * A line of a program. A function that is entered, and what is done otherwise, are lines too.
     *
     * @param number its number in the part, from 0; -1 if it is no instruction
     * @param depth how far it is indented
     * @param text what it does
     * @param scope the functions it is in, outermost first
     * @param kind what sort of line it is
     * @param masked whether no handler can begin before it
     */
    public record Line(
            int number, int depth, String text, List<String> scope, Kind kind, boolean masked) {}

    /** The sorts of lines. */
    public enum Kind {
        /** A function is entered: its name. */
        FUNCTION,
        /** A barrier and nothing else. */
        BARRIER,
        /** It accesses memory. */
        ACCESS,
        /** Something else. */
        OTHER
    }

    /**
     * What must hold.
     *
     * @param meaning a sentence
     * @param condition the same as an expression
     * @param when when it must hold
     */
    public record Property(String meaning, String condition, When when) {}

    /** When a property must hold. */
    public enum When {
        /** In every state. */
        ALWAYS,
        /** When everything has come to its end. */
        AT_END,
        /** Again and again, if whoever can go on does so. */
        AGAIN_AND_AGAIN
    }
}
